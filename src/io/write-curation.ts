/** Clusters after curation and what curation did, as arrays of the output folder. */
import { toFileLabels } from '../core/curation/cluster-labels.ts';
import { CURATION_TYPES } from '../core/result.ts';
import { perBlock, type ResultBlocks, unitConfidence, unitPairs } from './result-blocks.ts';
import { isSparse } from './sparse-npz.ts';
import { clusterMatrix } from './write-clustering.ts';
import type { NamedArrays } from './write-features.ts';

/** Curated clusters, matched pairs with their confidence, and the record of the curation. */
export function curationFiles(blocks: ResultBlocks): NamedArrays {
  const { units, labels, matchedPairs, settings } = blocks;
  const names = CURATION_TYPES.slice(0, settings.autoCuration.auto_merge ? 3 : 2);
  const types = blocks.blocks.flatMap(({ result }) => Array.from(result.curation.curationTypes));
  return {
    ...(!isSparse(blocks) && { ClusterMatrix: clusterMatrix(blocks, ({ curation }) => curation.labels) }),
    IdxCluster: { dtype: 'int64', shape: [units], data: toFileLabels(labels) },
    MatchedPairs: { dtype: 'int64', shape: [matchedPairs.length / 2, 2], data: matchedPairs },
    MatchProbability: {
      dtype: 'float64',
      shape: [matchedPairs.length / 2],
      data: blocks.blocks.flatMap(({ result }) => Array.from(result.confidence.matchProbability)),
    },
    UnitConfidence: {
      dtype: 'float64',
      shape: [units],
      data: unitConfidence(blocks),
    },
    ExpectedPairs: perBlock(blocks, [], ({ confidence }) => [confidence.expectedPairs ?? Number.NaN]),
    CurationPairs: unitPairs(blocks, ({ curation }) => curation.curationPairs),
    CurationTypes: { dtype: 'int64', shape: [types.length], data: types },
    CurationTypeNames: { dtype: 'unicode', shape: [names.length], data: names },
  };
}
