/** The motion stage on folders. */
import { inStage } from '../core/context.ts';
import { InputError } from '../core/errors.ts';
import { correctWaveforms } from '../core/motion/corrected-waveforms.ts';
import { createInterpolator } from '../core/motion/kriging.ts';
import type { Motion as PureMotion } from '../core/motion/motion.ts';
import { runMotionLoop } from '../core/motion/motion-loop.ts';
import type { NdArray } from '../core/ndarray.ts';
import { recordedCorrection } from '../core/recorded/corrected-waveforms.ts';
import type { CorrectedWaveforms } from '../core/result.ts';
import type { UserSettings } from '../core/settings.ts';
import { npzChunks } from '../io/npz.ts';
import { blocksOfTracking } from '../io/result-blocks.ts';
import { motionFiles } from '../io/write-clustering.ts';
import { correctedWaveforms } from '../io/write-features.ts';
import { resultIterJson, similarityForCorrectionMembers } from '../io/write-intermediate.ts';
import { Motion } from './motion.ts';
import type { StageOptions } from './stage-options.ts';
import {
  comparisonOf,
  loadFeatures,
  partialResult,
  type StageState,
  withRecording,
  writeArrays,
} from './stage-state.ts';

/**
 * Estimates the motion of the probe: clusters units, minimises the distance between matching units, corrects the waveforms,
 * and repeats. Reads what `preprocess` wrote. Writes the motion, `waveforms_corrected.npy` and, with
 * `save_intermediate_results`, `SimilarityForCorretion.npz` and `resultIter.json`.
 *
 * @throws InputError for bad input or when `preprocess` has not run; StoppedError when the signal is aborted
 */
export function motionEstimation(userSettings: UserSettings, options: StageOptions = {}): Promise<Motion> {
  return withRecording(userSettings, options, async (state) => {
    const { dataset, settings, output, context, given } = state;
    const features = await loadFeatures(output, settings, dataset);
    const loop = await inStage(context, 'motion', () =>
      runMotionLoop(dataset, features, comparisonOf(state, features), settings, context, given),
    );
    const blocks = blocksOfTracking(partialResult(state, features, loop));
    await writeArrays(output, { waveforms_corrected: correctedWaveforms(blocks), ...motionFiles(blocks) });
    if (settings.save_intermediate_results) {
      const members = similarityForCorrectionMembers(blocks);
      if (members) await output.write('SimilarityForCorretion.npz', npzChunks(members));
      await output.write('resultIter.json', new TextEncoder().encode(resultIterJson(blocks)));
    }
    return new Motion(dataset.sessionCount, loop.motion);
  });
}

/** The same function under the other name that the function list gives it. */
export const computeMotion = motionEstimation;

/**
 * The motion that the first round starts from: the one that `path_to_motion` names, or none. A given motion corrects the
 * waveforms, and `waveforms_corrected.npy` is written.
 *
 * @param waveformsAll (units, channels, samples) µV
 * @throws InputError for bad input; RangeError when `waveformsAll` has another shape than the waveforms of the input folder
 */
export function initializeMotion(
  userSettings: UserSettings,
  waveformsAll: NdArray<ArrayLike<number>>,
  options: StageOptions = {},
): Promise<Motion> {
  return withRecording(userSettings, options, async (state) => {
    const { dataset, given } = state;
    requireShape('initializeMotion', waveformsAll, state);
    if (!given) return new Motion(dataset.sessionCount);
    await correctAndWrite(state, waveformsAll, given);
    return new Motion(dataset.sessionCount, given);
  });
}

/**
 * Computes the corrected waveforms on the reference probes by Kriging interpolation and writes `waveforms_corrected.npy`.
 *
 * @param waveformAll (units, channels, samples) µV
 * @param motion motion of every session of the input folder
 * @throws InputError for bad input or when `preprocess` has not run; RangeError when shapes disagree
 */
export function computeWaveformFeatures(
  userSettings: UserSettings,
  waveformAll: NdArray<ArrayLike<number>>,
  motion: PureMotion,
  options: StageOptions = {},
): Promise<CorrectedWaveforms> {
  return withRecording(userSettings, options, async (state) => {
    requireShape('computeWaveformFeatures', waveformAll, state);
    if (motion.sessionCount !== state.dataset.sessionCount) {
      throw new InputError({
        where: 'computeWaveformFeatures, argument motion',
        found: `a motion of ${motion.sessionCount} sessions`,
        expected: `${state.dataset.sessionCount} sessions, as session_index.npy has`,
        remedy: 'Pass the motion of this recording.',
      });
    }
    return correctAndWrite(state, waveformAll, motion);
  });
}

async function correctAndWrite(
  state: StageState,
  waveformAll: NdArray<ArrayLike<number>>,
  motion: PureMotion,
): Promise<CorrectedWaveforms> {
  const { dataset, settings, output, context } = state;
  const { probe, sessions, waveforms } = dataset;
  const features = await loadFeatures(output, settings, dataset);
  const data = context.kernels.float32(waveformAll.data.length);
  data.set(waveformAll.data);
  const { n_templates: nTemplates } = settings.waveformCorrection;
  const given = { ...waveforms, data };
  const corrected = probe.recorded
    ? await recordedCorrection(given, sessions, features.locations, probe, nTemplates, context).correct(
        motion,
      )
    : await correctWaveforms(given, sessions, features.locations, probe, motion, {
        nTemplates,
        interpolator: createInterpolator(probe.locations, probe.channels),
        context,
      });
  const blocks = blocksOfTracking(partialResult(state, features, { corrected, motion }));
  await writeArrays(output, { waveforms_corrected: correctedWaveforms(blocks) });
  return corrected;
}

function requireShape(
  caller: string,
  { data, shape }: NdArray<ArrayLike<number>>,
  { dataset: { waveforms } }: StageState,
): void {
  const { units, channels, samples } = waveforms;
  const expected = [units, channels, samples];
  if (shape.length === 3 && shape.every((n, i) => n === expected[i]) && data.length === waveforms.data.length)
    return;
  throw new RangeError(`${caller}: got waveforms (${shape.join(', ')}), expected (${expected.join(', ')})`);
}
