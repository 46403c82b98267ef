/** Merging the result folders of shanks that were tracked apart. */
import { InputError } from '../core/errors.ts';
import type { MultiShankResult, ShankResult, UnitFeatures } from '../core/result.ts';
import type { UserSettings } from '../core/settings.ts';
import { mergeLabels, unitsOfShank } from '../core/shanks.ts';
import { type Store, subStore } from '../io/byte-source.ts';
import { SavedResult } from '../io/read-result.ts';
import { shankFolder } from '../io/result-folder.ts';
import { writeMergedResult } from '../io/write-result.ts';
import type { StageOptions } from './stage-options.ts';
import {
  loadCorrected,
  loadFeatures,
  partialResult,
  type StageState,
  savedClustering,
  savedFeatures,
  withRecording,
} from './stage-state.ts';
import { type Stopwatch, startStopwatch } from './stopwatch.ts';

/**
 * Merges the results under `Shank<ID>/` of the output folder into global files in the order of all units: matrices block by block,
 * zero between shanks; positive cluster labels offset, -1 kept; pairs by global unit indices. Reads what `preprocess` wrote.
 *
 * @param shankIds shanks to merge, in the order in which their results are put together
 * @param unitShanks (units,) shank id of each unit
 * @throws InputError when a shank's folder is missing or does not fit `unitShanks`
 */
export function mergeMultishankOutputs(
  userSettings: UserSettings,
  shankIds: readonly number[],
  unitShanks: ArrayLike<number>,
  options: StageOptions = {},
): Promise<MultiShankResult> {
  const stopwatch = startStopwatch();
  return withRecording(userSettings, options, async (state) => {
    const shanks: ShankResult[] = [];
    for (const shankId of shankIds) {
      const units = unitsOfShank(Int32Array.from(unitShanks), shankId);
      shanks.push({ shankId, units, result: await loadShank(state, shankId, units) });
    }
    const features = await loadFeatures(state.output, state.settings, state.dataset);
    return writeMerged(state, shanks, features, stopwatch, options);
  });
}

/** Writes the merged result of shanks that were loaded. */
export async function writeMerged(
  { dataset, settings, output, context, unitRows }: StageState,
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
  await writeMergedResult(output, result, {
    runTimeSec: stopwatch.total(),
    dateTime: new Date().toISOString(),
    waveforms: dataset.waveforms,
    unitRows,
    signal,
    also: (staging) => also?.(staging, result) ?? Promise.resolve(),
  });
  return result;
}

/** The result of one shank from its folder. @throws InputError when it does not hold the given units */
export async function loadShank(state: StageState, shankId: number, units: Int32Array) {
  const { dataset, settings, output } = state;
  const folder = subStore(output, shankFolder(shankId));
  const saved = await SavedResult.open(folder);
  const original = (await saved.originalUnits()) ?? new Int32Array(0);
  if (original.length !== units.length || original.some((unit, i) => unit !== units[i])) {
    throw new InputError({
      where: `${folder.name}/original_unit_indices.npy`,
      found: `${original.length} units`,
      expected: `the ${units.length} units of shank ${shankId}`,
      remedy: 'Track the shanks again; their folders belong to another recording.',
    });
  }
  const { pairs, types } = await saved.curation();
  const labels = await saved.labels();
  const matchedPairs = await saved.matchedPairs();
  const [motion] = await saved.motions();
  const sessions = Int32Array.from(units, (unit) => dataset.sessions[unit]);
  return partialResult({ ...state, dataset: { ...dataset, sessions } }, await savedFeatures(saved), {
    motion,
    corrected: await loadCorrected(folder),
    clustering: await savedClustering(saved, settings),
    curation: {
      labels,
      clusterCount: labels.reduce((count, label) => Math.max(count, label + 1), 0),
      matchedPairs,
      curationPairs: pairs,
      curationTypes: Uint8Array.from(types),
    },
    confidence: {
      matchProbability: (await saved.matchProbability()) ?? new Float64Array(matchedPairs.length / 2),
      expectedPairs: await saved.expectedPairs(),
      unitConfidence: (await saved.unitConfidence()) ?? new Float64Array(units.length).fill(Number.NaN),
    },
  });
}
