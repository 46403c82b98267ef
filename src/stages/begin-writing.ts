/** What is written of a result besides its arrays, and when its figures are drawn. */
import { inStage, type RunContext } from '../core/context.ts';
import type { MultiShankResult, TrackingResult } from '../core/result.ts';
import type { ResultExtra } from '../io/write-result.ts';
import type { FigureThread } from './draw-aside.ts';

export interface WritingOptions
  extends Pick<ResultExtra, 'waveforms' | 'streamed' | 'unitRows' | 'runTimeSec'> {
  /** Draws the figures aside where it can; undefined for none. */
  readonly figures?: FigureThread;
}

/** Begins the stage of writing and to draw the figures; tells what else there is to write. */
export function beginWriting(
  result: TrackingResult | MultiShankResult,
  context: RunContext,
  { figures, ...extra }: WritingOptions,
): ResultExtra {
  const { onEvent, signal } = context;
  onEvent?.({ kind: 'stage', stage: 'write', state: 'begin' });
  const aside = figures?.canDraw(result) ? figures.draw(result, signal) : undefined;
  return {
    ...extra,
    dateTime: new Date().toISOString(),
    signal,
    log: (text) => onEvent?.({ kind: 'log', text }),
    also: async (staging) => {
      onEvent?.({ kind: 'stage', stage: 'write', state: 'end' });
      if (!figures) return;
      await inStage(context, 'figures', async () => {
        for await (const { path, content } of aside ? await aside : await drawHere(result, context)) {
          await staging.write(path, content);
        }
      });
    },
  };
}

async function drawHere(result: TrackingResult | MultiShankResult, { onEvent, signal }: RunContext) {
  const { figureFiles } = await import('./figure-files.ts');
  const onProgress = (done: number, total: number) =>
    onEvent?.({ kind: 'progress', stage: 'figures', step: 'figures', done, total });
  return figureFiles(result, { signal, onProgress });
}
