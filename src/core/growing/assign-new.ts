/** New units join the neurons that are known, or found new ones. */
import { contiguousLabels } from '../curation/cluster-labels.ts';
import { CurationRecord } from '../curation/curation-record.ts';
import { type MergeInput, mergeGroups } from '../curation/merge.ts';
import { mutualBest } from './new-motion.ts';
import type { ComparedPairs } from './new-pairs.ts';

export interface AssignInput extends Omit<MergeInput, 'established' | 'pairs'> {
  /** (oldUnits,) neuron of each old unit from 0; -1 unmatched. */
  readonly oldLabels: Int32Array;
  /** The candidate pairs with new units. */
  readonly compared: ComparedPairs;
  /** (compared pairs,) weighted similarity. */
  readonly pairSimilarity: Float64Array;
}

export interface AssignOptions {
  /** Similarity above which a pair is a good match. */
  readonly threshold: number;
  /** Groups join while their mean similarity exceeds this fraction of the threshold; undefined: they do not. */
  readonly mergeFactor?: number;
}

/** Two known neurons, or a known neuron and an old unit without one, that the new units show to be alike. */
export interface PossibleMerge {
  /** Label from 0; -1 for an old unit without a neuron. */
  readonly labels: readonly [number, number];
  /** The first unit of each. */
  readonly units: readonly [number, number];
  readonly score: number;
}

export interface Assignment {
  /** (units,) those of the old units that had one are unchanged; new ones follow. */
  readonly labels: Int32Array;
  readonly clusterCount: number;
  readonly possibleMerges: readonly PossibleMerge[];
  /** (new units,) the old unit that each goes with when a person changes its neuron; -1 where its neuron has none. */
  readonly followed: Int32Array;
}

/**
 * Assigns the new units; old neurons keep their units and labels, and two old neurons, or old units, never join.
 *
 * First the good matches in which neither unit has a better partner in the session of the other are linked, the most similar first,
 * where no session would occur twice: what keeps a cluster together in curation makes it grow here. Then, if wanted,
 * average linkage joins what is left apart (`docs/methods.md`, step 8).
 */
export function assignNew(input: AssignInput, { threshold, mergeFactor }: AssignOptions): Assignment {
  const { oldLabels } = input;
  const established = oldLabels.length;
  const labels = linkGoodMatches(input, threshold);
  const refused =
    mergeFactor === undefined
      ? []
      : mergeGroups(
          labels,
          { ...input, pairs: input.compared, established },
          mergeFactor * threshold,
          new CurationRecord(),
        );
  const grown = contiguousLabels(labels);
  for (let unit = 0; unit < established; unit++) {
    if (oldLabels[unit] >= 0 && grown.labels[unit] !== oldLabels[unit]) {
      throw new RangeError('assignNew: got labels with gaps or of single units, expected those of a result');
    }
  }
  const possibleMerges = refused
    .filter(({ a, b }) => [...a, ...b].some((unit) => unit >= established))
    .map(({ a, b, score }) => ({
      labels: [grown.labels[a[0]], grown.labels[b[0]]] as const,
      units: [a[0], b[0]] as const,
      score,
    }));
  return { ...grown, possibleMerges, followed: followedUnits(grown.labels, input) };
}

/**
 * (new units,) the old unit that each new unit goes with when a person changes its neuron: of those that it was compared with, the most similar;
 * the last of the neuron where it was compared with none; -1 for neurons without old units.
 */
function followedUnits(
  labels: Int32Array,
  { oldLabels: { length: oldUnits }, compared, pairSimilarity }: AssignInput,
): Int32Array {
  const lastOfNeuron = new Map<number, number>();
  for (let unit = 0; unit < oldUnits; unit++) if (labels[unit] >= 0) lastOfNeuron.set(labels[unit], unit);
  const followed = Int32Array.from(labels.subarray(oldUnits), (label) => lastOfNeuron.get(label) ?? -1);
  const best = new Float64Array(followed.length).fill(Number.NEGATIVE_INFINITY);
  for (let p = 0; p < compared.count; p++) {
    const [a, b] = [compared.units[2 * p], compared.units[2 * p + 1]];
    if (a >= oldUnits || labels[a] < 0 || labels[a] !== labels[b]) continue;
    if (!(pairSimilarity[p] > best[b - oldUnits])) continue;
    best[b - oldUnits] = pairSimilarity[p];
    followed[b - oldUnits] = a;
  }
  return followed;
}

interface Group {
  units: number[];
  label: number;
  readonly sessions: Set<number>;
  established: boolean;
}

/** (units,) labels after linking; groups without an old label have new ones. */
function linkGoodMatches(
  { oldLabels, sessions, compared, pairSimilarity }: AssignInput,
  threshold: number,
): Int32Array {
  const groups: Group[] = [];
  const ofLabel = new Map<number, Group>();
  for (let unit = 0; unit < sessions.length; unit++) {
    const label = unit < oldLabels.length ? oldLabels[unit] : -1;
    const known = label < 0 ? undefined : ofLabel.get(label);
    const group = known ?? { units: [], label, sessions: new Set(), established: unit < oldLabels.length };
    group.units.push(unit);
    group.sessions.add(sessions[unit]);
    if (label >= 0) ofLabel.set(label, group);
    groups.push(group);
  }
  let nextLabel = oldLabels.reduce((largest, label) => Math.max(largest, label), -1) + 1;
  const best = mutualBest(compared, pairSimilarity, sessions);
  const links = Array.from(best.keys()).filter((p) => best[p] === 1 && pairSimilarity[p] > threshold);
  links.sort((p, q) => pairSimilarity[q] - pairSimilarity[p] || p - q);
  for (const p of links) {
    const [a, b] = [groups[compared.units[2 * p]], groups[compared.units[2 * p + 1]]];
    if (a === b || (a.established && b.established)) continue;
    const [small, large] = a.sessions.size < b.sessions.size ? [a, b] : [b, a];
    if ([...small.sessions].some((session) => large.sessions.has(session))) continue;
    const known = [a.label, b.label].filter((label) => label >= 0);
    large.label = known.length > 0 ? Math.min(...known) : nextLabel++;
    large.established ||= small.established;
    for (const unit of small.units) groups[unit] = large;
    for (const session of small.sessions) large.sessions.add(session);
    large.units = [...large.units, ...small.units];
  }
  return Int32Array.from(groups, ({ label }) => label);
}
