/** The page: everything that takes time happens in its coordinator worker. */
import type { Stage } from 'dant';
import type { FromCoordinator, ToCoordinator } from './messages.ts';

const coordinator = new Worker(new URL('./coordinator.ts', import.meta.url), { type: 'module' });
const post = (message: ToCoordinator) => coordinator.postMessage(message);

window.ask = (work, stopAt) =>
  new Promise((resolve, reject) => {
    let later: Stage[] | undefined;
    coordinator.onerror = ({ message }) => reject(new Error(`The coordinator failed: ${message}`));
    coordinator.onmessage = ({ data }: MessageEvent<FromCoordinator>) => {
      if (data.kind === 'reached') {
        if (later && data.stage !== stopAt?.stage) later.push(data.stage);
        if (later || data.stage !== stopAt?.stage || data.step !== stopAt.step) return;
        later = [];
        post({ kind: 'stop' });
        return;
      }
      resolve(data.kind === 'done' ? { value: data.value, later } : { error: data.error, later });
    };
    post({ kind: 'work', work });
  });
