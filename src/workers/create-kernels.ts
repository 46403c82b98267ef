/** The kernels that fit the engine and the settings. */
import { InputError } from '../core/errors.ts';
import { createPlainKernels } from '../core/kernels/plain.ts';
import { isSupported, moduleBytes, type SimdBuild } from '../wasm/detect.ts';
import { type ClosableKernels, createSimdKernels } from '../wasm/simd-kernels.ts';
import { createInlinePool } from '../wasm/task-pool.ts';
import type { WorkerPort } from './protocol.ts';
import { createWorkerPool } from './worker-pool.ts';

export interface KernelOptions {
  /**
   * `simd`: WebAssembly SIMD, the same bits everywhere. `relaxed`: with fused multiply-add where the processor has it; the last
   * bits depend on the machine. `plain`: TypeScript, one thread. `auto`: `simd`, or `plain` where there is no SIMD.
   */
  readonly kernels?: 'auto' | 'plain' | 'simd' | 'relaxed';
  /** Threads that compute besides the calling one; 0 or 1 computes on the calling one. Needs shared memory. */
  readonly threads?: number;
}

export type { ClosableKernels } from '../wasm/simd-kernels.ts';

/**
 * @param startWorker starts a worker that runs `serveTasks`
 * @throws InputError when the engine cannot run the kernels that were asked for; RangeError when `threads` is not a whole number
 */
export async function createKernelsWith(
  startWorker: () => Promise<WorkerPort>,
  { kernels = 'auto', threads = 1 }: KernelOptions = {},
): Promise<ClosableKernels> {
  if (!(Number.isInteger(threads) && threads >= 0)) {
    throw new RangeError(`createKernels: got ${threads} threads, expected a whole number of at least 0`);
  }
  if (kernels === 'plain' || (kernels === 'auto' && !isSupported('simd'))) {
    return { ...createPlainKernels(), close: async () => {} };
  }
  const build: SimdBuild = kernels === 'auto' ? 'simd' : kernels;
  if (!isSupported(build)) {
    throw new InputError({
      where: 'setting "kernels"',
      found: `"${kernels}"`,
      expected: 'kernels that this JavaScript engine can run',
      remedy: 'Use "auto", or a newer engine (Node 22 or later for "relaxed").',
    });
  }
  const module = await WebAssembly.compile(moduleBytes(build));
  if (threads < 2 || typeof SharedArrayBuffer === 'undefined') {
    return createSimdKernels(build, createInlinePool(module));
  }
  return createSimdKernels(build, createWorkerPool(module, await startAll(threads, startWorker)));
}

/** All workers, or none when one of them cannot be started. */
async function startAll(count: number, startWorker: () => Promise<WorkerPort>): Promise<WorkerPort[]> {
  const starts = await Promise.allSettled(Array.from({ length: count }, startWorker));
  const ports = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failure = starts.find((start) => start.status === 'rejected');
  if (!failure) return ports;
  await Promise.all(ports.map((port) => port.terminate()));
  throw failure.reason;
}
