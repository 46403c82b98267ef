/** Entry of a worker in a browser. */
import type { ToWorker } from './protocol.ts';
import { serveTasks } from './serve-tasks.ts';

const serve = serveTasks((message) => self.postMessage(message));
self.addEventListener('message', (event: MessageEvent<ToWorker>) => serve(event.data));
