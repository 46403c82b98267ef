import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { moduleBytes } from './detect.ts';

it('modules.ts is what the AssemblyScript sources give', async () => {
  // @ts-expect-error: a script without types
  const { modulesText } = await import('../../scripts/build-wasm.mjs');
  expect(await modulesText()).toBe(readFileSync(join(import.meta.dirname, 'modules.ts'), 'utf8'));
}, 60_000);

it('the modules import nothing and have no start function or data', () => {
  const module = new WebAssembly.Module(moduleBytes('simd'));
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  const { memory } = new WebAssembly.Instance(module).exports as { memory: WebAssembly.Memory };
  expect(memory.buffer.byteLength).toBe(0);
});
