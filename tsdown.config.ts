import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/node.ts',
    'src/web.ts',
    'src/figures/index.ts',
    'src/cli/main.ts',
    'src/workers/node-worker.ts',
    'src/stages/figures-worker.ts',
    'src/workers/web-worker.ts',
  ],
  // One output file per source file: what is found relative to `import.meta.url` (fonts, workers) lies where it did.
  unbundle: true,
  root: 'src',
  format: 'esm',
  platform: 'neutral',
  deps: { neverBundle: [/^node:/] },
  target: 'es2023',
  fixedExtension: false,
  dts: true,
  sourcemap: true,
  hash: false,
  copy: [{ from: 'src/figures/fonts/*', to: 'dist/figures/fonts' }],
});
