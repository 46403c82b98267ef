/** The clustering stage on folders. */
import { clusterFully } from '../core/clustering/iterative-clustering.ts';
import { inStage } from '../core/context.ts';
import { Motion } from '../core/motion/motion.ts';
import { type NdArray, ndarray } from '../core/ndarray.ts';
import type { ClusteringResult, CorrectedWaveforms, UnitFeatures } from '../core/result.ts';
import type { FeatureName, UserSettings } from '../core/settings.ts';
import { npzChunks } from '../io/npz.ts';
import { blocksOfTracking, type ResultBlocks } from '../io/result-blocks.ts';
import { clusteringArchive, clusteringFiles, featureSimilarityMatrices } from '../io/write-clustering.ts';
import { allSimilarityMembers } from '../io/write-intermediate.ts';
import type { StageOptions } from './stage-options.ts';
import {
  comparisonOf,
  loadCorrected,
  loadFeatures,
  loadMotion,
  partialResult,
  type StageState,
  similaritiesOf,
  toTemplates,
  withRecording,
  writeArrays,
} from './stage-state.ts';

/**
 * Clusters the units for good: `iterativeClustering` with `clustering.features`, on the corrected waveforms and the motion that
 * `motionEstimation` wrote.
 *
 * @throws InputError for bad input or when an earlier stage has not run; StoppedError when the signal is aborted
 */
export function finalClustering(
  userSettings: UserSettings,
  options: StageOptions = {},
): Promise<ClusteringResult> {
  return withRecording(userSettings, options, async (state) =>
    clusterAndWrite(
      state,
      state.settings.clustering.features,
      await loadCorrected(state.output),
      await loadMotion(state.output),
    ),
  );
}

/**
 * Computes the similarities and alternates HDBSCAN and LDA to find the best clusters. Reads what `preprocess` wrote; writes the
 * similarity matrices, weights, threshold, pairs, `DistanceMatrix.npy`, `ClusteringResults.npz` and, with
 * `save_intermediate_results`, `AllSimilarity.npz`.
 *
 * @param similarityNames features to compare, names in any case
 * @param waveforms (units, channels, samples) or (units, channels, samples, templates)
 * @param motion taken out of the depths of the units when candidate pairs are looked for
 * @throws InputError for bad input or when `preprocess` has not run; StoppedError when the signal is aborted
 */
export function iterativeClustering(
  userSettings: UserSettings,
  similarityNames: readonly string[],
  waveforms: NdArray<ArrayLike<number>>,
  motion?: Motion,
  options: StageOptions = {},
): Promise<ClusteringResult> {
  return withFeatures(userSettings, similarityNames, options, (state, names) =>
    clusterAndWrite(state, names, toTemplates(waveforms), motion),
  );
}

/**
 * Computes the similarity matrices of all units and writes them: those of features that were not asked for are zeros.
 *
 * @param waveforms (units, channels, samples) or (units, channels, samples, templates)
 * @param featureNames out of Waveform, ISI, AutoCorr and PETH, in any case
 * @returns the matrices, (units, units, features), and the names of the features
 * @throws InputError for bad input or when `preprocess` has not run
 */
export function computeAllSimilarityMatrix(
  userSettings: UserSettings,
  waveforms: NdArray<ArrayLike<number>>,
  featureNames: readonly string[],
  options: StageOptions = {},
): Promise<{ similarityMatrixAll: NdArray; featureNamesAll: readonly FeatureName[] }> {
  return withFeatures(userSettings, featureNames, options, async (state, names) => {
    const features = await loadFeatures(state.output, state.settings, state.dataset);
    const corrected = toTemplates(waveforms);
    const matrices = await similaritiesOf(state, features).of(names, corrected, 'clustering');
    const clustering = { features: names, featureSimilarity: matrices };
    await writeArrays(
      state.output,
      featureSimilarityMatrices(blocksOf(state, features, clustering, corrected)),
    );
    const { units } = features;
    const all = new Float64Array(units * units * names.length);
    matrices.forEach((matrix, f) => {
      for (let i = 0; i < matrix.length; i++) all[i * names.length + f] = matrix[i];
    });
    return { similarityMatrixAll: ndarray(all, [units, units, names.length]), featureNamesAll: names };
  });
}

/** As `withRecording`, with settings that ask for the features named. */
async function withFeatures<T>(
  userSettings: UserSettings,
  featureNames: readonly string[],
  options: StageOptions,
  work: (state: StageState, names: readonly FeatureName[]) => Promise<T>,
): Promise<T> {
  const asked: UserSettings = {
    ...userSettings,
    clustering: { ...userSettings.clustering, features: featureNames as readonly FeatureName[] },
    motionEstimation: {
      ...userSettings.motionEstimation,
      features: [featureNames as readonly FeatureName[]],
    },
  };
  return withRecording(asked, options, (state) => work(state, state.settings.clustering.features));
}

async function clusterAndWrite(
  state: StageState,
  names: readonly FeatureName[],
  corrected: CorrectedWaveforms,
  motion?: Motion,
): Promise<ClusteringResult> {
  const { dataset, settings, output, context } = state;
  const features = await loadFeatures(output, settings, dataset);
  const clustering = await inStage(context, 'clustering', async () =>
    clusterFully(
      {
        sessionCount: dataset.sessionCount,
        similarities: await comparisonOf(state, features).compare(
          names,
          { motion: motion ?? new Motion(dataset.sessionCount), corrected },
          settings.clustering.max_distance,
          'clustering',
        ),
      },
      { nIter: settings.clustering.n_iter, weightTol: settings.clustering.weight_tol },
      context,
    ),
  );
  const blocks = blocksOf(state, features, clustering, corrected);
  await writeArrays(output, clusteringFiles(blocks));
  await output.write('ClusteringResults.npz', clusteringArchive(blocks));
  if (settings.save_intermediate_results) {
    const all = allSimilarityMembers(blocks);
    if (all) await output.write('AllSimilarity.npz', npzChunks(all));
  }
  return clustering;
}

function blocksOf(
  state: StageState,
  features: UnitFeatures,
  clustering: Partial<ClusteringResult>,
  corrected: CorrectedWaveforms,
): ResultBlocks {
  const empty = partialResult(state, features, { corrected });
  return blocksOfTracking({ ...empty, clustering: { ...empty.clustering, ...clustering } });
}
