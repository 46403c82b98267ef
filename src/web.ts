/**
 * Kernels for browsers: the heavy work of `track` and its parts on Web Workers. The method itself is in `dant`.
 *
 * @packageDocumentation
 */
export type { ClosableKernels, KernelOptions } from './workers/create-kernels.ts';
export { createKernels } from './workers/web.ts';
