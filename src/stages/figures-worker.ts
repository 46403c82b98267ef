/**
 * Worker thread that draws the figures of the result that it is sent, while the other files are written; those that show the motion alone
 * before, where it is told the motion before.
 */
import { answerAside } from './aside-thread.ts';
import { reviveMoved, reviveResult, type ToFigureThread } from './draw-aside.ts';
import { figureFiles, motionFigureFiles } from './figure-files.ts';

let early: ReturnType<typeof motionFigureFiles> = Promise.resolve({ names: [], files: [] });

answerAside(async (message: ToFigureThread) => {
  if (message.kind === 'moved') {
    early = motionFigureFiles(reviveMoved(message.result));
    return [];
  }
  const { names, files } = await early;
  for await (const file of figureFiles(reviveResult(message.result), { without: names })) files.push(file);
  return files;
});
