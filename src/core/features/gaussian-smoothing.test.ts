import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenFunctions } from '../../../test/support/golden-functions.ts';
import { largestDifference } from '../../../test/support/reference.ts';
import { gaussianFilter1d } from './gaussian-smoothing.ts';

const signals = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 60 });
const sigmas = fc.double({ min: 0, max: 20, noNaN: true });

describe('gaussianFilter1d', () => {
  it.each(goldenFunctions.gaussianFilter1d.map((c) => [c.x.length, c.sigma, c] as const))(
    'agrees with the golden values of %i samples, sigma %d',
    (_n, _sigma, { x, sigma, out }) => {
      expect(largestDifference(gaussianFilter1d(x, sigma), out)).toBeLessThan(1e-9);
    },
  );

  it('leaves a constant as it is, whatever the length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), sigmas, (n, sigma) => {
        const out = gaussianFilter1d(new Float64Array(n).fill(3), sigma);
        expect(largestDifference(out, new Float64Array(n).fill(3))).toBeLessThan(1e-12);
      }),
    );
  });

  it('keeps the sum of the signal', () => {
    fc.assert(
      fc.property(signals, sigmas, (x, sigma) => {
        const sum = (v: ArrayLike<number>) => Array.from(v).reduce((a, b) => a + b, 0);
        expect(Math.abs(sum(gaussianFilter1d(x, sigma)) - sum(x))).toBeLessThan(1e-8);
      }),
    );
  });

  it('commutes with mirroring', () => {
    fc.assert(
      fc.property(signals, sigmas, (x, sigma) => {
        const there = gaussianFilter1d(x, sigma).reverse();
        expect(largestDifference(there, gaussianFilter1d(x.slice().reverse(), sigma))).toBeLessThan(1e-9);
      }),
    );
  });

  it('reflects a single sample as often as the kernel needs', () => {
    expect(gaussianFilter1d([7], 9)[0]).toBeCloseTo(7, 12);
  });

  it('leaves its input untouched and an empty signal empty', () => {
    const x = Float64Array.of(1, 2, 3);
    gaussianFilter1d(x, 1);
    expect([...x]).toEqual([1, 2, 3]);
    expect(gaussianFilter1d([], 1)).toHaveLength(0);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses sigma %d', (sigma) => {
    expect(() => gaussianFilter1d([1], sigma)).toThrow(RangeError);
  });
});
