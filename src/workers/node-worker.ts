/** Entry of a worker thread in Node. */
import { parentPort } from 'node:worker_threads';
import { serveTasks } from './serve-tasks.ts';

if (!parentPort) throw new Error('node-worker: expected to be started as a worker thread');
const port = parentPort;
port.on(
  'message',
  serveTasks((message) => port.postMessage(message)),
);
