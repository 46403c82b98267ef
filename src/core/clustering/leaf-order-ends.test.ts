import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ends } from './leaf-order-ends.ts';

describe('Ends', () => {
  it('looks at a group from both of its parts', () => {
    const [first, second] = Ends.ofGroup(Float32Array.of(1, 2, 3, 4, 5, 6), 2);
    expect([first.outer, first.outerCount, first.inner, first.innerCount]).toEqual([0, 2, 2, 3]);
    expect([second.outer, second.outerCount, second.inner, second.innerCount]).toEqual([2, 3, 0, 2]);
    expect([...second.cost]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...first.lowest]).toEqual([1, 4]);
    expect([...second.lowest]).toEqual([1, 2, 3]);
    expect(first.largest).toBe(6);
  });

  it('takes a unit for both of its ends, at no cost', () => {
    const [unit] = Ends.ofUnit;
    expect([unit.outer, unit.outerCount, unit.inner, unit.innerCount, ...unit.cost]).toEqual([0, 1, 0, 1, 0]);
  });

  it('brings inner ends into an order in which no cost lies further below an earlier one than its reach', () => {
    const costs = fc.array(fc.float({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(costs, (values) => {
        const [ends] = Ends.ofGroup(Float32Array.from(values), 1);
        const { order, reach } = ends.rising;
        expect([...order].sort((x, y) => x - y)).toEqual(values.map((_, i) => i));
        let highest = 0;
        for (const m of order) {
          expect(values[m]).toBeGreaterThanOrEqual(highest - reach[0]);
          highest = Math.max(highest, values[m]);
        }
        expect(reach[0]).toBeLessThanOrEqual((ends.largest - ends.lowest[0]) / 3);
      }),
    );
  });
});
