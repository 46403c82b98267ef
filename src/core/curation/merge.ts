/** Average-linkage joining of the clusters and single units that density clustering broke apart. */
import type { UnitPairs } from '../result.ts';
import { isCandidate } from '../similarity/nearby-layout.ts';
import {
  isNearbyMatrix,
  type NearbyMatrix,
  type SimilarityMatrix,
  valueAt,
} from '../similarity/nearby-matrix.ts';
import { type CurationRecord, MERGE_HIGH_SIMILARITY } from './curation-record.ts';
import { type Link, LinkQueue } from './link-queue.ts';

export interface MergeInput {
  /** (units,) session number of each unit. */
  readonly sessions: Int32Array;
  /** (units, units) similarity. */
  readonly similarity: SimilarityMatrix;
  /** Candidate pairs; with similarities of nearby pairs, those are the candidates. */
  readonly pairs: UnitPairs;
  /** Units before this one keep their groups: two groups that both have such units never join. Default 0: none. */
  readonly established?: number;
}

/** Two groups that would have joined, had they not been established. */
export interface RefusedMerge {
  /** Their units, rising. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Their mean similarity. */
  readonly score: number;
}

/** A cluster or an unmatched unit; groups are numbered by their lowest unit. */
interface Group {
  /** Rising; none once the group has joined a lower one. */
  units: number[];
  /** -1 for an unmatched unit. */
  label: number;
  /** Links to the groups it would join, by their number. */
  readonly links: Map<number, Link>;
}

/**
 * Agglomerates clusters and unmatched units by average linkage. Two groups may join when no session occurs in both and
 * every pair between them is a candidate pair. The two with the highest mean similarity over those pairs join first, the
 * lower units where it is equal, as long as it exceeds `leastScore`. A joined group keeps the lowest label it has; two
 * unmatched units get a new one after the largest.
 *
 * Only links above `leastScore` are kept. That loses none: the mean of a joined group lies between those of its two parts,
 * so it exceeds `leastScore` only where one of them did.
 *
 * @param labels (units,) cluster of each unit from 0, -1 unmatched; changed in place
 * @returns the established groups that would have joined at the end, by falling score
 */
export function mergeGroups(
  labels: Int32Array,
  input: MergeInput,
  leastScore: number,
  record: CurationRecord,
): RefusedMerge[] {
  const { established = 0 } = input;
  const { groups, groupOf } = groupsOf(labels);
  const { scoreOf, forEachAbove } = isNearbyMatrix(input.similarity)
    ? nearbyPairs(input.similarity)
    : listedPairs(input.sessions, input.similarity, input.pairs);
  const queue = new LinkQueue();
  const isEstablished = ({ units }: Group) => units[0] < established;
  const refused = new Map<string, Link>();

  const linkGroups = (g: number, h: number) => {
    const [a, b] = [Math.min(g, h), Math.max(g, h)];
    const score = meanScore(groups[a].units, groups[b].units, scoreOf);
    if (!(score > leastScore)) return;
    const link = { a, b, score };
    if (isEstablished(groups[a]) && isEstablished(groups[b])) {
      refused.set(`${a} ${b}`, link);
      return;
    }
    groups[a].links.set(b, link);
    groups[b].links.set(a, link);
    queue.push(link);
  };
  forEachAbove(leastScore, (i, j) => {
    const [g, h] = [groupOf[i], groupOf[j]];
    if (g === h || (isEstablished(groups[g]) && isEstablished(groups[h]))) return;
    if (!groups[g].links.has(h)) linkGroups(g, h);
  });

  let nextLabel = labels.reduce((largest, label) => Math.max(largest, label), -1) + 1;
  for (let link = queue.pop(); link; link = queue.pop()) {
    const [a, b] = [groups[link.a], groups[link.b]];
    if (a.links.get(link.b) !== link) continue;
    for (const unit of a.units) for (const other of b.units) record.add(unit, other, MERGE_HIGH_SIMILARITY);
    const known = [a.label, b.label].filter((label) => label >= 0);
    a.label = known.length > 0 ? Math.min(...known) : nextLabel++;
    a.units = [...a.units, ...b.units].sort((x, y) => x - y);
    b.units = [];
    for (const unit of a.units) labels[unit] = a.label;

    const neighbours = new Set([...a.links.keys(), ...b.links.keys()]);
    neighbours.delete(link.a);
    neighbours.delete(link.b);
    a.links.clear();
    b.links.clear();
    for (const other of neighbours) {
      groups[other].links.delete(link.a);
      groups[other].links.delete(link.b);
      linkGroups(link.a, other);
    }
  }
  return [...refused.values()]
    .map(({ a, b }) => {
      const [unitsA, unitsB] = [groups[a].units, groups[b].units];
      return { a: unitsA, b: unitsB, score: meanScore(unitsA, unitsB, scoreOf) };
    })
    .filter(({ score }) => score > leastScore)
    .sort((x, y) => y.score - x.score || x.a[0] - y.a[0] || x.b[0] - y.b[0]);
}

function groupsOf(labels: Int32Array): { groups: Group[]; groupOf: Int32Array } {
  const groups: Group[] = [];
  const ofLabel = new Map<number, number>();
  const groupOf = labels.map((label, unit) => {
    const known = ofLabel.get(label);
    if (known !== undefined) {
      groups[known].units.push(unit);
      return known;
    }
    if (label >= 0) ofLabel.set(label, groups.length);
    return groups.push({ units: [unit], label, links: new Map() }) - 1;
  });
  return { groups, groupOf };
}

/** The pairs that may end up in one group. */
interface MatchablePairs {
  /** Similarity of a candidate pair of two sessions, undefined where it was not compared; NaN for any other. */
  scoreOf(i: number, j: number): number | undefined;
  /** Calls `meet` for all such pairs whose similarity exceeds `least`. */
  forEachAbove(least: number, meet: (i: number, j: number) => void): void;
}

function listedPairs(sessions: Int32Array, similarity: Float64Array, pairs: UnitPairs): MatchablePairs {
  const n = sessions.length;
  /** One bit for every (i, j), i < j. */
  const bits = new Uint8Array(Math.ceil((n * n) / 8));
  for (let p = 0; p < pairs.count; p++) {
    const [i, j] = [pairs.units[2 * p], pairs.units[2 * p + 1]];
    const bit = Math.min(i, j) * n + Math.max(i, j);
    if (sessions[i] !== sessions[j]) bits[Math.floor(bit / 8)] |= 1 << (bit % 8);
  }
  return {
    scoreOf(i, j) {
      const bit = Math.min(i, j) * n + Math.max(i, j);
      return (bits[Math.floor(bit / 8)] >> (bit % 8)) & 1 ? similarity[i * n + j] : Number.NaN;
    },
    forEachAbove(least, meet) {
      for (let p = 0; p < pairs.count; p++) {
        const [i, j] = [pairs.units[2 * p], pairs.units[2 * p + 1]];
        if (similarity[i * n + j] > least && sessions[i] !== sessions[j]) meet(i, j);
      }
    },
  };
}

function nearbyPairs(similarity: NearbyMatrix): MatchablePairs {
  const { layout, pieces, pieceOf, origin, scale } = similarity;
  const { units, order, sessions, end } = layout;
  return {
    scoreOf(i, j) {
      const value = valueAt(similarity, units, i, j);
      return similarity.gaps && Number.isNaN(value) && isCandidate(layout, i, j) ? undefined : value;
    },
    forEachAbove(least, meet) {
      for (let p = 0; p < units; p++) {
        const cells = pieces[pieceOf[p]];
        for (let q = p + 1; q < end[p]; q++) {
          if (cells[origin[p] + q] * scale > least && sessions[p] !== sessions[q]) meet(order[p], order[q]);
        }
      }
    },
  };
}

/** Mean similarity over all pairs between two groups that were compared; NaN when they may not join. */
function meanScore(
  unitsA: readonly number[],
  unitsB: readonly number[],
  scoreOf: MatchablePairs['scoreOf'],
): number {
  let sum = 0;
  let count = 0;
  for (const i of unitsA) {
    for (const j of unitsB) {
      const score = scoreOf(i, j);
      if (score === undefined) continue;
      sum += score;
      count++;
      if (Number.isNaN(sum)) return sum;
    }
  }
  return sum / count;
}
