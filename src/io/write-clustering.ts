/** Similarities, motion and clusters before curation, as arrays of the output folder. */
import { pairValues } from '../core/clustering/iterative-clustering.ts';
import { distanceOf } from '../core/kernels/distance.ts';
import type { ClusteringResult, TrackingResult } from '../core/result.ts';
import { FEATURE_NAMES, type FeatureName } from '../core/settings.ts';
import { givenArray } from './motion-files.ts';
import type { NpyOutput } from './npy-writer.ts';
import {
  type Blocks,
  fileLabels,
  gatherUnits,
  perBlock,
  type ResultBlocks,
  storedMatrix,
  unitMatrix,
  unitPairs,
} from './result-blocks.ts';
import type { NamedArrays } from './write-features.ts';

/** File of the similarity matrix of each feature, without `.npy`. */
export const SIMILARITY_FILES: Readonly<Record<FeatureName, string>> = {
  Waveform: 'waveform_similarity_matrix',
  ISI: 'ISI_similarity_matrix',
  AutoCorr: 'AutoCorr_similarity_matrix',
  PETH: 'PETH_similarity_matrix',
};

/** What the matrices of similarities are made of. */
type Similarities = Blocks<{
  readonly clustering: Pick<ClusteringResult, 'features' | 'featureSimilarity' | 'similarity'>;
}>;

/** The similarity matrices of all features, zeros for those that were not compared. */
export function featureSimilarityMatrices(blocks: Similarities): NamedArrays {
  const entries = FEATURE_NAMES.map((name) => {
    const matrix = storedMatrix(blocks, ({ clustering }) => {
      const position = clustering.features.indexOf(name);
      return position < 0 ? undefined : clustering.featureSimilarity[position];
    });
    return [SIMILARITY_FILES[name], matrix];
  });
  return Object.fromEntries(entries);
}

/** S, the weighted similarity. */
export const similarityMatrix = (blocks: Similarities): NpyOutput =>
  storedMatrix(blocks, ({ clustering }) => clustering.similarity);

/** `1 / (1 + tanh S)`, 0 on the diagonal. */
export const distanceMatrix = (blocks: Similarities): NpyOutput =>
  unitMatrix(blocks, 'float64', ({ clustering: { similarity } }, unit, row) => {
    const start = unit * row.length;
    for (let j = 0; j < row.length; j++) row[j] = distanceOf(similarity[start + j]);
    row[unit] = 0;
  });

/** The .npy files of all similarities, of each feature and weighted. */
export const similarityFiles = (blocks: Similarities): NamedArrays => ({
  ...featureSimilarityMatrices(blocks),
  SimilarityMatrix: similarityMatrix(blocks),
  DistanceMatrix: distanceMatrix(blocks),
});

/** S above the threshold; true on the diagonal. */
export const goodMatchesMatrix = (blocks: ResultBlocks): NpyOutput =>
  unitMatrix(blocks, 'bool', ({ clustering: { similarity, threshold } }, unit, row) => {
    const start = unit * row.length;
    for (let j = 0; j < row.length; j++) row[j] = similarity[start + j] > threshold ? 1 : 0;
    row[unit] = 1;
  });

/** Units that share a cluster; true on the diagonal. */
export function clusterMatrix(
  blocks: ResultBlocks,
  labelsOf: (result: TrackingResult) => Int32Array,
): NpyOutput {
  return unitMatrix(blocks, 'bool', (result, unit, row) => {
    const labels = labelsOf(result);
    const own = labels[unit];
    if (own >= 0) for (let j = 0; j < row.length; j++) row[j] = labels[j] === own ? 1 : 0;
    row[unit] = 1;
  });
}

const weights = (blocks: ResultBlocks) =>
  perBlock(blocks, [blocks.settings.clustering.features.length], ({ clustering }) => clustering.weights);
const threshold = (blocks: ResultBlocks) => perBlock(blocks, [], ({ clustering }) => [clustering.threshold]);
const pairs = (blocks: ResultBlocks) => unitPairs(blocks, ({ clustering }) => clustering.pairs.units);

/** (P, features) similarities of the candidate pairs, features in the order of the settings. */
function pairSimilarities({ blocks, settings }: ResultBlocks): NpyOutput {
  const features = settings.clustering.features.length;
  const counts = blocks.map(({ result }) => result.clustering.pairs.count);
  return {
    dtype: 'float64',
    shape: [counts.reduce((sum, count) => sum + count, 0), features],
    *data() {
      for (const { result } of blocks) {
        const { featureSimilarity, pairs } = result.clustering;
        const columns = featureSimilarity.map((matrix) => pairValues(matrix, result.features.units, pairs));
        const values = new Float64Array(pairs.count * features);
        for (let p = 0; p < pairs.count; p++)
          for (let f = 0; f < features; f++) values[p * features + f] = columns[f][p];
        yield values;
      }
    },
  };
}

/** (units,) units in the optimal order of the tree, block after block. */
const leafOrder = ({ units, blocks }: ResultBlocks): NpyOutput => ({
  dtype: 'int64',
  shape: [units],
  data: blocks.flatMap(({ units: all, result }) =>
    Array.from(result.clustering.leafOrder, (unit) => all[unit]),
  ),
});

const featureNames = ({ settings }: ResultBlocks): NpyOutput => ({
  dtype: 'unicode',
  shape: [settings.clustering.features.length],
  data: settings.clustering.features,
});

/** Everything the final clustering says, each array made when it is written. */
export function clusteringArrays(blocks: ResultBlocks) {
  return {
    similarityMatrix: similarityMatrix(blocks),
    distanceMatrix: distanceMatrix(blocks),
    goodMatchesMatrix: goodMatchesMatrix(blocks),
    weights: weights(blocks),
    threshold: threshold(blocks),
    pairs: pairs(blocks),
    pairSimilarities: pairSimilarities(blocks),
    leafOrder: leafOrder(blocks),
    featureNames: featureNames(blocks),
  };
}

/** The .npy files of the final clustering. */
export function clusteringFiles(blocks: ResultBlocks): NamedArrays {
  const arrays = clusteringArrays(blocks);
  return {
    ...similarityFiles(blocks),
    SimilarityWeights: arrays.weights,
    SimilarityThreshold: arrays.threshold,
    SimilarityPairs: arrays.pairs,
  };
}

/** The members of `ClusteringResults.npz`: the clustering before curation. */
export function clusteringMembers(blocks: ResultBlocks): NamedArrays {
  const arrays = clusteringArrays(blocks);
  const labels = gatherUnits(blocks, ({ result, firstCluster }, unit) => {
    const label = result.clustering.labels[unit];
    return label < 0 ? -1 : label + firstCluster;
  });
  const count = blocks.blocks.reduce((sum, { result }) => sum + result.clustering.clusterCount, 0);
  return {
    weights: arrays.weights,
    similarity_all: arrays.pairSimilarities,
    idx_unit_pairs: arrays.pairs,
    thres: arrays.threshold,
    good_matches_matrix: arrays.goodMatchesMatrix,
    similarity_matrix: arrays.similarityMatrix,
    distance_matrix: arrays.distanceMatrix,
    leafOrder: arrays.leafOrder,
    idx_cluster_hdbscan: { dtype: 'int64', shape: [blocks.units], data: fileLabels(labels) },
    hdbscan_matrix: clusterMatrix(blocks, ({ clustering }) => clustering.labels),
    n_cluster: { dtype: 'int64', shape: [], data: [count] },
  };
}

/** The motion the corrected waveforms were made with; with shanks one row for each. */
export function motionFiles(blocks: ResultBlocks): NamedArrays {
  const { sessionCount: n } = blocks;
  return {
    motion_linear_scale: perBlock(blocks, [], ({ motion }) => [motion.linearScale]),
    motion_linear: perBlock(blocks, [n], ({ motion }) => motion.linear),
    motion_constant: perBlock(blocks, [n], ({ motion }) => motion.constant),
    motion: perBlock(blocks, [2, n], ({ motion }) => givenArray(motion)),
  };
}
