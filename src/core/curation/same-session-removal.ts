/** A neuron is one unit per session: clusters lose the units that say otherwise. */
import { MAX_Z } from '../kernels/kernels.ts';
import { type SimilarityMatrix, valueAt } from '../similarity/nearby-matrix.ts';
import { clustersOf } from './cluster-labels.ts';
import { type CurationRecord, REMOVAL_SAME_SESSION } from './curation-record.ts';

/**
 * Takes units out of clusters so that no two units of a cluster share a session. Of each couple of one session the unit
 * whose mean similarity within the cluster (itself included) is lower is marked, the later one when they are equal: only
 * the most similar unit of each session is never marked, and stays. A unit may be marked more than once; each mark is
 * recorded with the units of the cluster that were not marked before it.
 *
 * @param labels (units,) changed in place: removed units become -1
 * @param sessions (units,) session number of each unit
 * @param similarity (units, units) similarity, 6 on the diagonal; pairs without a value count as 0
 */
export function removeSameSession(
  labels: Int32Array,
  sessions: Int32Array,
  similarity: SimilarityMatrix,
  record: CurationRecord,
): void {
  for (const units of clustersOf(labels)) {
    const marked = new Set<number>();
    for (const unit of markWeaker(units, sessions, similarity, labels.length)) {
      marked.add(unit);
      labels[unit] = -1;
      for (const other of units) if (!marked.has(other)) record.add(unit, other, REMOVAL_SAME_SESSION);
    }
  }
}

/** The weaker unit of every couple j < i of one session, ordered by j, then i. */
function markWeaker(
  units: readonly number[],
  sessions: Int32Array,
  similarity: SimilarityMatrix,
  n: number,
): number[] {
  const between = (a: number, b: number) => valueAt(similarity, n, a, b, MAX_Z) || 0;
  const mean = units.map((a) => units.reduce((sum, b) => sum + between(a, b), 0) / units.length);
  const marks: number[] = [];
  for (let j = 0; j < units.length; j++) {
    for (let i = j + 1; i < units.length; i++) {
      if (sessions[units[i]] === sessions[units[j]]) marks.push(mean[i] <= mean[j] ? units[i] : units[j]);
    }
  }
  return marks;
}
