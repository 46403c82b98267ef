/**
 * Track single neurons across days: the method as pure functions. Functions that work on folders are in `dant/node`.
 *
 * @packageDocumentation
 */
export {
  type CondensedTree,
  condenseTree,
} from './core/clustering/condensed-tree.ts';
export { type HdbscanResult, hdbscan } from './core/clustering/hdbscan.ts';
export { clusterIteratively } from './core/clustering/iterative-clustering.ts';
export { linearDiscriminant, weightsAndThreshold } from './core/clustering/lda.ts';
export { optimalLeafOrder } from './core/clustering/leaf-order.ts';
export { primOverRows } from './core/clustering/prim.ts';
export { type SingleLinkage, singleLinkage } from './core/clustering/single-linkage.ts';
export { calibrationError, type ReliabilityBin, reliability } from './core/confidence/calibration-error.ts';
export {
  type MatchConfidence,
  matchConfidence,
  type PairProbabilities,
  type PairProbabilityInput,
  pairProbabilities,
} from './core/confidence/match-confidence.ts';
export { type RunContext, type RunEvent, STAGES, type Stage } from './core/context.ts';
export { autoCurate } from './core/curation/auto-curation.ts';
export { graphEditNumber } from './core/curation/graph-edit-number.ts';
export type { Dataset, Probe, Waveforms } from './core/dataset.ts';
export { InputError, type InputProblem, StoppedError } from './core/errors.ts';
export { compareTrackings, type TrackingComparison } from './core/evaluation/compare-trackings.ts';
export { type Evaluation, type EvaluationInput, evaluateTracking } from './core/evaluation/evaluation.ts';
export { autoCorrFeature, computeAutoCorr } from './core/features/autocorrelogram.ts';
export { gaussianFilter1d } from './core/features/gaussian-smoothing.ts';
export { isiFeature } from './core/features/isi-histogram.ts';
export { prepareSpikeTimes } from './core/features/prepare-spike-times.ts';
export { spikeLocation } from './core/features/spike-location.ts';
export { centerWaveform } from './core/features/waveform-centering.ts';
export type { Kernels } from './core/kernels/kernels.ts';
export { createPlainKernels } from './core/kernels/plain.ts';
export { bootstrapMotion } from './core/motion/bootstrap.ts';
export { correctWaveforms } from './core/motion/corrected-waveforms.ts';
export { estimateMotion } from './core/motion/estimate-motion.ts';
export { motionFromArray } from './core/motion/given-motion.ts';
export { computeKernel2D, createInterpolator, waveformEstimation } from './core/motion/kriging.ts';
export { LINEAR_SCALE, Motion } from './core/motion/motion.ts';
export { getMotionFeatureSets } from './core/motion/motion-feature-sets.ts';
export { fromNested, type NdArray, ndarray } from './core/ndarray.ts';
export { preprocessUnits } from './core/preprocess.ts';
export { createRandom, type Random } from './core/random.ts';
export type * from './core/result.ts';
export { CURATION_TYPES } from './core/result.ts';
export {
  FEATURE_NAMES,
  type FeatureName,
  type ResolvedSettings,
  resolveSettings,
  SETTINGS_TABLE,
  type SettingEntry,
  type Settings,
  type SettingsContext,
  type UserSettings,
} from './core/settings.ts';
export { trackShanks } from './core/shanks.ts';
export { corrcoef2 } from './core/similarity/corrcoef2.ts';
export { getNearbyPairs } from './core/similarity/nearby-pairs.ts';
export { computeWaveformSimilarityMatrix } from './core/similarity/waveform-similarity-matrix.ts';
export { scoreTracking } from './core/simulation/score.ts';
export { simulateRecording } from './core/simulation/simulate.ts';
export { track } from './core/track.ts';
