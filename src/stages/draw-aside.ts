/** Drawing figures beside other work: on a thread of its own where there are several. */
import { Worker } from 'node:worker_threads';
import { StoppedError } from '../core/errors.ts';
import { Motion } from '../core/motion/motion.ts';
import {
  type DrawableResult,
  isMultiShank,
  type MovedResult,
  type MultiShankResult,
} from '../core/result.ts';
import { isNearbyMatrix } from '../core/similarity/nearby-matrix.ts';
import type { FigureFile } from './figure-files.ts';

type AnyResult = DrawableResult | MultiShankResult;

/** What the thread is sent: what is known of a result once the motion is, and the result. */
export type ToFigureThread =
  | { readonly kind: 'moved'; readonly result: MovedResult }
  | { readonly kind: 'result'; readonly result: AnyResult };

// The TypeScript sources cannot be started as a worker.
const HAS_THREADS = import.meta.url.endsWith('.js') && typeof SharedArrayBuffer !== 'undefined';

/** A thread that loads what drawing takes before there is anything to draw, and draws one result. */
export class FigureThread {
  private worker?: Worker;
  private failure?: Promise<never>;
  private drawing?: Promise<FigureFile[]>;

  /** Starts it, where there are threads. */
  prepare(): void {
    if (this.worker || !HAS_THREADS) return;
    const worker = new Worker(new URL('../stages/figures-worker.js', import.meta.url), { execArgv: [] });
    worker.unref();
    this.failure = new Promise((_, reject) => {
      worker.on('error', reject);
      worker.on('exit', (code) =>
        reject(new Error(`The thread that draws the figures ended with code ${code}.`)),
      );
    });
    // Told to whoever has something drawn.
    this.failure.catch(() => {});
    this.worker = worker;
  }

  /** Starts to draw what shows the motion alone, where there are threads; the rest follows with `draw`. */
  drawMotion(result: MovedResult): void {
    this.prepare();
    this.send({ kind: 'moved', result });
  }

  private send(message: ToFigureThread): void {
    this.worker?.postMessage(message);
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
    this.drawing ??= this.begin(result, signal);
    // A failure is met where the figures are waited for.
    this.drawing.catch(() => {});
    return this.drawing;
  }

  private begin(result: AnyResult, signal?: AbortSignal): Promise<FigureFile[]> {
    this.prepare();
    const worker = this.worker as Worker;
    worker.ref();
    const files = new Promise<FigureFile[]>((resolve) => worker.once('message', resolve));
    const stopped = new Promise<never>((_, reject) =>
      signal?.addEventListener('abort', () => reject(new StoppedError()), { once: true }),
    );
    this.send({ kind: 'result', result: withoutWaveforms(result) });
    return Promise.race([files, this.failure as Promise<never>, stopped]).finally(() => this.close());
  }

  /** Ends the thread, whatever it does. */
  close(): void {
    void this.worker?.terminate();
    this.worker = undefined;
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
