/** `Output.npz`: the whole result in one file. */
import type { NpyOutput } from './npy-writer.ts';
import { npyMember } from './npz.ts';
import { type PickleValue, pickledMember } from './pickle.ts';
import type { ResultBlocks } from './result-blocks.ts';
import type { ZipMember } from './stored-zip.ts';
import { clusteringArrays, motionFiles } from './write-clustering.ts';
import { curationFiles } from './write-curation.ts';

/** More units make the pickled copy too large to be of use. */
export const LARGEST_PICKLE = 10_000;

export interface RunTimes {
  /** Duration of the run, seconds. */
  readonly runTimeSec: number;
  /** When it ended, in words. */
  readonly dateTime: string;
}

/**
 * The members of `Output.npz`: every value as a plain array, and, up to 10,000 units, all of them as a pickled dictionary
 * `arr_0`, as scripts for pyDANT expect them.
 */
export function outputMembers(blocks: ResultBlocks, times: RunTimes): ZipMember[] {
  const values = outputValues(blocks, times);
  const members = Object.entries(values).map(([name, value]) => npyMember(name, asArray(name, value)));
  return blocks.units > LARGEST_PICKLE ? members : [...members, pickledMember('arr_0', values)];
}

function outputValues(blocks: ResultBlocks, { runTimeSec, dateTime }: RunTimes): Record<string, PickleValue> {
  const { units, sessions, sessionCount, clusterCount, features, settings, shankIds } = blocks;
  const clustering = clusteringArrays(blocks);
  const { matrices, lists } = clustering;
  const { IdxCluster, ClusterMatrix, MatchedPairs, MatchProbability, UnitConfidence, ...curation } =
    curationFiles(blocks);
  const motion = motionFiles(blocks);
  return {
    NumClusters: clusterCount,
    NumUnits: units,
    NumSession: sessionCount,
    Sessions: { dtype: 'int64', shape: [units], data: sessions },
    IdxUnit: { dtype: 'int64', shape: [units], data: Array.from({ length: units }, (_, unit) => unit) },
    ...(shankIds && { IdxShank: { dtype: 'int64', shape: [units], data: features.unitShanks } }),
    Locations: { dtype: 'float64', shape: [units, 3], data: features.locations },
    IdxSort: clustering.leafOrder,
    IdxCluster,
    ...(matrices && { SimilarityMatrix: matrices.similarity }),
    ...(lists && { SimilarityAll: lists.similarities, SimilarityPairs: lists.pairs }),
    SimilarityNames: clustering.featureNames,
    SimilarityWeights: clustering.weights,
    SimilarityThreshold: clustering.threshold,
    ...(matrices && { GoodMatchesMatrix: matrices.goodMatches, ClusterMatrix }),
    MatchedPairs,
    MatchProbability,
    UnitConfidence,
    ...curation,
    Motion: motion.motion,
    MotionLinearScale: motion.motion_linear_scale,
    MotionLinear: motion.motion_linear,
    MotionConstant: motion.motion_constant,
    Params: JSON.stringify(settings),
    Kernels: blocks.blocks[0].result.kernels,
    RunTime: runTimeSec,
    DateTime: dateTime,
  };
}

/** Numbers and texts as arrays without axes; counts are integers. */
function asArray(name: string, value: PickleValue): NpyOutput {
  if (typeof value === 'string') return { dtype: 'unicode', shape: [], data: [value] };
  if (typeof value !== 'number') return value;
  return { dtype: name.startsWith('Num') ? 'int64' : 'float64', shape: [], data: [value] };
}
