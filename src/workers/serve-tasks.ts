/** The worker's side: runs the tasks it is sent, one after the other. */
import { SimdKernels } from '../wasm/bindings.ts';
import { prepareTasks, type TaskName, type TaskRunner } from '../wasm/tasks.ts';
import { errorText, type FromWorker, type ToWorker } from './protocol.ts';

/** Returns what to do with each message. */
export function serveTasks(answer: (message: FromWorker) => void): (message: ToWorker) => void {
  let simd: SimdKernels | undefined;
  let run: TaskRunner<TaskName> | undefined;
  let prepare = unprepared;
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
        prepare = unprepared;
        break;
      case 'task':
        try {
          run ??= prepare();
          const result = run(message.index, message.payload as never);
          answer({ kind: 'done', index: message.index, result });
        } catch (error) {
          answer({ kind: 'failed', index: message.index, error: errorText(error) });
        }
    }
  };
}

function unprepared(): TaskRunner<TaskName> {
  throw new Error('serveTasks: got a task, expected its input first');
}
