/** Kernels in a browser, with workers where the page is cross-origin isolated. */
import { type ClosableKernels, createKernelsWith, type KernelOptions } from './create-kernels.ts';
import { errorOf, type FromWebWorker, type WorkerPort } from './protocol.ts';

/**
 * Call it in a worker: what `track` does itself would freeze the page. Without cross-origin isolation there is no shared memory,
 * and the kernels run on the calling thread, too.
 *
 * @param startWorker starts a worker that runs `dant/web-worker`; for bundlers that have a way of their own
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

/** A worker that runs `web-worker.ts` as a port. */
function webPort(worker: Worker): WorkerPort {
  const onData = (listener: (message: FromWebWorker) => void) =>
    worker.addEventListener('message', (event) => listener(event.data));
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => onData((message) => message.kind !== 'crashed' && listener(message)),
    onFailure(listener) {
      onData((message) => message.kind === 'crashed' && listener(errorOf(message.error)));
      worker.addEventListener('error', (event) => {
        // It would otherwise become an error of the calling thread as well.
        event.preventDefault();
        listener(failureOf(event));
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

/** What an error event of a worker tells; it comes without the error itself. */
function failureOf({ message, filename, lineno, colno }: ErrorEvent): Error {
  if (message === undefined) {
    return new Error(
      'A worker could not be started: its script was not found, or came without the header Cross-Origin-Embedder-Policy.',
    );
  }
  return errorOf({ name: 'Error', message, stack: `${message}\n    at ${filename}:${lineno}:${colno}` });
}
