/** Intermediate results, written when `save_intermediate_results` asks for them. */
import type { MotionRound } from '../core/result.ts';
import { npyMember, npzChunks } from './npz.ts';
import type { ResultBlocks } from './result-blocks.ts';
import { unitPairs } from './result-blocks.ts';
import { shankFolder } from './result-folder.ts';
import type { ZipMember } from './stored-zip.ts';
import { clusteringArrays } from './write-clustering.ts';
import type { ResultFile } from './write-features.ts';

/** All of them that there are. */
export function intermediateFiles(blocks: ResultBlocks): ResultFile[] {
  const all = allSimilarityMembers(blocks);
  const motion = similarityForCorrectionMembers(blocks);
  return [
    ...(all ? [['AllSimilarity.npz', () => npzChunks(all)] as const] : []),
    ...(motion ? [['SimilarityForCorretion.npz', () => npzChunks(motion)] as const] : []),
    ['resultIter.json', () => [new TextEncoder().encode(resultIterJson(blocks))]],
  ];
}

/**
 * Members of `AllSimilarity.npz`: similarities of the final candidate pairs by all features. Undefined when there are too many
 * pairs to list.
 */
export function allSimilarityMembers(blocks: ResultBlocks): ZipMember[] | undefined {
  const { lists, featureNames } = clusteringArrays(blocks);
  if (!lists) return undefined;
  return [
    npyMember('similarity_all', lists.similarities),
    npyMember('idx_unit_pairs', lists.pairs),
    npyMember('similarity_names', featureNames),
  ];
}

/**
 * Members of `SimilarityForCorretion.npz` (the misspelt name is the published one): the last motion round's similarity of
 * the candidate pairs, its threshold, and which pairs shared a cluster and were used. Undefined when no round ran, or there
 * are too many pairs to list.
 */
export function similarityForCorrectionMembers(blocks: ResultBlocks): ZipMember[] | undefined {
  const rounds = blocks.blocks.map(({ result }) => result.rounds.at(-1));
  const all = rounds.filter((round) => round !== undefined);
  if (all.length < rounds.length || all.length === 0) return undefined;
  if (all.some(({ pairs }) => pairs.sampledFrom !== undefined)) return undefined;
  const [{ features }] = all;
  const count = all.reduce((sum, { pairs }) => sum + pairs.count, 0);
  /** What all rounds hold, one after the other. */
  const joined = (valuesOf: (round: MotionRound) => Float64Array | Uint8Array) =>
    function* () {
      for (const round of all) yield valuesOf(round);
    };
  const perShank = blocks.shankIds ? [all.length] : [];
  return [
    npyMember('similarity', { dtype: 'float64', shape: [count], data: joined((r) => r.pairSimilarity) }),
    npyMember(
      'idx_unit_pairs',
      unitPairs(blocks, ({ rounds }) => rounds.at(-1)!.pairs.units),
    ),
    npyMember('thres', { dtype: 'float64', shape: perShank, data: all.map((r) => r.threshold) }),
    npyMember('is_matched', { dtype: 'bool', shape: [count], data: joined((r) => r.pairMatched) }),
    npyMember('is_used', { dtype: 'bool', shape: [count], data: joined((r) => r.pairUsed) }),
    npyMember('similarity_names', { dtype: 'unicode', shape: [features.length], data: features }),
    npyMember('weights', {
      dtype: 'float64',
      shape: [...perShank, features.length],
      data: joined((r) => r.weights),
    }),
  ];
}

/** `resultIter.json`: one entry for each motion round; with shanks one list for each, by the name of its folder. */
export function resultIterJson({ blocks, shankIds }: ResultBlocks): string {
  const lists = blocks.map(({ result }) => result.rounds.map(describeRound));
  const content = shankIds
    ? Object.fromEntries(shankIds.map((id, i) => [shankFolder(id), lists[i]]))
    : lists[0];
  return `${JSON.stringify(content, jsonNumber, 2)}\n`;
}

const describeRound = ({ features, weights, threshold, matches, motion, bands, pairUsed }: MotionRound) => ({
  features,
  weights: [...weights],
  threshold,
  matches,
  pairsUsed: pairUsed.reduce((sum, used) => sum + used, 0),
  // No motion: the round ended the loop without an estimate.
  motion: motion
    ? { linearScale: motion.linearScale, linear: [...motion.linear], constant: [...motion.constant] }
    : null,
  // The middle 95 % of the motions from resampled pairs, per session.
  bands: bands.map(({ depth, lower, upper }) => ({ depth, lower: [...lower], upper: [...upper] })),
});

/** JSON has no infinite numbers: they are written as the texts "Infinity" and "-Infinity". */
function jsonNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
