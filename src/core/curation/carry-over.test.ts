import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operationOn } from '../../../test/support/curation-operations.ts';
import { type CarryOverInput, carryOver } from './carry-over.ts';
import type { CurationEntry, Operation } from './operations.ts';
import { advance, operationProblem, replay } from './replay.ts';

const TIME = '2026-02-01T00:00:00.000Z';
const LABELS = Int32Array.from([1, 1, 1, 2, 2, -1, -1, 3, 3, 3, 3, -1]);

const operationsOn = (count: number) => fc.array(operationOn(count), { maxLength: 20 });

/** Appends what of a list can be done. */
function curated(
  labels: Int32Array,
  list: readonly Operation[],
  before: readonly CurationEntry[] = [],
): CurationEntry[] {
  let replayed = replay(labels, before);
  const entries = [...before];
  for (const operation of list) {
    if (operationProblem(replayed, operation)) continue;
    entries.push({
      version: entries.length + 1,
      time: TIME,
      id: `id${labels.length}-${entries.length}`,
      ...operation,
    });
    replayed = advance(replayed, entries[entries.length - 1]);
  }
  return entries;
}

/** Adds units that each go with an old one, found a neuron with another new one, or stay alone. */
function grown(
  oldLabels: Int32Array,
  choices: readonly number[],
): Pick<CarryOverInput, 'labels' | 'followed'> {
  const labels = Int32Array.from([...oldLabels, ...choices.map(() => -1)]);
  let next = Math.max(...oldLabels, 0) + 1;
  const followed = Int32Array.from(choices, (choice, i) => {
    const unit = oldLabels.length + i;
    if (choice < oldLabels.length) {
      if (labels[choice] < 0) labels[choice] = next++;
      labels[unit] = labels[choice];
      return choice;
    }
    // With the new unit before it, where that has none.
    if (i > 0 && labels[unit - 1] < 0) {
      labels[unit - 1] = next;
      labels[unit] = next++;
    }
    return -1;
  });
  return { labels, followed };
}

/** What was done to old units still holds; new ones are where those are that they follow. */
function expectCarried(input: CarryOverInput, carried: readonly CurationEntry[]): void {
  const before = replay(input.oldLabels, input.entries).state;
  const after = replay(input.labels, carried).state;
  before.labels.forEach((label, unit) => {
    if (label > 0) expect(after.labels[unit]).toBe(label);
    else
      expect(
        [...before.labels.keys()].filter((other) => after.labels[other] === after.labels[unit]),
      ).toSatisfy((others: number[]) => after.labels[unit] < 0 || others.length === 1);
    expect(after.marks.get(unit)).toBe(before.marks.get(unit));
    expect(after.names.get(unit)).toBe(before.names.get(unit));
  });
  input.followed.forEach((old, i) => {
    const unit = input.oldLabels.length + i;
    if (old >= 0) expect(after.labels[unit]).toBe(after.labels[old]);
    // What only new units are in was no neuron of the curation.
    else if (after.labels[unit] > 0) expect([...before.labels]).not.toContain(after.labels[unit]);
    if (old >= 0) expect(after.confirmed[old]).toBe(0);
  });
}

describe('a curation of a result that sessions are added to', () => {
  it('holds for old units, and new ones go with those that they follow, however often sessions are added', () => {
    const choices = fc.array(fc.nat(LABELS.length + 4), { maxLength: 8 });
    const twice = choices.chain((first) =>
      fc.tuple(
        fc.constant(first),
        operationsOn(LABELS.length + first.length),
        fc.array(fc.nat(LABELS.length + first.length + 4), { maxLength: 8 }),
      ),
    );
    fc.assert(
      fc.property(operationsOn(LABELS.length), twice, (list, [first, later, second]) => {
        const once: CarryOverInput = {
          ...{ entries: curated(LABELS, list), oldLabels: LABELS, time: TIME },
          ...grown(LABELS, first),
        };
        const carried = carryOver(once);
        expectCarried(once, carried);
        const again: CarryOverInput = {
          ...{ entries: curated(once.labels, later, carried), oldLabels: once.labels, time: TIME },
          ...grown(once.labels, second),
        };
        expectCarried(again, carryOver(again));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the numbers of neurons made by hand for them, and numbers new ones after them', () => {
    const entries = curated(LABELS, [{ operation: 'merge', units: [0, 3] }]);
    expect(replay(LABELS, entries).state.labels[0]).toBe(4);
    // A new unit of the first neuron, and two that found the automatic neuron 4.
    const { labels, followed } = grown(LABELS, [0, 99, 99]);
    expect(labels[LABELS.length + 1]).toBe(4);
    const carried = carryOver({ entries, oldLabels: LABELS, labels, followed, time: TIME });
    expect(carried[0]).toMatchObject({ operation: 'reserve', from: 4, count: 1 });
    const { state } = replay(labels, carried);
    expect([...state.labels.slice(LABELS.length)]).toEqual([4, 5, 5]);
    const more = curated(labels, [{ operation: 'merge', units: [0, 7] }], carried);
    expect(replay(labels, more).state.labels[0]).toBe(6);
  });

  it('splits and removes a new unit with the old one that it follows', () => {
    const entries = curated(LABELS, [
      { operation: 'split', units: [7, 8] },
      { operation: 'remove', units: [9] },
    ]);
    const { labels, followed } = grown(LABELS, [8, 9, 10]);
    const carried = carryOver({ entries, oldLabels: LABELS, labels, followed, time: TIME });
    const { state } = replay(labels, carried);
    const [a, b, c] = state.labels.slice(LABELS.length);
    expect([a, b, c]).toEqual([state.labels[7], -1, state.labels[10]]);
    // Alone before, it is a neuron with its new unit.
    expect(replay(LABELS, entries).state.labels[10]).toBe(-1);
    expect(c).toBeGreaterThan(0);
  });

  it('takes back the confirmation of neurons with new units alone', () => {
    const entries = curated(LABELS, [{ operation: 'confirm', units: [0, 3], confirmed: true }]);
    const { labels, followed } = grown(LABELS, [1]);
    const carried = carryOver({ entries, oldLabels: LABELS, labels, followed, time: TIME });
    expect(carried.at(-1)).toMatchObject({ operation: 'confirm', units: [1], confirmed: false });
    const { confirmed } = replay(labels, carried).state;
    expect([confirmed[0], confirmed[3]]).toEqual([0, 1]);
  });

  it('is empty where nothing was done, and numbers are reserved by nobody else', () => {
    const { labels, followed } = grown(LABELS, [1]);
    expect(carryOver({ entries: [], oldLabels: LABELS, labels, followed, time: TIME })).toEqual([]);
    expect(operationProblem(replay(LABELS), { operation: 'reserve', from: 1, count: 1 })).toBeDefined();
    const entries = curated(LABELS, [{ operation: 'confirm', units: [0], confirmed: true }]);
    const late: CurationEntry = {
      ...{ version: 2, time: TIME, id: 'late' },
      ...{ operation: 'reserve', from: 1, count: 1 },
    };
    expect(() => replay(LABELS, [...entries, late])).toThrow(RangeError);
  });
});
