/** Curation of the clusters by what is known of neurons: one unit per session, and alike. */
import type { CurationResult, UnitPairs } from '../result.ts';
import { isNearbyMatrix, type SimilarityMatrix } from '../similarity/nearby-matrix.ts';
import { contiguousLabels, pairsWithinClusters } from './cluster-labels.ts';
import { CurationRecord } from './curation-record.ts';
import { mergeGroups } from './merge.ts';
import { removeSameSession } from './same-session-removal.ts';
import { splitClusters } from './split.ts';

export interface CurationInput {
  readonly units: number;
  /** (units,) session number of each unit. */
  readonly sessions: Int32Array;
  /** (units,) cluster of each unit from 0; -1 noise. */
  readonly labels: Int32Array;
  /** (units, units) weighted similarity S, of all pairs (6 on the diagonal) or of nearby ones. */
  readonly similarity: SimilarityMatrix;
  /** Similarity above which a pair is a good match. */
  readonly threshold: number;
  /** Candidate pairs; only `autoMerge` reads them, and only with similarities of all pairs. */
  readonly pairs: UnitPairs;
}

export interface CurationOptions {
  readonly autoSplit: boolean;
  readonly autoMerge: boolean;
  /** Groups join while their mean similarity exceeds this fraction of the threshold. */
  readonly mergeFactor: number;
}

/**
 * Curates a clustering (Huang et al. 2026; `docs/methods.md`, step 8): no two units of one session in a cluster, no
 * cluster that its good matches do not connect, no cluster of a single unit; then, if wanted, joins what the clustering
 * broke apart.
 *
 * @throws RangeError when the sizes disagree
 */
export function autoCurate(input: CurationInput, options: CurationOptions): CurationResult {
  const { units, sessions, similarity, threshold } = input;
  const similarities = isNearbyMatrix(similarity) ? similarity.layout.units ** 2 : similarity.length;
  if (sessions.length !== units || input.labels.length !== units || similarities !== units * units) {
    throw new RangeError(
      `autoCurate: got ${sessions.length} sessions, ${input.labels.length} labels and ${similarities} ` +
        `similarities, expected ${units}, ${units} and ${units * units} for ${units} units`,
    );
  }
  const record = new CurationRecord();
  const labels = input.labels.slice();
  removeSameSession(labels, sessions, similarity, record);
  if (options.autoSplit) splitClusters(labels, similarity, threshold, record);
  let curated = contiguousLabels(labels);
  if (options.autoMerge) {
    mergeGroups(curated.labels, input, options.mergeFactor * threshold, record);
    curated = contiguousLabels(curated.labels);
  }
  return {
    ...curated,
    matchedPairs: pairsWithinClusters(curated.labels),
    curationPairs: record.pairs,
    curationTypes: record.types,
  };
}
