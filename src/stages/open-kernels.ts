/** The kernels of a piece of work, for as long as it goes on. */
import type { Kernels } from '../core/kernels/kernels.ts';
import type { Settings } from '../core/settings.ts';
import { createKernels, threadsOf } from '../workers/node.ts';

export interface OpenKernels {
  readonly kernels: Kernels;
  readonly threads: number;
  /** Ends their threads. */
  close(): Promise<void>;
}

/** As the settings say. Work in hand may take seconds: once everybody has heard of a stop, the threads end with it. */
export async function openKernels(
  { kernels: choice, n_jobs }: Settings,
  signal: AbortSignal | undefined,
): Promise<OpenKernels> {
  const threads = threadsOf(n_jobs);
  const kernels = await createKernels({ kernels: choice, threads });
  const stopAtOnce = () => setTimeout(() => void kernels.close());
  signal?.addEventListener('abort', stopAtOnce, { once: true });
  return {
    kernels,
    threads,
    async close() {
      signal?.removeEventListener('abort', stopAtOnce);
      await kernels.close();
    },
  };
}
