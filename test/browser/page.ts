/** The page: everything that takes time happens in its coordinator worker. */
import type { FromCoordinator, ToCoordinator } from './messages.ts';

const coordinator = new Worker(new URL('./coordinator.ts', import.meta.url), { type: 'module' });
const post = (message: ToCoordinator) => coordinator.postMessage(message);

window.ask = (work, stopAt) =>
  new Promise((resolve, reject) => {
    let asked: number | undefined;
    coordinator.onerror = ({ message }) => reject(new Error(`The coordinator failed: ${message}`));
    coordinator.onmessage = ({ data }: MessageEvent<FromCoordinator>) => {
      if (data.kind === 'reached') {
        if (asked !== undefined || data.stage !== stopAt?.stage || data.step !== stopAt.step) return;
        asked = performance.now();
        post({ kind: 'stop' });
        return;
      }
      const stopping = asked === undefined ? undefined : performance.now() - asked;
      resolve(data.kind === 'done' ? { value: data.value, stopping } : { error: data.error, stopping });
    };
    post({ kind: 'work', work });
  });
