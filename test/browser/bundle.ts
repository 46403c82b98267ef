/** The page with its workers as a bundler makes them of the built package. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '../..');

/** Path → text of every file of the page; the script to start with is `/page.js`. */
export async function bundlePage(): Promise<Record<string, string>> {
  if (!existsSync(join(root, 'dist/web.js'))) {
    throw new Error('dist/web.js is missing: run `npm run build` first');
  }
  const result = await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'error',
    publicDir: false,
    worker: { format: 'es' },
    build: {
      write: false,
      target: 'esnext',
      minify: false,
      modulePreload: false,
      rollupOptions: { input: join(import.meta.dirname, 'page.ts'), output: { entryFileNames: 'page.js' } },
    },
  });
  if (!('output' in result)) throw new Error('expected one bundle');
  return Object.fromEntries(
    result.output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : `${file.source}`]),
  );
}
