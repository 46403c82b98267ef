/** What was curated by hand, when sessions are added to the result it was done to. */
import { numbering } from './neuron-numbers.ts';
import type { CurationEntry } from './operations.ts';
import { replay } from './replay.ts';

export interface CarryOverInput {
  /** The log of the old result. */
  readonly entries: readonly CurationEntry[];
  /** (old units,) automatic neuron of each, from 1; -1 unmatched. */
  readonly oldLabels: Int32Array;
  /** (units,) the same with the new sessions, old units first: old neurons have the numbers they had. */
  readonly labels: Int32Array;
  /** (new units,) the old unit of its neuron that each goes with; -1 where it has none. */
  readonly followed: Int32Array;
  /** When the sessions were added, ISO 8601. */
  readonly time: string;
}

/**
 * The log of the grown result. Every operation is done again, and a new unit goes wherever the old unit goes that it follows: split off with it,
 * removed with it. Neurons that were made by hand keep their numbers. The confirmation of a neuron that has new units is taken back.
 */
export function carryOver({ entries, oldLabels, labels, followed, time }: CarryOverInput): CurationEntry[] {
  if (entries.length === 0) return [];
  const followers = new Map<number, number[]>();
  followed.forEach((old, i) => {
    if (old >= 0) followers.set(old, [...(followers.get(old) ?? []), oldLabels.length + i]);
  });
  const withFollowers = (units: readonly number[]) => [
    ...units,
    ...units.flatMap((unit) => followers.get(unit) ?? []),
  ];
  const { rest } = numbering(oldLabels, entries);
  const reserved = entries.slice(0, entries.length - rest.length);
  const reserving = reservation(oldLabels, entries);
  const carried: CurationEntry[] = [
    ...reserved,
    ...(reserving ? [{ ...reserving, version: 0, time, id: `reserve-${reserved.length + 1}-${time}` }] : []),
    ...rest.map((entry) =>
      entry.operation === 'merge' || entry.operation === 'split' || entry.operation === 'remove'
        ? { ...entry, units: withFollowers(entry.units) }
        : entry,
    ),
  ];
  const numbered = () => carried.map((entry, i) => ({ ...entry, version: i + 1 }));
  const { state } = replay(labels, numbered());
  const grown = [...new Set(followed)].filter((old) => old >= 0 && state.confirmed[old] === 1);
  const units = firstOfGroups(grown, state.labels);
  if (units.length > 0)
    carried.push({
      ...{ operation: 'confirm', units, confirmed: false, note: 'has new sessions' },
      ...{ version: 0, time, id: `grown-${time}` },
    });
  return numbered();
}

/** The numbers that the entries since the last addition have taken, for them alone; undefined when they took none. */
function reservation(oldLabels: Int32Array, entries: readonly CurationEntry[]) {
  const { free } = numbering(oldLabels, entries);
  const { free: left } = replay(oldLabels, entries);
  // The last range begins above all automatic neurons, and is what new ones would have had.
  const [{ from }, { from: next }] = [free[free.length - 1], left[left.length - 1]];
  return next > from ? ({ operation: 'reserve', from, count: next - from } as const) : undefined;
}

/** One unit of each neuron, and the units without one, rising. */
function firstOfGroups(units: readonly number[], labels: Int32Array): number[] {
  const seen = new Set<number>();
  return [...units]
    .sort((a, b) => a - b)
    .filter((unit) => {
      if (labels[unit] < 0) return true;
      if (seen.has(labels[unit])) return false;
      seen.add(labels[unit]);
      return true;
    });
}
