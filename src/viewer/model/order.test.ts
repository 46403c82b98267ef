import { describe, expect, it } from 'vitest';
import { groupUnits, type Subject } from './groups.ts';
import { followOrder, neighbourIn } from './order.ts';

const neuron = (id: number): Subject => ({ kind: 'neuron', id });
const unit = (number: number): Subject => ({ kind: 'unit', unit: number });

// Neurons 1 to 3 of two units each, and two unmatched units.
const labels = Int32Array.of(1, 1, 2, 2, 3, 3, -1, -1);
const groups = groupUnits(labels, Int32Array.of(1, 2, 1, 2, 1, 2, 1, 2));
const order = [neuron(3), neuron(1), unit(6), neuron(2)];

describe('the order of the table', () => {
  it('keeps a merged neuron where the one is that is looked at', () => {
    const merged = Int32Array.of(4, 4, 2, 2, 4, 4, -1, -1);
    expect(followOrder(order, neuron(1), groups, merged)).toEqual([neuron(4), unit(6), neuron(2)]);
    expect(followOrder(order, neuron(3), groups, merged)).toEqual([neuron(4), unit(6), neuron(2)]);
    const withLast = Int32Array.of(1, 1, 4, 4, 4, 4, -1, -1);
    expect(followOrder(order, neuron(2), groups, withLast)).toEqual([neuron(1), unit(6), neuron(4)]);
    expect(followOrder(order, undefined, groups, withLast)).toEqual([neuron(4), neuron(1), unit(6)]);
  });

  it('holds the parts of what was split or removed beside each other', () => {
    const split = Int32Array.of(1, -1, 2, 2, 3, 3, -1, -1);
    expect(followOrder(order, neuron(1), groups, split)).toEqual([
      neuron(3),
      neuron(1),
      unit(1),
      unit(6),
      neuron(2),
    ]);
  });

  it('does not bring in what the filter keeps out', () => {
    const merged = Int32Array.of(1, 1, 2, 2, 3, 3, 5, 5);
    expect(followOrder([neuron(3)], neuron(3), groups, merged)).toEqual([neuron(3)]);
  });
});

describe('the next row', () => {
  it('follows what is looked at, around the end', () => {
    expect(neighbourIn(order, { subject: neuron(1), labels }, 1)).toEqual(unit(6));
    expect(neighbourIn(order, { subject: neuron(2), labels }, 1)).toEqual(neuron(3));
    expect(neighbourIn(order, { subject: neuron(3), labels }, -1)).toEqual(neuron(2));
  });

  it('follows the last row looked at when the table does not hold what is looked at', () => {
    const place = { unit: 0, at: 1 };
    expect(neighbourIn(order, { subject: unit(7), place, labels }, 1)).toEqual(unit(6));
    expect(neighbourIn(order, { subject: unit(7), place, labels }, -1)).toEqual(neuron(3));
  });

  it('follows the place of a row that the table no longer holds', () => {
    const without = [neuron(3), unit(6), neuron(2)];
    const place = { unit: 0, at: 1 };
    expect(neighbourIn(without, { subject: neuron(1), place, labels }, 1)).toEqual(unit(6));
    expect(neighbourIn(without, { subject: neuron(1), place, labels }, -1)).toEqual(neuron(3));
    const last = { unit: 0, at: 3 };
    expect(neighbourIn(without, { place: last, labels }, 1)).toEqual(neuron(3));
    expect(neighbourIn(without, { place: last, labels }, -1)).toEqual(neuron(2));
  });

  it('is the first before any was looked at, and none in an empty table', () => {
    expect(neighbourIn(order, { subject: unit(7), labels }, 1)).toEqual(neuron(3));
    expect(neighbourIn([], { subject: unit(7), labels }, 1)).toBeUndefined();
  });
});
