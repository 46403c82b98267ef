import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addCosts, scipyOrder, withinRounding } from './leaf-order-rounding.ts';

describe('rounding in optimal leaf ordering', () => {
  it('adds costs in float32, then the distance in float64, and rounds once more', () => {
    const step = 2 ** -23;
    expect(addCosts(1, step / 2, 0.75 * step)).toBe(Math.fround(1 + 0.75 * step));
    expect(addCosts(1, step / 2, 0.25 * step)).toBe(1);
  });

  it('never lets a sum above the bound round to less than the smallest one, its distance rounded up', () => {
    const cost = fc.float({ min: 0, max: 2000, noNaN: true });
    const distance = fc.double({ min: 0, max: 2, noNaN: true });
    fc.assert(
      fc.property(cost, cost, distance, cost, distance, (a, b, near, c, far) => {
        const smallest = a + b + near;
        if (c + far <= withinRounding(smallest)) return;
        expect(addCosts(c, 0, far)).toBeGreaterThanOrEqual(addCosts(a, b, Math.fround(near)));
      }),
      { numRuns: 2000 },
    );
  });

  it('sorts indices by value', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (values) => {
        const order = scipyOrder(Float32Array.from(values));
        expect([...order].sort((x, y) => x - y)).toEqual(values.map((_, i) => i));
        expect(Array.from(order, (i) => values[i])).toEqual([...values].sort((x, y) => x - y));
      }),
    );
  });

  it('leaves equal values where a quicksort with the median of three puts them', () => {
    const equal = (count: number) => [...scipyOrder(new Float32Array(count))];
    expect(equal(3)).toEqual([0, 1, 2]);
    // The last one, the pivot, changes places with the first; then the same for those after it.
    expect(equal(4)).toEqual([3, 1, 2, 0]);
    expect(equal(5)).toEqual([4, 0, 2, 3, 1]);
    expect([...scipyOrder(Float32Array.of(2, 1, 2))]).toEqual([1, 0, 2]);
  });
});
