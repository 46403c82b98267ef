/** Two trackings of one recording. */

export interface TrackingComparison {
  readonly units: number;
  /** Matched pairs of both, of the first alone, of the second alone. */
  readonly pairs: {
    readonly both: number;
    readonly onlyFirst: number;
    readonly onlySecond: number;
    /** both / all, 1 when neither has any. */
    readonly jaccard: number;
  };
  /** Neurons of each, and those with the same units in both. */
  readonly neurons: { readonly first: number; readonly second: number; readonly same: number };
  /** Units that are matched in one tracking alone, or whose partners differ. */
  readonly movedUnits: readonly number[];
  /** Neurons of the first that have no equal in the second, most pairs changed first. */
  readonly differing: readonly NeuronDifference[];
}

export interface NeuronDifference {
  /** Label in the first tracking, from 1. */
  readonly neuron: number;
  readonly units: readonly number[];
  /** Labels of its units in the second tracking, from 1; -1 unmatched. */
  readonly inSecond: readonly number[];
  /** Pairs it gains or loses. */
  readonly changedPairs: number;
}

/**
 * Compares two labellings of the same units.
 * @param first (units,) cluster from 0, -1 unmatched
 * @throws RangeError when they have different numbers of units
 */
export function compareTrackings(first: Int32Array, second: Int32Array): TrackingComparison {
  const units = first.length;
  if (second.length !== units) {
    throw new RangeError(`compareTrackings: got ${second.length} units, expected ${units}`);
  }
  const [membersFirst, membersSecond] = [membersOf(first), membersOf(second)];
  const pairsOf = (groups: Map<number, number[]>) =>
    [...groups.values()].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  const joint = new Map<string, number>();
  for (let u = 0; u < units; u++) {
    if (first[u] < 0 || second[u] < 0) continue;
    const key = `${first[u]} ${second[u]}`;
    joint.set(key, (joint.get(key) ?? 0) + 1);
  }
  const both = [...joint.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
  const onlyFirst = pairsOf(membersFirst) - both;
  const onlySecond = pairsOf(membersSecond) - both;
  const all = both + onlyFirst + onlySecond;

  const partners = (groups: Map<number, number[]>, labels: Int32Array, unit: number) =>
    labels[unit] < 0 ? [unit] : groups.get(labels[unit])!;
  const equal = (a: readonly number[], b: readonly number[]) =>
    a.length === b.length && a.every((unit, i) => unit === b[i]);
  const movedUnits = Array.from(first.keys()).filter(
    (u) => !equal(partners(membersFirst, first, u), partners(membersSecond, second, u)),
  );
  const differing: NeuronDifference[] = [];
  let same = 0;
  for (const [label, members] of membersFirst) {
    if (equal(members, partners(membersSecond, second, members[0]))) {
      same++;
      continue;
    }
    const lost = members.reduce(
      (sum, u, i) => sum + members.slice(0, i).filter((v) => second[u] < 0 || second[u] !== second[v]).length,
      0,
    );
    const gained = members.reduce(
      (sum, u) => sum + partners(membersSecond, second, u).filter((v) => first[v] !== label).length,
      0,
    );
    differing.push({
      neuron: label + 1,
      units: members,
      inSecond: members.map((u) => (second[u] < 0 ? -1 : second[u] + 1)),
      changedPairs: lost + gained,
    });
  }
  differing.sort((a, b) => b.changedPairs - a.changedPairs || a.neuron - b.neuron);
  return {
    units,
    pairs: { both, onlyFirst, onlySecond, jaccard: all > 0 ? both / all : 1 },
    neurons: { first: membersFirst.size, second: membersSecond.size, same },
    movedUnits,
    differing,
  };
}

function membersOf(labels: Int32Array): Map<number, number[]> {
  const members = new Map<number, number[]>();
  labels.forEach((label, unit) => {
    if (label < 0) return;
    const known = members.get(label);
    if (known) known.push(unit);
    else members.set(label, [unit]);
  });
  return members;
}
