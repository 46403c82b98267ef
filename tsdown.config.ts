import { defineConfig, type UserConfig } from 'tsdown';
import { thirdPartyLicences } from './scripts/third-party-licences.ts';

const common: UserConfig = {
  root: 'src',
  format: 'esm',
  deps: { neverBundle: [/^node:/] },
  target: 'es2023',
  fixedExtension: false,
  sourcemap: true,
  hash: false,
};

export default defineConfig([
  /** The library: one output file per source file. */
  {
    ...common,
    entry: ['src/index.ts', 'src/node.ts', 'src/web.ts', 'src/figures/index.ts', 'src/workers/web-worker.ts'],
    unbundle: true,
    platform: 'neutral',
    dts: true,
    copy: [{ from: 'src/figures/fonts/*', to: 'dist/figures/fonts' }],
  },
  /** The programs that Node is started with, in few files: loading hundreds takes longer than what they hold. */
  {
    ...common,
    entry: {
      'cli/main': 'src/cli/main.ts',
      'workers/node-worker': 'src/workers/node-worker.ts',
      'stages/figures-worker': 'src/stages/figures-worker.ts',
      'stages/sparse-files-worker': 'src/stages/sparse-files-worker.ts',
    },
    clean: false,
    sourcemap: false,
    platform: 'node',
    dts: false,
    deps: {
      ...common.deps,
      alwaysBundle: [
        /^(zod|commander|hjson|papaparse|cli-progress|pure-rand|vega|vega-lite)$/,
        /^@zip\.js\/zip\.js$/,
      ],
    },
    // One level below `dist`, as all that finds files relative to itself.
    outputOptions: { chunkFileNames: 'programs/[name].js' },
    plugins: [thirdPartyLicences('programs/LICENSES.txt')],
  },
]);
