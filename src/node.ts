/**
 * Track single neurons across days: functions that work on folders. Pure functions are in `dant`.
 *
 * @packageDocumentation
 */

export type { ExportFormat } from './io/export/formats.ts';
export { FileStore } from './io/node/file-store.ts';
export { readSettingsFile } from './io/node/settings-file.ts';
export { SavedResult } from './io/read-result.ts';
export { addSessions } from './stages/add.ts';
export { checkData } from './stages/check.ts';
export { computeAllSimilarityMatrix, finalClustering, iterativeClustering } from './stages/clustering.ts';
export { compareFolders, readLabels } from './stages/compare.ts';
export type { LabelOptions } from './stages/curated-labels.ts';
export { autoCuration } from './stages/curation.ts';
export { type EvaluateOptions, evaluateFolder, type FolderEvaluation } from './stages/evaluate.ts';
export type { ExportOptions, ExportSummary } from './stages/export.ts';
export { exportResult } from './stages/export.ts';
export {
  type ImportSummary,
  importFolder,
  readSessionTable,
  type SessionEntry,
} from './stages/import-sessions.ts';
export { mergeShanks } from './stages/merge-shanks.ts';
export { Motion } from './stages/motion.ts';
export {
  computeMotion,
  computeWaveformFeatures,
  initializeMotion,
  motionEstimation,
} from './stages/motion-estimation.ts';
export { mergeMultishankOutputs } from './stages/multi-shank.ts';
export type { PethStageOptions, PethSummary, PethType } from './stages/peth.ts';
export { computePeth } from './stages/peth.ts';
export { convertSpikeInfo, preprocess, spikeInfo2npy } from './stages/preprocess.ts';
export { runDANT, runDANTMultiShank, runFolder } from './stages/run.ts';
export { scoreFolder } from './stages/score.ts';
export { simulateFolder } from './stages/simulate.ts';
export type * from './stages/stage-options.ts';
export { createKernels } from './workers/node.ts';
