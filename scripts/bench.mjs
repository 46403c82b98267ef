/**
 * Runs the benchmarks: `node scripts/bench.mjs [name...]`, all of them without names. Each is bundled with the worker it needs, runs in a
 * process of its own and writes its rows to bench/results/<name>.csv.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(fileURLToPath(import.meta.url), '../..');
const folder = join(root, 'node_modules/.cache/dant-bench');

const all = readdirSync(join(root, 'bench'), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => entry.name.slice(0, -3));
const names = process.argv.length > 2 ? process.argv.slice(2) : all;

rmSync(folder, { recursive: true, force: true });
const build = await rolldown({
  input: {
    ...Object.fromEntries(names.map((name) => [`bench/${name}`, join(root, 'bench', `${name}.ts`)])),
    'workers/node-worker': join(root, 'src/workers/node-worker.ts'),
  },
  platform: 'node',
});
await build.write({
  dir: folder,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'bench/[name].js',
});
await build.close();
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');

// Node 20 has relaxed SIMD behind a flag, which later versions still accept.
const flags = ['--experimental-wasm-relaxed-simd'];
for (const name of names) {
  console.log(`\n${name}`);
  const { status } = spawnSync(process.execPath, [...flags, join(folder, `bench/${name}.js`)], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
