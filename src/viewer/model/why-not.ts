/** Why a unit was not joined with a neuron, in words. */
import type { UnitColumns } from '../../server/protocol.ts';

export interface JoinQuestion {
  readonly candidate: number;
  /** Units of the neuron, or the one unit, that it might belong to. */
  readonly members: readonly number[];
  /** Of the members, the most similar to the candidate. */
  readonly nearest: number;
  /** Weighted similarity with `nearest`, Fisher z. */
  readonly similarity: number;
  /** (units,) curated neuron of each, from 1; -1 unmatched. */
  readonly labels: Int32Array;
  readonly units: UnitColumns;
  /** Weighted similarity above which pairs are good matches; null when there is none. */
  readonly threshold: number | null;
  /** Largest distance in depth of candidate pairs, µm; undefined when the settings are not known. */
  readonly maxDistance?: number;
}

/** Reasons, the decisive one first; never empty. */
export function whyNotJoined(question: JoinQuestion): string[] {
  const { candidate, members, nearest, similarity, labels, units, threshold, maxDistance } = question;
  const reasons: string[] = [];
  if (units.shank[candidate] !== units.shank[nearest])
    reasons.push('on another shank, which is tracked apart');
  const distance = Math.abs(units.correctedY[candidate] - units.correctedY[nearest]);
  if (maxDistance !== undefined && distance > maxDistance) {
    reasons.push(`${distance.toFixed(0)} µm apart, more than ${maxDistance} µm`);
  }
  if (threshold !== null && !(similarity > threshold)) {
    reasons.push(`below the threshold of ${threshold.toFixed(2)}`);
  }
  const rivals = members.filter((unit) => units.session[unit] === units.session[candidate]);
  if (rivals.length > 0) reasons.push(`same session as unit ${rivals.join(', ')}`);
  if (labels[candidate] > 0) reasons.push(`belongs to neuron ${labels[candidate]}`);
  const before = units.clusterBeforeCuration;
  if (
    before &&
    before[candidate] > 0 &&
    before[candidate] === before[nearest] &&
    labels[candidate] !== labels[nearest]
  ) {
    reasons.push('was in its cluster, and cut off by curation');
  }
  if (reasons.length === 0) reasons.push('left alone by the clustering');
  return reasons;
}

/** Largest distance in depth of candidate pairs, µm; undefined when the settings are not known. */
export function maxDistance(settings: unknown): number | undefined {
  const value = (settings as { clustering?: { max_distance?: unknown } } | undefined)?.clustering
    ?.max_distance;
  return typeof value === 'number' ? value : undefined;
}
