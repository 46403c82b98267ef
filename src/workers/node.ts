/** Kernels in Node, with worker threads. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type ClosableKernels, createKernelsWith, type KernelOptions } from './create-kernels.ts';
import type { WorkerPort } from './protocol.ts';

/** @throws InputError when Node cannot run the kernels that were asked for */
export function createKernels(options: KernelOptions = {}): Promise<ClosableKernels> {
  return createKernelsWith(startNodeWorker, options);
}

/** Number of threads that the setting `n_jobs` stands for: all cores for -1, and never more than there are. */
export function threadsOf(nJobs: number): number {
  const cores = availableParallelism();
  return nJobs < 0 ? cores : Math.min(cores, Math.max(1, nJobs));
}

/** Starts a worker thread that runs `node-worker.ts`. */
async function startNodeWorker(): Promise<WorkerPort> {
  // Flags such as --input-type are for the main script.
  if (!import.meta.url.endsWith('.ts')) {
    return nodePort(new Worker(new URL('../workers/node-worker.js', import.meta.url), { execArgv: [] }));
  }
  return nodePort(new Worker(await bundledWorker(), { eval: true, execArgv: [] }));
}

let bundle: Promise<string> | undefined;

/** Source of the worker when the TypeScript sources are run, as tests do: Node cannot start them as they are. */
function bundledWorker(): Promise<string> {
  bundle ??= (async () => {
    const bundler = 'rolldown';
    const { rolldown } = (await import(/* @vite-ignore */ bundler)) as typeof import('rolldown');
    const build = await rolldown({
      input: new URL('./node-worker.ts', import.meta.url).pathname,
      platform: 'node',
    });
    const { output } = await build.generate({ format: 'cjs' });
    await build.close();
    return output[0].code;
  })();
  return bundle;
}

/** A worker thread as a port. */
export function nodePort(worker: Worker): WorkerPort {
  let ended = false;
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', listener),
    onFailure(listener) {
      worker.on('error', (error: Error) => {
        ended = true;
        listener(error);
      });
      worker.on('messageerror', listener);
      worker.on('exit', (code) => {
        if (!ended) listener(new Error(`A worker thread ended by itself with code ${code}.`));
      });
    },
    hold(held) {
      if (held) worker.ref();
      else worker.unref();
    },
    async terminate() {
      ended = true;
      await worker.terminate();
    },
  };
}
