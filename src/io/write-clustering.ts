/** Similarities, motion and clusters before curation, as arrays of the output folder. */
import { clustersOf, toFileLabels } from '../core/curation/cluster-labels.ts';
import { distanceOf } from '../core/kernels/distance.ts';
import { MAX_Z } from '../core/kernels/kernels.ts';
import type { ClusteringResult } from '../core/result.ts';
import { FEATURE_NAMES, type FeatureName } from '../core/settings.ts';
import { allPairsOf } from '../core/similarity/nearby-matrix.ts';
import { pairValuesOfAll } from '../core/similarity/pair-list.ts';
import { givenArray } from './motion-files.ts';
import { asInt64, type NpyOutput } from './npy-writer.ts';
import { npyMember, npzChunks } from './npz.ts';
import {
  type Blocks,
  type ClusteredBlocks,
  gatherUnits,
  perBlock,
  type ResultBlocks,
  storedMatrix,
  unitMatrix,
  unitPairs,
} from './result-blocks.ts';
import { isSparse, type SparseFile, sparseClusterMembers, sparseMembers } from './sparse-npz.ts';
import type { SparseBlocks } from './sparse-rows.ts';
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
  readonly clustering: Pick<ClusteringResult, 'features' | 'featureSimilarity' | 'similarity' | 'distance'>;
}>;

/** The similarity matrices of all features, zeros for those that were not compared. */
export function featureSimilarityMatrices(blocks: Similarities): NamedArrays {
  const entries = FEATURE_NAMES.map((name) => {
    const matrix = storedMatrix(blocks, ({ clustering }) => {
      const position = clustering.features.indexOf(name);
      return position < 0 ? undefined : allPairsOf(clustering.featureSimilarity[position]);
    });
    return [SIMILARITY_FILES[name], matrix];
  });
  return Object.fromEntries(entries);
}

/** S, the weighted similarity. */
const similarityMatrix = (blocks: Similarities): NpyOutput =>
  storedMatrix(blocks, ({ clustering }) => allPairsOf(clustering.similarity));

/** `1 / (1 + tanh S)`, 0 on the diagonal. */
const distanceMatrix = (blocks: Similarities): NpyOutput =>
  blocks.blocks.every(({ result }) => result.clustering.distance)
    ? storedMatrix(blocks, ({ clustering }) => clustering.distance)
    : distancesOf(blocks);

const distancesOf = (blocks: Similarities): NpyOutput =>
  unitMatrix(blocks, 'float64', ({ clustering }, unit, row) => {
    const similarity = allPairsOf(clustering.similarity);
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
const goodMatchesMatrix = (blocks: ClusteredBlocks): NpyOutput =>
  unitMatrix(blocks, 'bool', ({ clustering }, unit, row) => {
    const start = unit * row.length;
    const similarity = allPairsOf(clustering.similarity).subarray(start, start + row.length);
    markAbove(similarity, clustering.threshold, row as Uint8Array);
    row[unit] = 1;
  });

/** Apart from its callers, where it is compiled for these arrays alone. */
function markAbove(values: Float64Array, threshold: number, marks: Uint8Array): void {
  for (let i = 0; i < values.length; i++) if (values[i] > threshold) marks[i] = 1;
}

/** Units that share a cluster; true on the diagonal. */
export function clusterMatrix<Result>(
  blocks: Blocks<Result>,
  labelsOf: (result: Result) => Int32Array,
): NpyOutput {
  const members = new Map(blocks.blocks.map(({ result }) => [result, clustersOf(labelsOf(result))]));
  return unitMatrix(blocks, 'bool', (result, unit, row) => {
    for (const other of members.get(result)?.[labelsOf(result)[unit]] ?? []) row[other] = 1;
    row[unit] = 1;
  });
}

const weights = (blocks: ClusteredBlocks) =>
  perBlock(blocks, [blocks.settings.clustering.features.length], ({ clustering }) => clustering.weights);
const threshold = (blocks: ClusteredBlocks) =>
  perBlock(blocks, [], ({ clustering }) => [clustering.threshold]);

/** Up to so many values the candidate pairs and their similarities are kept for the files that hold them. */
const MOST_KEPT = 2 ** 24;
const keptPairs = new WeakMap<ClusteredBlocks, BigInt64Array>();
const keptSimilarities = new WeakMap<ClusteredBlocks, Float64Array>();

/** (P, 2) candidate pairs. */
function pairs(all: ClusteredBlocks): NpyOutput {
  const array = unitPairs(all, ({ clustering }) => clustering.pairs.units);
  const [count] = array.shape;
  if (all.blocks.length > 1 || 2 * count > MOST_KEPT) return array;
  const data = keptPairs.get(all) ?? asInt64(all.blocks[0].result.clustering.pairs.units);
  keptPairs.set(all, data);
  return { dtype: 'int64', shape: array.shape, data };
}

/** (P, features) similarities of the candidate pairs, features in the order of the settings. */
function pairSimilarities(all: ClusteredBlocks): NpyOutput {
  const { blocks, settings } = all;
  const features = settings.clustering.features.length;
  const count = blocks.reduce((sum, { result }) => sum + result.clustering.pairs.count, 0);
  const array = { dtype: 'float64', shape: [count, features] } as const;
  function* parts() {
    for (const { units, result } of blocks) {
      const { featureSimilarity, pairs, pairSimilarities } = result.clustering;
      const values = new Float64Array(pairs.count * features);
      const columns = pairSimilarities?.byFeature ?? pairValuesOfAll(featureSimilarity, units.length, pairs);
      columns.forEach((column, f) => {
        for (let p = 0; p < pairs.count; p++) values[p * features + f] = column[p];
      });
      yield values;
    }
  }
  if (blocks.length > 1 || count * features > MOST_KEPT) return { ...array, data: parts };
  const known = keptSimilarities.get(all);
  const [data] = known ? [known] : parts();
  keptSimilarities.set(all, data);
  return { ...array, data };
}

/** (units,) units in the optimal order of the tree, block after block. */
const leafOrder = ({ units, blocks }: ClusteredBlocks): NpyOutput => ({
  dtype: 'int64',
  shape: [units],
  async *data() {
    for (const { units: all, result } of blocks) {
      yield (await result.clustering.leafOrder).map((unit) => all[unit]);
    }
  },
});

const featureNames = ({ settings }: ClusteredBlocks): NpyOutput => ({
  dtype: 'unicode',
  shape: [settings.clustering.features.length],
  data: settings.clustering.features,
});

/** Whether all candidate pairs of all blocks are listed, rather than a sample of them. */
const areListed = ({ blocks }: ClusteredBlocks) =>
  blocks.every(({ result }) => result.clustering.pairs.sampledFrom === undefined);

/** Everything the final clustering says, each array made when it is written. */
export function clusteringArrays(blocks: ClusteredBlocks) {
  return {
    weights: weights(blocks),
    threshold: threshold(blocks),
    leafOrder: leafOrder(blocks),
    featureNames: featureNames(blocks),
    /** Undefined when there are too many pairs to list. */
    lists: areListed(blocks) ? { pairs: pairs(blocks), similarities: pairSimilarities(blocks) } : undefined,
    /** Undefined when only nearby pairs have values: `sparseFiles` has those. */
    matrices: isSparse(blocks)
      ? undefined
      : {
          similarity: similarityMatrix(blocks),
          distance: distanceMatrix(blocks),
          goodMatches: goodMatchesMatrix(blocks),
        },
  };
}

/** The sparse files that stand for the (units, units) matrices when only nearby pairs have values; none otherwise. */
export function sparseFiles(blocks: ResultBlocks): SparseFile[] {
  if (!isSparse(blocks)) return [];
  return [
    ...sparseSimilarityFiles(blocks, blocks.settings.clustering.features),
    { name: 'ClusterMatrix', members: () => sparseClusterMembers(blocks.units, blocks.labels) },
  ];
}

/** Those of similarities and distances. */
export function sparseSimilarityFiles(blocks: SparseBlocks, features: readonly FeatureName[]): SparseFile[] {
  return [
    {
      name: 'SimilarityMatrix',
      members: () => sparseMembers(blocks, { diagonal: MAX_Z }),
    },
    {
      name: 'DistanceMatrix',
      members: () => sparseMembers(blocks, { element: distanceOf }),
    },
    ...features.map((feature, f) => ({
      name: SIMILARITY_FILES[feature],
      members: () => sparseMembers(blocks, { feature: f, diagonal: MAX_Z }),
    })),
  ];
}

/** The .npy files of the final clustering. */
export function clusteringFiles(blocks: ResultBlocks): NamedArrays {
  const { matrices, lists, ...arrays } = clusteringArrays(blocks);
  return {
    ...(matrices && similarityFiles(blocks)),
    SimilarityWeights: arrays.weights,
    SimilarityThreshold: arrays.threshold,
    ...(lists && { SimilarityPairs: lists.pairs }),
  };
}

/** `ClusteringResults.npz`: the clustering before curation. */
export const clusteringArchive = (blocks: ClusteredBlocks): AsyncIterable<Uint8Array> =>
  npzChunks(Object.entries(clusteringMembers(blocks)).map(([name, array]) => npyMember(name, array)));

function clusteringMembers(blocks: ClusteredBlocks): NamedArrays {
  const { matrices, lists, ...arrays } = clusteringArrays(blocks);
  const labels = gatherUnits(blocks, ({ result, firstCluster }, unit) => {
    const label = result.clustering.labels[unit];
    return label < 0 ? -1 : label + firstCluster;
  });
  const count = blocks.blocks.reduce((sum, { result }) => sum + result.clustering.clusterCount, 0);
  return {
    weights: arrays.weights,
    ...(lists && { similarity_all: lists.similarities, idx_unit_pairs: lists.pairs }),
    thres: arrays.threshold,
    ...(matrices && {
      good_matches_matrix: matrices.goodMatches,
      similarity_matrix: matrices.similarity,
      distance_matrix: matrices.distance,
    }),
    leafOrder: arrays.leafOrder,
    idx_cluster_hdbscan: { dtype: 'int64', shape: [blocks.units], data: toFileLabels(labels) },
    ...(matrices && { hdbscan_matrix: clusterMatrix(blocks, ({ clustering }) => clustering.labels) }),
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
