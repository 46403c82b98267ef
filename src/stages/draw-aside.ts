/** Drawing figures beside other work: on a thread of its own where there are several. */
import { Worker } from 'node:worker_threads';
import { StoppedError } from '../core/errors.ts';
import { Motion } from '../core/motion/motion.ts';
import { isMultiShank, type MultiShankResult, type TrackingResult } from '../core/result.ts';
import { isNearbyMatrix } from '../core/similarity/nearby-matrix.ts';
import type { FigureFile } from './figure-files.ts';

type AnyResult = TrackingResult | MultiShankResult;

/**
 * Starts to draw the figures of a result on a worker thread.
 * @returns the files, in memory; rejects with StoppedError soon after the signal is aborted, with the worker's error when it fails
 */
export function drawAside(result: AnyResult, signal?: AbortSignal): Promise<FigureFile[]> {
  const worker = new Worker(new URL('./figures-worker.js', import.meta.url), {
    workerData: withoutWaveforms(result),
    execArgv: [],
  });
  return new Promise<FigureFile[]>((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', (code) =>
      reject(new Error(`The thread that draws the figures ended with code ${code}.`)),
    );
    signal?.addEventListener('abort', () => reject(new StoppedError()), { once: true });
  }).finally(() => worker.terminate());
}

/** Whether figures of the result can be drawn aside without copying it: its matrices lie in shared memory. */
export function canDrawAside(result: AnyResult): boolean {
  const parts = isMultiShank(result) ? result.shanks.map((shank) => shank.result) : [result];
  // The TypeScript sources cannot be started as a worker.
  return (
    import.meta.url.endsWith('.js') &&
    typeof SharedArrayBuffer !== 'undefined' &&
    parts.every(({ clustering: { similarity } }) => {
      const matrices = isNearbyMatrix(similarity) ? similarity.pieces : [similarity];
      return matrices.every(({ buffer }) => buffer instanceof SharedArrayBuffer);
    })
  );
}

function withoutWaveforms(result: AnyResult): AnyResult {
  const lighter = (of: TrackingResult): TrackingResult => ({
    ...of,
    corrected: { ...of.corrected, templates: [] },
  });
  if (!isMultiShank(result)) return lighter(result);
  return { ...result, shanks: result.shanks.map((shank) => ({ ...shank, result: lighter(shank.result) })) };
}

/** A result as it was before it was sent to a thread: messages carry no classes. */
export function reviveResult(result: AnyResult): AnyResult {
  const revive = (of: TrackingResult): TrackingResult => ({
    ...of,
    motion: Motion.of(of.motion),
    rounds: of.rounds.map((round) => ({
      ...round,
      ...(round.motion && { motion: Motion.of(round.motion) }),
    })),
  });
  if (!isMultiShank(result)) return revive(result);
  return { ...result, shanks: result.shanks.map((shank) => ({ ...shank, result: revive(shank.result) })) };
}
