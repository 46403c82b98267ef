/** The worker's side: runs the tasks it is sent, one after the other. */
import { SimdKernels } from '../wasm/bindings.ts';
import { prepareTasks, type TaskName, type TaskRunner } from '../wasm/tasks.ts';
import { errorText, type FromWorker, type ToWorker } from './protocol.ts';

/** Returns what to do with each message. */
export function serveTasks(answer: (message: FromWorker) => void): (message: ToWorker) => void {
  let simd: SimdKernels | undefined;
  let run: TaskRunner<TaskName> | undefined;
  let prepare = (): TaskRunner<TaskName> => {
    throw new Error('serveTasks: got a task, expected its input first');
  };
  return (message) => {
    switch (message.kind) {
      case 'load':
        simd = new SimdKernels(message.module);
        break;
      case 'begin':
        run = undefined;
        prepare = () => {
          if (!simd) throw new Error('serveTasks: got a task, expected the kernels first');
          return prepareTasks(simd, message.name, message.input);
        };
        break;
      case 'end':
        run = undefined;
        break;
      case 'task':
        try {
          run ??= prepare();
          run(message.index, message.payload as never);
          answer({ kind: 'done', index: message.index });
        } catch (error) {
          answer({ kind: 'failed', index: message.index, error: errorText(error) });
        }
    }
  };
}
