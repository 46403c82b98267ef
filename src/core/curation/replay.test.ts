import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operationOn } from '../../../test/support/curation-operations.ts';
import { type CurationEntry, type Operation, parseEntry, parseOperation } from './operations.ts';
import { advance, operationProblem, type Replayed, replay, sessionConflicts } from './replay.ts';

const UNITS = 12;
const LABELS = Int32Array.from([1, 1, 1, 2, 2, -1, -1, 3, 3, 3, 3, -1]);

const operations = operationOn(UNITS);

const entryOf = (operation: Operation, version: number): CurationEntry => ({
  version,
  time: '2026-01-01T00:00:00.000Z',
  id: `id${version}`,
  ...operation,
});

/** Does what of a list can be done, one after another. */
function carryOut(list: readonly Operation[]): { entries: CurationEntry[]; steps: Replayed[] } {
  const steps = [replay(LABELS)];
  const entries: CurationEntry[] = [];
  for (const operation of list) {
    const before = steps[steps.length - 1];
    if (operationProblem(before, operation)) continue;
    entries.push(entryOf(operation, entries.length + 1));
    steps.push(advance(before, entries[entries.length - 1]));
  }
  return { entries, steps };
}

const lists = fc.array(operations, { maxLength: 30 });
const last = <T>(list: readonly T[]): T => list[list.length - 1];
const done = (...list: Operation[]) => last(carryOut(list).steps);

describe('replaying operations', () => {
  it('gives step by step what it gives at once', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const { entries, steps } = carryOut(list);
        expect(replay(LABELS, entries)).toEqual(last(steps));
      }),
    );
  });

  it('comes back to where it was by undoing whatever was done', () => {
    fc.assert(
      fc.property(lists, operations, (list, operation) => {
        const before = last(carryOut(list).steps);
        if (operation.operation === 'undo' || operation.operation === 'redo') return;
        const { steps } = carryOut([...list, operation]);
        if (last(steps).version === before.version) return;
        const undone = advance(last(steps), entryOf({ operation: 'undo' }, 0));
        expect(undone.state).toEqual(before.state);
        const redone = advance(undone, entryOf({ operation: 'redo' }, 0));
        expect(redone.state).toEqual(last(steps).state);
      }),
    );
  });

  it('comes back to the automatic result by undoing everything', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const { steps } = carryOut(list);
        const undos = last(steps).done.map(() => ({ operation: 'undo' as const }));
        expect(last(carryOut([...list, ...undos]).steps).state).toEqual(replay(LABELS).state);
      }),
    );
  });

  it('never gives the id of one neuron to another, not even after undoing', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const { entries, steps } = carryOut(list);
        const made = new Map<number, number>();
        const automatic = new Set(LABELS);
        steps.forEach(({ state, done: changes }, i) => {
          for (const id of state.labels) {
            if (automatic.has(id)) continue;
            // Whoever made it first is the one that made it now.
            const maker = last(changes.filter(({ firstId }) => firstId <= id)).version;
            expect(made.get(id) ?? maker).toBe(maker);
            made.set(id, maker);
            expect(entries[maker - 1].operation).toMatch(/merge|split/);
            expect(maker).toBeLessThanOrEqual(i);
          }
        });
      }),
    );
  });

  it('leaves no neuron of a single unit', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const { labels } = last(carryOut(list).steps).state;
        for (const id of labels) {
          expect(id === -1 || labels.filter((other) => other === id).length > 1).toBe(true);
        }
      }),
    );
  });

  it('leaves the automatic labels as they are', () => {
    fc.assert(
      fc.property(lists, (list) => {
        carryOut(list);
        expect([...LABELS]).toEqual([1, 1, 1, 2, 2, -1, -1, 3, 3, 3, 3, -1]);
      }),
    );
  });

  it('refuses an operation that cannot be done at its place', () => {
    expect(() => replay(LABELS, [entryOf({ operation: 'undo' }, 1)])).toThrow(/entry 1: .*nothing to undo/);
    const split: Operation = { operation: 'split', units: [0, 1, 2] };
    expect(() => replay(LABELS, [entryOf(split, 1)])).toThrow(/entry 1: all units/);
  });
});

describe('an operation', () => {
  it('merges whole neurons and unmatched units under a new id', () => {
    const { labels } = done({ operation: 'merge', units: [0, 3, 5] }).state;
    expect([...labels]).toEqual([4, 4, 4, 4, 4, 4, -1, 3, 3, 3, 3, -1]);
  });

  it('splits a neuron into two with new ids, and a single unit off as unmatched', () => {
    expect([...done({ operation: 'split', units: [7, 9] }).state.labels].slice(7, 11)).toEqual([4, 5, 4, 5]);
    expect([...done({ operation: 'split', units: [1] }).state.labels].slice(0, 3)).toEqual([5, -1, 5]);
  });

  it('removes units from neurons, which keep their ids while two units are left', () => {
    const { labels } = done({ operation: 'remove', units: [0, 3] }).state;
    expect([...labels]).toEqual([-1, 1, 1, -1, -1, -1, -1, 3, 3, 3, 3, -1]);
  });

  it('confirms whole neurons until they change', () => {
    const confirm: Operation = { operation: 'confirm', units: [0], confirmed: true };
    expect([...done(confirm).state.confirmed].slice(0, 4)).toEqual([1, 1, 1, 0]);
    expect([...done(confirm, { operation: 'remove', units: [2] }).state.confirmed].slice(0, 3)).toEqual([
      0, 0, 0,
    ]);
  });

  it('marks units, and names and remarks on neurons', () => {
    const { marks, names, notes } = done(
      { operation: 'mark', units: [0], mark: 'check' },
      { operation: 'label', units: [3], label: 'interneuron' },
      { operation: 'note', units: [7], note: 'drifts' },
    ).state;
    expect([...marks]).toEqual([[0, 'check']]);
    expect([...names]).toEqual([
      [3, 'interneuron'],
      [4, 'interneuron'],
    ]);
    expect(notes).toEqual([{ units: [7, 8, 9, 10], text: 'drifts', version: 3 }]);
  });

  const described: readonly Operation[] = [
    { operation: 'mark', units: [8], mark: 'check' },
    { operation: 'label', units: [7], label: 'interneuron' },
    { operation: 'note', units: [7], note: 'drifts' },
  ];

  it('leaves name and notes with what remains of a neuron that units are removed from or split off; marks are on units', () => {
    for (const operation of ['remove', 'split'] as const) {
      const { marks, names, notes } = done(...described, { operation, units: [8, 9] }).state;
      expect([...names.keys()], operation).toEqual([7, 10]);
      expect(notes, operation).toEqual([{ units: [7, 10], text: 'drifts', version: 3 }]);
      expect([...marks], operation).toEqual([[8, 'check']]);
    }
    const { names, notes } = done(...described, { operation: 'remove', units: [7, 8, 9, 10] }).state;
    expect([[...names], notes]).toEqual([[], []]);
  });

  it('gives name and notes to all units of what is merged, and leaves them there when those go that brought them', () => {
    const merge: Operation = { operation: 'merge', units: [5, 7] };
    const merged = done(...described, merge).state;
    expect(merged.names.get(5)).toBe('interneuron');
    expect(merged.notes[0].units).toEqual([5, 7, 8, 9, 10]);
    const left = done(...described, merge, { operation: 'remove', units: [7, 8, 9] }).state;
    expect([5, 7, 8, 9, 10].filter((unit) => left.names.has(unit))).toEqual([5, 10]);
    // Of two names none is lost.
    const two = done(
      ...described,
      { operation: 'label', units: [0], label: 'pyramidal' },
      { operation: 'merge', units: [0, 7] },
    );
    expect([two.state.names.get(0), two.state.names.get(7)]).toEqual(['pyramidal', 'interneuron']);
  });

  it('names no unit that was taken out of a neuron', () => {
    fc.assert(
      fc.property(lists, operations, (list, operation) => {
        const before = last(carryOut(list).steps);
        if (operation.operation !== 'remove' || operationProblem(before, operation)) return;
        const { names, notes } = advance(before, entryOf(operation, 0)).state;
        for (const unit of operation.units) {
          expect(names.has(unit)).toBe(false);
          expect(notes.some(({ units }) => units.includes(unit))).toBe(false);
        }
      }),
    );
  });

  it('is refused when there is nothing to do', () => {
    const now = replay(LABELS);
    const problem = (operation: Operation) => operationProblem(now, operation);
    expect(problem({ operation: 'merge', units: [0, 1] })).toMatch(/nothing to merge/);
    expect(problem({ operation: 'merge', units: [5] })).toMatch(/nothing to merge/);
    expect(problem({ operation: 'merge', units: [5, 6] })).toBeUndefined();
    expect(problem({ operation: 'split', units: [0, 3] })).toMatch(/of one neuron/);
    expect(problem({ operation: 'split', units: [5] })).toMatch(/of one neuron/);
    expect(problem({ operation: 'remove', units: [0, 5] })).toMatch(/in no neuron/);
    expect(problem({ operation: 'mark', units: [12], mark: 'x' })).toMatch(/no unit 12; units are 0 to 11/);
    expect(problem({ operation: 'mark', units: [1, 1], mark: 'x' })).toMatch(/twice/);
    expect(problem({ operation: 'redo' })).toMatch(/nothing to redo/);
  });

  it('warns of a merge that joins units of one session', () => {
    const sessions = Int32Array.from([1, 2, 3, 1, 2, 3, 4, 1, 2, 3, 4, 5]);
    const conflicts = (units: number[]) => sessionConflicts(replay(LABELS).state, units, sessions);
    expect(conflicts([0, 3])).toEqual([
      { session: 1, units: [0, 3] },
      { session: 2, units: [1, 4] },
    ]);
    expect(conflicts([3, 5])).toEqual([]);
  });
});

describe('parsing operations', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(operations, (operation) => {
        expect(parseOperation(JSON.parse(JSON.stringify(operation)))).toEqual({ ok: true, value: operation });
        const entry = entryOf(operation, 3);
        expect(parseEntry(JSON.parse(JSON.stringify(entry)))).toEqual({ ok: true, value: entry });
      }),
    );
  });

  it('refuses everything else', () => {
    for (const wrong of [
      null,
      {},
      'undo',
      [],
      { operation: 'delete', units: [1] },
      { operation: 'merge' },
      { operation: 'merge', units: [] },
      { operation: 'merge', units: [1.5] },
      { operation: 'merge', units: [-1] },
      { operation: 'merge', units: ['1'] },
      { operation: 'merge', units: [1], path: '/etc/passwd' },
      { operation: 'note', units: [1], note: 'x'.repeat(10_001) },
      { operation: 'label', units: [1], label: '' },
    ]) {
      expect(parseOperation(wrong), JSON.stringify(wrong)?.slice(0, 60)).toMatchObject({ ok: false });
    }
  });
});
