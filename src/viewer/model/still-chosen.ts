/** What stays chosen when operations have been done. */
import type { CurationEntry } from '../../core/curation/operations.ts';

/**
 * Units that the operations do not name, and that are of the same neuron as before.
 * @param before (units,) neuron of each unit before the operations
 * @param after the same after them
 */
export function stillChosen(
  chosen: ReadonlySet<number>,
  entries: readonly CurationEntry[],
  before: Int32Array,
  after: Int32Array,
): ReadonlySet<number> {
  const named = new Set(entries.flatMap((entry) => ('units' in entry ? entry.units : [])));
  return new Set([...chosen].filter((unit) => !named.has(unit) && before[unit] === after[unit]));
}
