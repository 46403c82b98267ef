import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binsFor, countByClass, evenSample, finiteExtent, niceBins, outline } from './histogram.ts';

const finite = fc.double({ min: -6, max: 6, noNaN: true });

describe('niceBins', () => {
  test('bins have a round width near the wanted number', () => {
    expect(niceBins(-0.42, 3.9, 60)).toEqual({ first: -5, width: 0.1, count: 45 });
  });

  test('every finite value falls into a bin', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), (values) => {
        const bins = binsFor(values);
        const [counts] = countByClass(values, new Uint8Array(values.length), { bins, classes: 1 });
        expect(counts.reduce((sum, n) => sum + n, 0)).toBe(values.length);
        expect(bins.count).toBeLessThan(150);
      }),
    );
  });

  test('without a range there are bins all the same', () => {
    expect(niceBins(Number.NaN, Number.NaN, 10)).toEqual({ first: 0, width: 0.1, count: 10 });
    expect(binsFor([2, 2, 2]).count).toBe(1);
  });
});

test('finiteExtent leaves out what is not finite', () => {
  expect(finiteExtent([3, Number.NaN], [-1, Number.POSITIVE_INFINITY])).toEqual({ low: -1, high: 3 });
  expect(finiteExtent([], [Number.NaN])).toEqual({ low: Number.NaN, high: Number.NaN });
});

describe('countByClass', () => {
  const bins = { first: 0, width: 0.5, count: 2 };

  test('classes are counted apart; a bin holds its left edge', () => {
    const counts = countByClass([0, 0.49, 0.5, 0.1], [0, 1, 1, 0], { bins, classes: 2 });
    expect(counts).toEqual([Float64Array.of(2, 0), Float64Array.of(1, 1)]);
  });

  test('values beyond the bins and values that are not finite are left out', () => {
    const values = [-0.1, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(countByClass(values, [0, 0, 0, 0, 0], { bins, classes: 1 })).toEqual([Float64Array.of(0, 0)]);
  });
});

describe('outline', () => {
  test('shares sum to 100 % and the outline begins and ends on the axis', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1 }), (list) => {
        const counts = Float64Array.from(list);
        const points = outline(counts, { first: -10, width: 0.1, count: list.length }, 'k');
        const total = points.reduce((sum, point) => sum + point.share, 0);
        if (list.every((n) => n === 0)) expect(points).toEqual([]);
        else {
          expect(total).toBeCloseTo(100, 9);
          expect([points[0].share, points[points.length - 1].share]).toEqual([0, 0]);
        }
      }),
    );
  });

  test('empty bins at both ends are left out', () => {
    const points = outline(Float64Array.of(0, 3, 1, 0), { first: 0, width: 1, count: 4 }, 'k');
    expect(points.map(({ x, share }) => [x, share])).toEqual([
      [1, 0],
      [1, 75],
      [2, 25],
      [3, 0],
    ]);
  });
});

test('evenSample gives as many distinct positions as wanted, in order', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), (length, wanted) => {
      const sample = evenSample(length, wanted);
      expect(sample).toHaveLength(Math.min(length, wanted));
      expect(sample.every((at, i) => at >= 0 && at < length && (i === 0 || at > sample[i - 1]))).toBe(true);
    }),
  );
});
