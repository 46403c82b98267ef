/** Who runs tasks: a pool of workers, or the thread that asks. */
import { breathe } from '../core/context.ts';
import { throwIfStopped } from '../core/errors.ts';
import type { Job } from '../core/kernels/kernels.ts';
import { SimdKernels } from './bindings.ts';
import {
  prepareTasks,
  type TaskInputs,
  type TaskName,
  type TaskPayloads,
  type TaskResults,
} from './tasks.ts';

export interface TaskPool {
  /** Threads that compute. */
  readonly threads: number;
  /** Whether arrays that tasks read and write must lie in shared memory. */
  readonly shared: boolean;

  /**
   * Runs the tasks `0 .. count - 1` and resolves to what they give back; one call at a time. Afterwards, also after an error, no task is running.
   * @throws StoppedError when the signal of the job is aborted
   */
  run<K extends TaskName>(
    name: K,
    input: TaskInputs[K],
    count: number,
    job?: Job,
    payloadOf?: (index: number) => TaskPayloads[K] | Promise<TaskPayloads[K]>,
  ): Promise<TaskResults[K][]>;

  /** Ends the workers. */
  close(): Promise<void>;
}

/** Time that may pass before the event loop gets its turn, ms. */
const TURN = 50;

/** Runs tasks on the calling thread. */
export function createInlinePool(module: WebAssembly.Module): TaskPool {
  const simd = new SimdKernels(module);
  return {
    threads: 1,
    shared: false,
    async run(name, input, count, job = {}, payloadOf) {
      throwIfStopped(job.signal);
      const runTask = prepareTasks(simd, name, input);
      const results: TaskResults[typeof name][] = [];
      let turn = performance.now();
      for (let index = 0; index < count; index++) {
        results.push(runTask(index, (await payloadOf?.(index)) as TaskPayloads[typeof name]));
        job.progress?.(index + 1, count);
        if (performance.now() - turn > TURN) {
          await breathe(job.signal);
          turn = performance.now();
        }
      }
      return results;
    },
    async close() {},
  };
}
