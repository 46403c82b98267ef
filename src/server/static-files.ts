/** The built web application: a fixed list of files, looked up by name and never by path. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Context } from 'hono';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

/** Every file below a folder by its path from there; links are left out. Empty when there is no such folder. */
export function listFiles(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !TYPES[extname(entry.name)]) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1).replaceAll('\\', '/'), path);
  }
  return files;
}

/** The file of that name, `index.html` for an empty one; undefined when there is none. */
export function staticFile(
  c: Context,
  files: ReadonlyMap<string, string>,
  name: string,
): Response | undefined {
  const path = files.get(name === '' ? 'index.html' : name);
  if (path === undefined) return undefined;
  return c.body(readFileSync(path), 200, { 'Content-Type': TYPES[extname(path)] });
}
