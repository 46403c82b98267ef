/** What speaks for and against a candidate pair besides its own similarity: the groups that its units are in. */
import type { UnitPairs } from '../result.ts';

export interface PairEvidenceInput {
  readonly units: number;
  readonly sessionCount: number;
  /** (units,) session number of each unit, 1..N. */
  readonly sessions: Int32Array;
  /** (units,) cluster of each unit from 0; -1 unmatched. */
  readonly labels: Int32Array;
  /** Candidate pairs. */
  readonly pairs: UnitPairs;
  /** (P,) weighted similarity of each pair. */
  readonly pairSimilarity: Float64Array;
}

export interface PairEvidence {
  /** (P,) mean over both units of the mean similarity of the unit to the members of the other unit's group. */
  readonly support: Float64Array;
  /**
   * (P,) by how much the unit's similarity to the other unit's group exceeds that to the best group it could be in instead, the
   * smaller of both units; at most `MAX_MARGIN`, which it also is where there is no other group.
   */
  readonly margin: Float64Array;
}

export const MAX_MARGIN = 0.7;

/**
 * Compares every pair with its alternatives. A group is a cluster or an unmatched unit; a unit is never a member of the group it is
 * compared with, and a group with another unit of its session is no alternative. Within-session pairs are treated alike, so that they
 * show what the evidence of non-matches looks like. Similarities of candidate pairs alone are used; work and memory grow with their
 * number.
 */
export function pairEvidence(input: PairEvidenceInput): PairEvidence {
  const { units, sessions, pairs, pairSimilarity } = input;
  const { groupOf, groupCount } = groups(input.labels);
  const occupied = sessionsOfGroups(input, groupOf, groupCount);
  const words = Math.ceil((input.sessionCount + 1) / 32);
  const { start, entries } = pairsOfUnits(units, pairs);
  const longest = start.reduce((most, from, unit) => Math.max(most, start[unit + 1] - from || 0), 0);
  /** The group of the other unit of every pair of a unit. */
  const groupAt = new Int32Array(longest);

  const support = new Float64Array(pairs.count);
  const margin = new Float64Array(pairs.count).fill(MAX_MARGIN);
  const sums = new Float64Array(groupCount);
  const counts = new Int32Array(groupCount);
  const touched = new Int32Array(groupCount);
  for (let unit = 0; unit < units; unit++) {
    let touchedCount = 0;
    const first = start[unit];
    const count = start[unit + 1] - first;
    for (let i = 0; i < count; i++) {
      const p = entries[first + i];
      const group = groupOf[pairs.units[2 * p] + pairs.units[2 * p + 1] - unit];
      groupAt[i] = group;
      if (counts[group]++ === 0) touched[touchedCount++] = group;
      sums[group] += pairSimilarity[p];
    }
    let [best, second] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let bestGroup = -1;
    const session = sessions[unit];
    for (let t = 0; t < touchedCount; t++) {
      const group = touched[t];
      sums[group] /= counts[group];
      const taken = (occupied[group * words + (session >> 5)] >>> (session & 31)) & 1;
      if (taken && group !== groupOf[unit]) continue;
      const mean = sums[group];
      if (mean > best) [second, best, bestGroup] = [best, mean, group];
      else if (mean > second) second = mean;
    }
    for (let i = 0; i < count; i++) {
      const p = entries[first + i];
      const group = groupAt[i];
      const mean = sums[group];
      support[p] += mean / 2;
      const gain = mean - (group === bestGroup ? second : best);
      if (gain < margin[p]) margin[p] = gain;
    }
    for (let t = 0; t < touchedCount; t++) sums[touched[t]] = counts[touched[t]] = 0;
  }
  return { support, margin };
}

function groups(labels: Int32Array): { groupOf: Int32Array; groupCount: number } {
  let next = labels.reduce((largest, label) => Math.max(largest, label), -1) + 1;
  const groupOf = labels.map((label) => (label >= 0 ? label : next++));
  return { groupOf, groupCount: next };
}

/** (groups, words) bit s of a group is set when it has a unit of session s. */
function sessionsOfGroups(
  { sessions, sessionCount }: PairEvidenceInput,
  groupOf: Int32Array,
  groupCount: number,
): Int32Array {
  const words = Math.ceil((sessionCount + 1) / 32);
  const bits = new Int32Array(groupCount * words);
  groupOf.forEach((group, unit) => {
    const session = sessions[unit];
    bits[group * words + (session >> 5)] |= 1 << (session & 31);
  });
  return bits;
}

/** The pairs of every unit: those of unit u are `entries[start[u]] .. entries[start[u + 1] - 1]`. */
function pairsOfUnits(units: number, pairs: UnitPairs): { start: Int32Array; entries: Int32Array } {
  const start = new Int32Array(units + 1);
  for (let i = 0; i < 2 * pairs.count; i++) start[pairs.units[i] + 1]++;
  for (let u = 0; u < units; u++) start[u + 1] += start[u];
  const next = start.slice();
  const entries = new Int32Array(2 * pairs.count);
  for (let i = 0; i < 2 * pairs.count; i++) entries[next[pairs.units[i]]++] = i >> 1;
  return { start, entries };
}
