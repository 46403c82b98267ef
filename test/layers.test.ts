import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Which rooms of the house a room may import from (docs/architecture.md). `npm` lists the packages it may use; `node:*` only
 * where said.
 */
const RULES: Record<string, { rooms: string[]; npm: string[] | 'any'; node: boolean }> = {
  core: { rooms: [], npm: ['zod', 'pure-rand'], node: false },
  wasm: { rooms: ['core'], npm: [], node: false },
  workers: { rooms: ['core', 'wasm'], npm: [], node: true },
  io: { rooms: ['core'], npm: 'any', node: false },
  'io/node': { rooms: ['core', 'io'], npm: 'any', node: true },
  figures: { rooms: ['core'], npm: 'any', node: false },
  stages: { rooms: ['core', 'wasm', 'workers', 'io', 'io/node', 'figures'], npm: 'any', node: true },
  // What server and viewer say to each other.
  'server/protocol': { rooms: ['core'], npm: [], node: false },
  server: {
    rooms: ['core', 'io', 'io/node', 'figures', 'stages', 'server/protocol'],
    npm: 'any',
    node: true,
  },
  viewer: { rooms: ['core', 'io', 'figures', 'workers', 'server/protocol'], npm: 'any', node: false },
  cli: {
    rooms: ['core', 'wasm', 'workers', 'io', 'io/node', 'figures', 'stages', 'server', 'server/protocol'],
    npm: 'any',
    node: true,
  },
};

/** Files that touch Node although their room is portable, each with its reason. */
const MAY_USE_NODE = new Set([
  // resvg draws in Node alone; its pixels are compressed on other threads there.
  'src/figures/svg-to-png.ts',
]);

const root = join(import.meta.dirname, '..');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'assembly' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

function roomOf(path: string): string | undefined {
  const parts = relative(join(root, 'src'), path).split('/');
  if (parts.length < 2) return undefined;
  if (parts[0] === 'io' && parts[1] === 'node') return 'io/node';
  const isContract = parts[0] === 'server' && ['protocol.ts', 'pack.ts'].includes(parts[1]);
  return isContract ? 'server/protocol' : parts[0];
}

function violations(file: string): string[] {
  const room = roomOf(file);
  const rule = room && RULES[room];
  if (!rule) return [];
  const name = relative(root, file);
  const found: string[] = [];
  for (const match of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;]*?from\s+'([^']+)'/gms)) {
    const target = match[1];
    if (target.startsWith('.')) {
      const other = roomOf(normalize(join(dirname(file), target)));
      if (other && other !== room && !rule.rooms.includes(other)) found.push(`${name} imports ${target}`);
    } else if (target.startsWith('node:')) {
      if (!rule.node && !MAY_USE_NODE.has(name)) found.push(`${name} imports ${target}`);
    } else if (rule.npm !== 'any') {
      if (!rule.npm.some((p) => target === p || target.startsWith(`${p}/`)))
        found.push(`${name} imports ${target}`);
    }
  }
  return found;
}

describe('the import rule', () => {
  const files = sources(join(root, 'src'));

  it('finds the sources', () => {
    expect(files.length).toBeGreaterThan(20);
  });

  it('holds in every file', () => {
    expect(files.flatMap(violations)).toEqual([]);
  });

  it('keeps the core free of clocks, consoles and unseeded randomness', () => {
    const impure = files
      .filter((file) => roomOf(file) === 'core')
      .filter((file) =>
        /\b(Math\.random|Date\.now|new Date|performance\.|console\.|process\.|document\.|window\.)/.test(
          readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''),
        ),
      );
    expect(impure).toEqual([]);
  });
});
