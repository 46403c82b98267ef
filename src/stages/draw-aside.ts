/** Drawing figures beside other work: on a thread of its own where there are several. */
import { Motion } from '../core/motion/motion.ts';
import {
  type DrawableResult,
  isMultiShank,
  type MovedResult,
  type MultiShankResult,
} from '../core/result.ts';
import { isNearbyMatrix } from '../core/similarity/nearby-matrix.ts';
import { AsideThread, HAS_THREADS } from './aside-thread.ts';
import type { FigureFile } from './figure-files.ts';

type AnyResult = DrawableResult | MultiShankResult;

/** What the thread is sent: what is known of a result once the motion is, and the result. */
export type ToFigureThread =
  | { readonly kind: 'moved'; readonly result: MovedResult }
  | { readonly kind: 'result'; readonly result: AnyResult };

/** A thread that loads what drawing takes before there is anything to draw, and draws one result. */
export class FigureThread {
  private readonly thread = new AsideThread<ToFigureThread, FigureFile[]>(
    'figures-worker.js',
    'draws the figures',
  );
  private drawing?: Promise<FigureFile[]>;

  /** Starts it, where there are threads. */
  prepare(): void {
    this.thread.start();
  }

  /** Starts to draw what shows the motion alone, where there are threads; the rest follows with `draw`. */
  drawMotion(result: MovedResult): void {
    this.thread.tell({ kind: 'moved', result });
  }

  /** Whether figures of the result can be drawn here without copying it: its matrices lie in shared memory. */
  canDraw(result: AnyResult): boolean {
    const parts = isMultiShank(result) ? result.shanks.map((shank) => shank.result) : [result];
    return (
      HAS_THREADS &&
      parts.every(({ clustering: { similarity } }) => {
        const matrices = isNearbyMatrix(similarity) ? similarity.pieces : [similarity];
        return matrices.every(({ buffer }) => buffer instanceof SharedArrayBuffer);
      })
    );
  }

  /**
   * Starts to draw the figures of a result that it can draw, unless it has begun; the thread ends with them.
   * @returns the files, in memory; rejects with StoppedError soon after the signal is aborted, with the thread's error when it fails
   */
  draw(result: AnyResult, signal?: AbortSignal): Promise<FigureFile[]> {
    this.drawing ??= this.thread
      .ask({ kind: 'result', result: withoutWaveforms(result) }, signal)
      .finally(() => this.close());
    // A failure is met where the figures are waited for.
    this.drawing.catch(() => {});
    return this.drawing;
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    await this.thread.close();
  }
}

function withoutWaveforms(result: AnyResult): AnyResult {
  const lighter = <R extends DrawableResult>(of: R): R => ({
    ...of,
    corrected: { ...of.corrected, templates: [] },
  });
  if (!isMultiShank(result)) return lighter(result);
  return { ...result, shanks: result.shanks.map((shank) => ({ ...shank, result: lighter(shank.result) })) };
}

/** A result as it was before it was sent to a thread: messages carry no classes. */
export function reviveResult(result: AnyResult): AnyResult {
  if (!isMultiShank(result)) return reviveMoved(result);
  return {
    ...result,
    shanks: result.shanks.map((shank) => ({ ...shank, result: reviveMoved(shank.result) })),
  };
}

/** The same of one shank, of which no more than the motion need be known. */
export function reviveMoved<R extends MovedResult>(of: R): R {
  return {
    ...of,
    motion: Motion.of(of.motion),
    rounds: of.rounds.map((round) => ({
      ...round,
      ...(round.motion && { motion: Motion.of(round.motion) }),
    })),
  };
}
