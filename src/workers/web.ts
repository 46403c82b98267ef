/** Kernels in a browser, with workers where the page is cross-origin isolated. */
import { type ClosableKernels, createKernelsWith, type KernelOptions } from './create-kernels.ts';
import { errorOf, type WorkerPort } from './protocol.ts';

/**
 * Without cross-origin isolation there is no shared memory: everything is then computed on the calling thread, which had better
 * be a worker.
 *
 * @param startWorker starts a worker that runs `web-worker.ts`; for bundlers that have a way of their own
 * @throws InputError when the browser cannot run the kernels that were asked for
 */
export function createKernels(
  options: KernelOptions = {},
  startWorker: () => Worker = startWebWorker,
): Promise<ClosableKernels> {
  return createKernelsWith(async () => webPort(startWorker()), options);
}

function startWebWorker(): Worker {
  return new Worker(new URL('./web-worker.js', import.meta.url), { type: 'module' });
}

/** A worker as a port. */
export function webPort(worker: Worker): WorkerPort {
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.addEventListener('message', (event) => listener(event.data)),
    onFailure(listener) {
      worker.addEventListener('error', (event) => {
        const { error, message, filename, lineno } = event;
        const fallback = { name: 'Error', message: `A worker failed: ${message} (${filename}:${lineno})` };
        listener(error instanceof Error ? error : errorOf(fallback));
      });
      worker.addEventListener('messageerror', () =>
        listener(new Error('A worker sent an unreadable message.')),
      );
    },
    hold: () => {},
    async terminate() {
      worker.terminate();
    },
  };
}
