/**
 * Numbers of the neurons that a curation makes. They follow those of the automatic result, and stay when sessions are added to it: the neurons
 * that the addition has found then have higher numbers in the curated result than in the automatic one, which counts without gaps.
 */
import type { CurationEntry } from './operations.ts';

/** Numbers from .. end - 1. */
export interface NumberRange {
  readonly from: number;
  readonly end: number;
}

/** How many neurons an entry makes, and so how many numbers it takes. */
export const newNeurons = ({ operation }: CurationEntry): number =>
  operation === 'merge' ? 1 : operation === 'split' ? 2 : 0;

export interface Numbering {
  /** (units,) automatic neurons by their numbers in the curated result; -1 unmatched. */
  readonly labels: Int32Array;
  /** Numbers for new neurons, in their order; the last range has no end. */
  readonly free: readonly NumberRange[];
  /** The entries after those that reserve numbers. */
  readonly rest: readonly CurationEntry[];
}

/** @param labels (units,) automatic neuron of each unit, from 1; -1 unmatched */
export function numbering(labels: Int32Array, entries: readonly CurationEntry[]): Numbering {
  const free: NumberRange[] = [];
  let curated = labels;
  let begun = 0;
  for (const entry of entries) {
    if (entry.operation !== 'reserve') break;
    const { from, count } = entry;
    curated = curated.map((label) => (label >= from ? label + count : label));
    free.push({ from, end: from + count });
    begun++;
  }
  const from = Math.max(firstAbove(curated), free.at(-1)?.end ?? 0);
  free.push({ from, end: Number.POSITIVE_INFINITY });
  return { labels: curated, free, rest: entries.slice(begun) };
}

/** The lowest number, from 1, above those of all neurons. */
const firstAbove = (labels: Int32Array) => labels.reduce((most, label) => Math.max(most, label), 0) + 1;

/** The first of the next `count` numbers, which follow each other, and the numbers that are left then. */
export function takeNumbers(free: readonly NumberRange[], count: number): [number, readonly NumberRange[]] {
  const [{ from, end }, ...later] = free;
  if (from + count > end) return takeNumbers(later, count);
  return [from, [{ from: from + count, end }, ...later]];
}
