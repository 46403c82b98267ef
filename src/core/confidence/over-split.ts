/** Sessions in which the sorter made several units of one neuron. */
import type { UnitPairs } from '../result.ts';

export interface OverSplit {
  /** Similarity of three quarters of the matched pairs or less: two neurons that are more alike are rare. */
  readonly high: number;
  /** Sessions with many units that are more alike, numbered from 1, and how many. */
  readonly sessions: ReadonlyMap<number, number>;
}

/** A session is over-split when so many of its units, and this share of them, are as alike as units of one neuron. */
const LEAST_UNITS = 6;
const LEAST_SHARE = 0.1;

/**
 * Looks for pairs within sessions that are more alike than three quarters of the matched ones.
 *
 * @param sessions (units,) 1..N
 * @param labels (units,) cluster of each unit from 0; -1 unmatched
 * @param pairs between sessions and within
 * @param pairSimilarity (P,)
 */
export function overSplitSessions(
  sessions: Int32Array,
  labels: Int32Array,
  pairs: UnitPairs,
  pairSimilarity: Float64Array,
): OverSplit {
  const matched = new Float64Array(pairs.count);
  let matches = 0;
  for (let p = 0; p < pairs.count; p++) {
    const label = labels[pairs.units[2 * p]];
    if (label >= 0 && label === labels[pairs.units[2 * p + 1]]) matched[matches++] = pairSimilarity[p];
  }
  if (matches === 0) return { high: Number.POSITIVE_INFINITY, sessions: new Map() };
  const high = matched.subarray(0, matches).sort()[Math.floor(0.75 * matches)];
  const alike = new Map<number, Set<number>>();
  for (let p = 0; p < pairs.count; p++) {
    if (!(pairSimilarity[p] > high)) continue;
    const a = pairs.units[2 * p];
    const b = pairs.units[2 * p + 1];
    if (sessions[a] !== sessions[b]) continue;
    const units = alike.get(sessions[a]);
    if (units) units.add(a).add(b);
    else alike.set(sessions[a], new Set([a, b]));
  }
  const sizes = new Map<number, number>();
  for (const session of sessions) sizes.set(session, (sizes.get(session) ?? 0) + 1);
  const found = [...alike]
    .map(([session, units]) => [session, units.size] as const)
    .filter(([session, size]) => size >= LEAST_UNITS && size > LEAST_SHARE * sizes.get(session)!)
    .sort(([a], [b]) => a - b);
  return { high, sessions: new Map(found) };
}
