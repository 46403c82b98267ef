/** Merging the result folders of shanks that were tracked apart. */
import type { RunContext } from '../core/context.ts';
import type { MultiShankResult, ShankResult, UnitFeatures } from '../core/result.ts';
import type { UserSettings } from '../core/settings.ts';
import { shankIds as allShankIds, mergeLabels, unitsOfShank } from '../core/shanks.ts';
import type { Store } from '../io/byte-source.ts';
import { writeMergedResult } from '../io/write-result.ts';
import { loadShank } from './load-shank.ts';
import { type OpenedRecording, openRecording, readEither } from './open-recording.ts';
import type { StageOptions } from './stage-options.ts';
import { loadFeatures, withKernels } from './stage-state.ts';
import { type Stopwatch, startStopwatch } from './stopwatch.ts';
import { streamedWaveforms } from './streamed-waveforms.ts';

/**
 * Merges the results under `Shank<ID>/` of the output folder into global files in the order of all units: matrices block by block,
 * zero between shanks; positive cluster labels offset, -1 kept; pairs by global unit indices. Reads what `preprocess` wrote.
 *
 * @param shankIds all shanks that have units, in whatever order: their results are put together in that of their ids
 * @param unitShanks (units,) shank id of each unit
 * @throws InputError when a shank's folder is missing or does not fit `unitShanks`; RangeError when `shankIds` are not those of `unitShanks`
 */
export async function mergeMultishankOutputs(
  userSettings: UserSettings,
  shankIds: readonly number[],
  unitShanks: ArrayLike<number>,
  options: StageOptions = {},
): Promise<MultiShankResult> {
  const stopwatch = startStopwatch();
  const shankOf = Int32Array.from(unitShanks);
  const ids = [...shankIds].sort((a, b) => a - b);
  if (ids.join() !== allShankIds(shankOf).join()) {
    throw new RangeError(
      `mergeMultishankOutputs: got shanks ${ids.join(', ')} for units on shanks ${allShankIds(shankOf).join(', ')}`,
    );
  }
  return withShanks(userSettings, options, async (state) => {
    const shanks: ShankResult[] = [];
    for (const shankId of ids) {
      const units = unitsOfShank(shankOf, shankId);
      shanks.push({ shankId, units, result: await loadShank(state, shankId, units) });
    }
    const features = await loadFeatures(state.output, state.settings, state.dataset);
    return writeMerged(state, shanks, features, stopwatch, options);
  });
}

/** A recording with what there is of it: its waveforms are read when they are needed where only nearby pairs were compared. */
export type ShanksState = OpenedRecording &
  Awaited<ReturnType<typeof readEither>> & { readonly context: RunContext };

/** Opens and reads a recording as its shanks were compared, lets `work` go on, and closes the kernels again. */
export async function withShanks<T>(
  userSettings: UserSettings,
  options: StageOptions,
  work: (state: ShanksState) => Promise<T>,
): Promise<T> {
  const opened = await openRecording(userSettings, { ...options, shanks: 'each' });
  return withKernels(opened, options, async (context) =>
    work({ ...opened, ...(await readEither(opened, context.kernels, options)), context }),
  );
}

/** Writes the merged result of shanks that were loaded. */
export async function writeMerged(
  { dataset, whole, streamed, settings, output, context, unitRows }: ShanksState,
  shanks: readonly ShankResult[],
  features: UnitFeatures,
  stopwatch: Stopwatch,
  { signal }: StageOptions,
  also?: (staging: Store, merged: MultiShankResult) => Promise<void>,
): Promise<MultiShankResult> {
  const result: MultiShankResult = {
    settings,
    sessions: dataset.sessions,
    sessionCount: dataset.sessionCount,
    features,
    shanks,
    ...mergeLabels(dataset.units, shanks),
    warnings: [],
    kernels: context.kernels.name,
  };
  // Shanks that were written without waveforms have none to put together.
  const haveWaveforms = shanks.every(({ result: { corrected } }) => corrected.templates.length > 0);
  await writeMergedResult(output, result, {
    runTimeSec: stopwatch.total(),
    dateTime: new Date().toISOString(),
    waveforms: whole?.waveforms,
    streamed: streamed
      ? (blocks, which) => streamedWaveforms(streamed, blocks, which, context)
      : haveWaveforms
        ? undefined
        : 'none',
    unitRows,
    signal,
    also: (staging) => also?.(staging, result) ?? Promise.resolve(),
  });
  return result;
}
