/** Average-linkage joining of the clusters and single units that density clustering broke apart. */
import type { UnitPairs } from '../result.ts';
import { type CurationRecord, MERGE_HIGH_SIMILARITY } from './curation-record.ts';
import { type Link, LinkQueue } from './link-queue.ts';

export interface MergeInput {
  /** (units,) session number of each unit. */
  readonly sessions: Int32Array;
  /** (units, units) similarity. */
  readonly similarity: Float64Array;
  /** Candidate pairs. */
  readonly pairs: UnitPairs;
}

/** A cluster or an unmatched unit; groups are numbered by their lowest unit. */
interface Group {
  /** Rising. */
  units: number[];
  /** -1 for an unmatched unit. */
  label: number;
  /** Links to the groups it may join. */
  links: Map<number, Link>;
}

/**
 * Agglomerates clusters and unmatched units by average linkage. Two groups may join when no session occurs in both and
 * every pair between them is a candidate pair. The two with the highest mean similarity over those pairs join first, the
 * lower units where it is equal, as long as it exceeds `leastScore`. A joined group keeps the lowest label it has; two
 * unmatched units get a new one after the largest.
 *
 * Groups that may not join never may when they have grown, so links are only lost, or united when both ends of one group's
 * two links join. Every join handles the links of its two groups and leaves at least half of them fewer: all of it takes
 * O(P log P) for P candidate pairs.
 *
 * @param labels (units,) cluster of each unit from 0, -1 unmatched; changed in place
 */
export function mergeGroups(
  labels: Int32Array,
  input: MergeInput,
  leastScore: number,
  record: CurationRecord,
): void {
  const groups = groupsOf(labels);
  linkGroups(groups, input);
  const queue = new LinkQueue();
  const offer = (link: Link) => {
    if (link.sum / link.pairs > leastScore) queue.push(link);
  };
  groups.forEach(({ links }, g) => {
    for (const link of links.values()) if (link.a === g) offer(link);
  });

  let nextLabel = labels.reduce((largest, label) => Math.max(largest, label), -1) + 1;
  for (let link = queue.pop(); link; link = queue.pop()) {
    const [a, b] = [groups[link.a], groups[link.b]];
    if (a.links.get(link.b) !== link) continue;
    for (const unit of a.units) for (const other of b.units) record.add(unit, other, MERGE_HIGH_SIMILARITY);
    a.units = [...a.units, ...b.units].sort((x, y) => x - y);
    const known = [a.label, b.label].filter((label) => label >= 0);
    a.label = known.length > 0 ? Math.min(...known) : nextLabel++;
    for (const unit of a.units) labels[unit] = a.label;
    for (const united of uniteLinks(groups, link)) offer(united);
  }
}

function groupsOf(labels: Int32Array): Group[] {
  const groups: Group[] = [];
  const ofLabel = new Map<number, Group>();
  labels.forEach((label, unit) => {
    const known = ofLabel.get(label);
    if (known) known.units.push(unit);
    else {
      const group: Group = { units: [unit], label, links: new Map() };
      groups.push(group);
      if (label >= 0) ofLabel.set(label, group);
    }
  });
  return groups;
}

/** Links the groups that may join: those between which all pairs are candidates from different sessions. */
function linkGroups(groups: readonly Group[], { sessions, similarity, pairs }: MergeInput): void {
  const n = sessions.length;
  const groupOf = new Int32Array(n);
  groups.forEach(({ units }, g) => {
    for (const unit of units) groupOf[unit] = g;
  });
  const between = groups.map(() => new Map<number, Link>());
  for (let p = 0; p < pairs.count; p++) {
    const [i, j] = [pairs.units[2 * p], pairs.units[2 * p + 1]];
    if (groupOf[i] === groupOf[j] || sessions[i] === sessions[j]) continue;
    const a = Math.min(groupOf[i], groupOf[j]);
    const b = Math.max(groupOf[i], groupOf[j]);
    const link = between[a].get(b);
    if (link) {
      link.sum += similarity[i * n + j];
      link.pairs++;
    } else between[a].set(b, { a, b, sum: similarity[i * n + j], pairs: 1 });
  }
  between.forEach((links, a) => {
    for (const [b, link] of links) {
      if (link.pairs < groups[a].units.length * groups[b].units.length) continue;
      groups[a].links.set(b, link);
      groups[b].links.set(a, link);
    }
  });
}

/** Takes the links of group b into group a, which it joins: what both may join, the two together may join. */
function uniteLinks(groups: readonly Group[], joined: Link): Link[] {
  const { links: linksA } = groups[joined.a];
  const { links: linksB } = groups[joined.b];
  groups[joined.a].links = new Map();
  groups[joined.b].links = new Map();
  const united: Link[] = [];
  for (const other of linksA.keys()) groups[other].links.delete(joined.a);
  for (const [other, second] of linksB) {
    groups[other].links.delete(joined.b);
    const first = linksA.get(other);
    if (!first) continue;
    const link: Link = {
      a: Math.min(joined.a, other),
      b: Math.max(joined.a, other),
      sum: first.sum + second.sum,
      pairs: first.pairs + second.pairs,
    };
    groups[joined.a].links.set(other, link);
    groups[other].links.set(joined.a, link);
    united.push(link);
  }
  return united;
}
