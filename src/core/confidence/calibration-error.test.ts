import { describe, expect, it } from 'vitest';
import { calibrationError, reliability } from './calibration-error.ts';

describe('reliability', () => {
  const bins = reliability([0.1, 0.15, 0.95, 1, 1], [0, 1, 1, 1, 0]);

  it('compares predictions with what came true, bin by bin', () => {
    expect(bins.map(({ count }) => count)).toEqual([2, 3]);
    expect(bins[0]).toMatchObject({ from: 0.1, to: 0.2, observed: 0.5 });
    expect(bins[1].predicted).toBeCloseTo(2.95 / 3, 12);
    expect(bins[1].observed).toBeCloseTo(2 / 3, 12);
  });

  it('sums up to the expected calibration error', () => {
    expect(calibrationError(bins)).toBeCloseTo((2 * 0.375 + 3 * (0.95 / 3)) / 5, 12);
    expect(calibrationError(reliability([], []))).toBe(0);
  });

  it('refuses outcomes that do not fit', () => {
    expect(() => reliability([0.5], [])).toThrow('got 0 outcomes, expected 1');
  });
});
