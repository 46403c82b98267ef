/** Runs tasks on workers; the calling thread only hands them out. */
import { StoppedError, throwIfStopped } from '../core/errors.ts';
import type { TaskPool } from '../wasm/task-pool.ts';
import type { TaskResults } from '../wasm/tasks.ts';
import { errorOf, type FromWorker, type WorkerPort } from './protocol.ts';
import { WorkShares } from './work-shares.ts';

/** Tasks a worker has at a time: while it works on one, the next one is already there. */
const IN_HAND = 2;

/** @param module the kernels the workers are to use */
export function createWorkerPool(module: WebAssembly.Module, ports: readonly WorkerPort[]): TaskPool {
  /** Why the pool cannot be used any more. */
  let broken: Error | undefined;
  /** What the current run does with messages and with the end of the pool. */
  let onMessage = (_worker: number, _message: FromWorker) => {};
  let onBreak = (_error: Error) => {};
  let last: Promise<unknown> = Promise.resolve();

  const endWorkers = (error: Error) => {
    broken ??= error;
    onBreak(broken);
    return Promise.all(ports.map((port) => port.terminate()));
  };
  ports.forEach((port, worker) => {
    port.onMessage((message) => onMessage(worker, message));
    port.onFailure((error) => {
      if (!broken) void endWorkers(error);
    });
    port.post({ kind: 'load', module });
    port.hold(false);
  });

  const run: TaskPool['run'] = (name, input, count, job = {}, payloadOf) => {
    throwIfStopped(job.signal);
    if (broken) throw broken;
    if (count === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const results: TaskResults[typeof name][] = new Array(count);
      const shares = new WorkShares(count, ports.length);
      const begun = new Set<number>();
      let inHand = 0;
      let done = 0;
      let failure: Error | undefined;
      let finished = false;

      const stop = () => fail(new StoppedError());
      const finish = () => {
        if (finished) return;
        finished = true;
        onMessage = () => {};
        onBreak = () => {};
        job.signal?.removeEventListener('abort', stop);
        for (const worker of begun) if (!broken) ports[worker].post({ kind: 'end' });
        for (const port of ports) port.hold(false);
        if (failure) reject(failure);
        else resolve(results);
      };
      /** Hands out nothing more; the run ends when what is in hand is done. */
      const fail = (error: Error) => {
        failure ??= error;
        if (inHand === 0) finish();
      };
      const handOut = (worker: number) => {
        const index = failure ? undefined : shares.take(worker);
        if (index === undefined) return;
        inHand++;
        void send(worker, index).catch((error: Error) => {
          inHand--;
          fail(error);
        });
      };
      const send = async (worker: number, index: number) => {
        const payload = payloadOf && (await payloadOf(index));
        if (failure) throw failure;
        if (!begun.has(worker)) {
          begun.add(worker);
          ports[worker].post({ kind: 'begin', name, input });
        }
        ports[worker].post({ kind: 'task', index, payload });
      };

      onBreak = (error) => {
        failure ??= error;
        finish();
      };
      onMessage = (worker, message) => {
        inHand--;
        done++;
        try {
          if (message.kind === 'failed') throw errorOf(message.error);
          results[message.index] = message.result as TaskResults[typeof name];
          job.progress?.(done, count);
          handOut(worker);
        } catch (error) {
          failure ??= error as Error;
        }
        if (inHand === 0) finish();
      };
      job.signal?.addEventListener('abort', stop);
      for (const port of ports) port.hold(true);
      for (let turn = 0; turn < IN_HAND; turn++) {
        for (let worker = 0; worker < ports.length; worker++) handOut(worker);
      }
    });
  };

  return {
    threads: ports.length,
    shared: true,
    async run(...request) {
      // One run at a time.
      const turn = last.then(() => run(...request));
      last = turn.catch(() => {});
      return turn;
    },
    async close() {
      await endWorkers(new Error('The kernels have been closed.'));
    },
  };
}
