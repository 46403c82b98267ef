/** The kernels that are compared. */
import { availableParallelism } from 'node:os';
import { isSupported } from '../../src/wasm/detect.ts';
import type { ClosableKernels, KernelOptions } from '../../src/workers/create-kernels.ts';
import { createKernels } from '../../src/workers/node.ts';

const threads = availableParallelism();

export const PLAIN: KernelOptions = { kernels: 'plain' };
export const SIMD: readonly KernelOptions[] = [
  { kernels: 'simd', threads: 1 },
  { kernels: 'simd', threads },
  ...(isSupported('relaxed') ? [{ kernels: 'relaxed', threads } as const] : []),
];

/** Runs something with each of some kernels, which are open only for that time. */
export async function withEach<R>(
  options: readonly KernelOptions[],
  work: (kernels: ClosableKernels) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (const option of options) {
    const kernels = await createKernels(option);
    try {
      results.push(await work(kernels));
    } finally {
      await kernels.close();
    }
  }
  return results;
}
