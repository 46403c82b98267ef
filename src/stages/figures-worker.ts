/** Worker thread that draws the figures of the result that it is sent, while the other files are written. */
import { parentPort } from 'node:worker_threads';
import { reviveResult } from './draw-aside.ts';
import { type FigureFile, figureFiles } from './figure-files.ts';

parentPort?.once('message', async (result) => {
  const files: FigureFile[] = [];
  for await (const file of figureFiles(reviveResult(result))) files.push(file);
  parentPort?.postMessage(files);
});
