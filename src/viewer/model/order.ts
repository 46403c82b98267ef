/** The rows of the table in their order, as "next" and "previous" walk through them. */
import { type Groups, type Subject, subjectKey, subjectOf, unitsOf } from './groups.ts';

/** Where someone is in the order. */
export interface Place {
  /** First unit of the row: it finds the row whatever becomes of its neuron. */
  readonly unit: number;
  /** Number of the row, for when the table no longer holds it. */
  readonly at: number;
}

export function positionIn(order: readonly Subject[], subject: Subject): number {
  const key = subjectKey(subject);
  return order.findIndex((other) => subjectKey(other) === key);
}

/**
 * The row after or before the subject that is looked at; when the table does not hold it, after or before the place.
 * @param labels (units,) neuron of each unit, from 1; -1 unmatched
 */
export function neighbourIn(
  order: readonly Subject[],
  { subject, place, labels }: { subject?: Subject; place?: Place; labels: Int32Array },
  by: 1 | -1,
): Subject | undefined {
  const around = (at: number) => order[(at + by + order.length) % order.length];
  const own = subject ? positionIn(order, subject) : -1;
  if (own >= 0) return around(own);
  if (!place) return order[0];
  const last = positionIn(order, subjectOf(place.unit, labels));
  // What followed a row that is gone has its number now.
  return around(last >= 0 ? last : Math.min(place.at, order.length) - (by > 0 ? 1 : 0));
}

/**
 * The order after neurons have changed: in the place of every row stands what its units are of now.
 *
 * @param here the row that is looked at: it keeps its place when it is merged with others
 * @param before neurons before the change
 * @param labels (units,) neuron of each unit after it, from 1; -1 unmatched
 */
export function followOrder(
  order: readonly Subject[],
  here: Subject | undefined,
  before: Groups,
  labels: Int32Array,
): Subject[] {
  const partsOf = (row: Subject) =>
    unitsOf(row, before, labels.length).map((unit) => subjectOf(unit, labels));
  const hereAt = here ? positionIn(order, here) : -1;
  const kept = new Set(hereAt < 0 ? [] : partsOf(order[hereAt]).map(subjectKey));
  const seen = new Set<string>();
  return order.flatMap((row, at) =>
    partsOf(row).filter((part) => {
      const key = subjectKey(part);
      if (seen.has(key) || (kept.has(key) && at !== hereAt)) return false;
      seen.add(key);
      return true;
    }),
  );
}
