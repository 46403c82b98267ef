/** Entry of a worker in a browser. */
import { errorText, type FromWebWorker, type ToWorker } from './protocol.ts';
import { serveTasks } from './serve-tasks.ts';

const answer = (message: FromWebWorker) => self.postMessage(message);
const serve = serveTasks(answer);
self.addEventListener('message', (event: MessageEvent<ToWorker>) => serve(event.data));

// The browser itself would tell the coordinating thread no stack.
self.addEventListener('error', (event) => {
  event.preventDefault();
  answer({ kind: 'crashed', error: errorText(event.error) });
});
