/** Which files of an output folder are ours. */
import type { Store } from './byte-source.ts';
import { UNITS_FILE } from './units-table.ts';

/** Every file a run may write into a folder of results. */
const RESULT_FILES = [
  'locations.npy',
  'amplitude.npy',
  'peak_channels.npy',
  'unit_shanks.npy',
  'auto_corr.npy',
  'isi.npy',
  'peth.npy',
  'waveforms_centered.npy',
  'waveforms_corrected.npy',
  'motion_linear_scale.npy',
  'motion_linear.npy',
  'motion_constant.npy',
  'motion.npy',
  'waveform_similarity_matrix.npy',
  'ISI_similarity_matrix.npy',
  'AutoCorr_similarity_matrix.npy',
  'PETH_similarity_matrix.npy',
  'SimilarityMatrix.npy',
  'DistanceMatrix.npy',
  'SimilarityWeights.npy',
  'SimilarityThreshold.npy',
  'SimilarityPairs.npy',
  'ClusterMatrix.npy',
  'IdxCluster.npy',
  'MatchedPairs.npy',
  'MatchProbability.npy',
  'UnitConfidence.npy',
  'ExpectedPairs.npy',
  'CurationPairs.npy',
  'CurationTypes.npy',
  'CurationTypeNames.npy',
  'ClusteringResults.npz',
  'Output.npz',
  'SimilarityForCorretion.npz',
  'AllSimilarity.npz',
  ...[
    'waveform_similarity_matrix',
    'ISI_similarity_matrix',
    'AutoCorr_similarity_matrix',
    'PETH_similarity_matrix',
    'SimilarityMatrix',
    'DistanceMatrix',
    'ClusterMatrix',
  ].map((name) => `${name}.npz`),
  'resultIter.json',
  'RunTimeSec.npy',
  'Evaluation.json',
  'original_unit_indices.npy',
  UNITS_FILE,
];

const FIGURES = new Set(
  [
    'unitLocations',
    'AllSimilarity',
    'SimilarityThresholdForCorrection',
    'Motion',
    'MatchedProbability',
    'SimilarityDistribution',
    'FeatureScatter',
    'Overview',
    'Evaluation',
  ].flatMap((name) => [`${name}.png`, `${name}.svg`]),
);

/** Folder of the figures of single neurons, and the name of one of them. */
export const CLUSTER_FIGURES = 'Figures/Clusters';
export const clusterFigure = (neuron: number) => `Cluster${neuron}.png`;

/** Folder of the results of one shank. */
export const shankFolder = (shankId: number) => `Shank${shankId}`;

/** The shank folders there are. */
export async function shankFolders(store: Store): Promise<string[]> {
  return (await store.list()).filter((name) => /^Shank-?\d+\/$/.test(name)).map((name) => name.slice(0, -1));
}

/** The files of an earlier result; files of others are not among them. */
export async function earlierResultFiles(store: Store): Promise<string[]> {
  const files: string[] = [];
  for (const folder of ['', ...(await shankFolders(store))]) {
    const prefix = folder === '' ? '' : `${folder}/`;
    const present = new Set(await store.list(folder));
    // Where results stand beside the data, the PETH is the input.
    if (present.has('waveform_all.npy')) present.delete('peth.npy');
    files.push(...RESULT_FILES.filter((name) => present.has(name)).map((name) => prefix + name));
    if (!present.has('Figures/')) continue;
    const rounds = (await store.list(`${prefix}Figures`)).filter((name) => /^Round\d+\/$/.test(name));
    for (const figures of ['', ...rounds]) {
      const path = `${prefix}Figures/${figures}`;
      const names = await store.list(path.slice(0, -1));
      files.push(...names.filter((name) => FIGURES.has(name)).map((name) => path + name));
    }
    const clusters = await store.list(prefix + CLUSTER_FIGURES);
    const ofNeurons = clusters.filter((name) => /^Cluster\d+\.png$/.test(name));
    files.push(...ofNeurons.map((name) => `${prefix}${CLUSTER_FIGURES}/${name}`));
  }
  return files;
}
