/** A neuron is one unit per session: clusters lose the units that say otherwise. */
import { clustersOf } from './cluster-labels.ts';
import { type CurationRecord, REMOVAL_SAME_SESSION } from './curation-record.ts';

/**
 * Takes units out of clusters until no two units of a cluster share a session. In every pass over a cluster, of each
 * couple of one session the unit whose mean similarity within the cluster (itself included) is lower is marked, the later
 * one when they are equal; a unit may be marked more than once. Each mark is recorded with the units of the cluster that
 * were not marked before it.
 *
 * @param labels (units,) changed in place: removed units become -1
 * @param sessions (units,) session number of each unit
 * @param similarity (units, units) similarity, 6 on the diagonal
 */
export function removeSameSession(
  labels: Int32Array,
  sessions: Int32Array,
  similarity: Float64Array,
  record: CurationRecord,
): void {
  for (const cluster of clustersOf(labels)) {
    let units = cluster;
    for (;;) {
      const marks = markWeaker(units, sessions, similarity, labels.length);
      if (marks.length === 0) break;
      const marked = new Set<number>();
      for (const unit of marks) {
        marked.add(unit);
        for (const other of units) if (!marked.has(other)) record.add(unit, other, REMOVAL_SAME_SESSION);
      }
      for (const unit of marked) labels[unit] = -1;
      units = units.filter((unit) => !marked.has(unit));
    }
  }
}

/** The weaker unit of every couple of one session, couple by couple. */
function markWeaker(
  units: readonly number[],
  sessions: Int32Array,
  similarity: Float64Array,
  n: number,
): number[] {
  const mean = units.map((a) => units.reduce((sum, b) => sum + similarity[a * n + b], 0) / units.length);
  const marks: number[] = [];
  for (let i = 1; i < units.length; i++) {
    for (let j = 0; j < i; j++) {
      if (sessions[units[i]] === sessions[units[j]]) marks.push(mean[i] <= mean[j] ? units[i] : units[j]);
    }
  }
  return marks;
}
