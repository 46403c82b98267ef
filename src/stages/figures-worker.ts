/** Worker thread that draws the figures while the other files are written. */
import { parentPort, workerData } from 'node:worker_threads';
import { reviveResult } from './draw-aside.ts';
import { type FigureFile, figureFiles } from './figure-files.ts';

const files: FigureFile[] = [];
for await (const file of figureFiles(reviveResult(workerData))) files.push(file);
parentPort?.postMessage(files);
