import { describe, expect, it } from 'vitest';
import type { CurationEntry, Operation } from '../../core/curation/operations.ts';
import { replay } from '../../core/curation/replay.ts';
import type { PairStatistics, UnitColumns } from '../../server/protocol.ts';
import { columnValue } from './columns.ts';
import { groupUnits } from './groups.ts';
import { neuronRows } from './rows.ts';

const LABELS = Int32Array.of(1, 1, 1, 2, 2, -1);
const SESSIONS = Int32Array.of(1, 2, 3, 4, 5, 6);
const numbers = (value: number) => new Float32Array(LABELS.length).fill(value);
const UNITS: UnitColumns = {
  session: SESSIONS,
  x: numbers(0),
  y: numbers(0),
  z: numbers(0),
  correctedY: numbers(100),
  amplitude: numbers(80),
  peakChannel: new Int32Array(LABELS.length),
  shank: new Int32Array(LABELS.length).fill(1),
  label: LABELS,
  confidence: Float32Array.of(0.75, 0.5, 1, 1, 1, Number.NaN),
};

/** By the number of the neuron, or the unit with a minus, after some operations. */
function rowsAfter(operations: readonly Operation[], statistics?: PairStatistics) {
  const entries = operations.map(
    (operation, i): CurationEntry => ({ version: i + 1, time: '', id: `id${i}`, ...operation }),
  );
  const { state } = replay(LABELS, entries);
  const rows = neuronRows(UNITS, groupUnits(state.labels, SESSIONS), state, statistics);
  return new Map(rows.map((row) => [row.subject.kind === 'neuron' ? row.id : -row.unit, row]));
}

describe('the confidence of a row', () => {
  const confidences = (...operations: Operation[]) =>
    Object.fromEntries([...rowsAfter(operations)].map(([id, { confidence }]) => [id, confidence]));

  it('is the least of its units', () => {
    expect(confidences()).toEqual({ 1: 0.5, 2: 1, '-5': Number.NaN });
  });

  it('is none where the units are no longer those of an automatic neuron, nor of units that are unmatched by hand', () => {
    expect(confidences({ operation: 'merge', units: [0, 3] })).toEqual({ 3: Number.NaN, '-5': Number.NaN });
    expect(confidences({ operation: 'merge', units: [3, 5] })).toEqual({ 1: 0.5, 3: Number.NaN });
    const without = { 1: Number.NaN, '-2': Number.NaN, 2: 1, '-5': Number.NaN };
    expect(confidences({ operation: 'remove', units: [2] })).toEqual(without);
  });

  it('is there again when the units are', () => {
    const split: Operation = { operation: 'split', units: [2] };
    expect(confidences(split, { operation: 'merge', units: [0, 2] })).toMatchObject({ 5: 0.5 });
  });
});

describe('the similarity of a row', () => {
  it('is that of the pairs that were compared, and tells how many those are', () => {
    // Of neuron 1 units 0 and 1 were compared with each other, and 1 with 2; of neuron 2 none.
    const rows = rowsAfter([], {
      mean: Float32Array.of(1, 2, 3, Number.NaN, Number.NaN, Number.NaN),
      worst: Float32Array.of(1, 1, 3, Number.NaN, Number.NaN, Number.NaN),
      compared: Int32Array.of(1, 2, 1, 0, 0, 0),
    });
    expect(rows.get(1)).toMatchObject({ mean: 2, worst: 1, compared: 2, pairs: 3 });
    expect(rows.get(2)).toMatchObject({ mean: Number.NaN, worst: Number.NaN, compared: 0, pairs: 1 });
    expect(columnValue(rows.get(1)!, 'compared')).toBeCloseTo(2 / 3);
  });
});
