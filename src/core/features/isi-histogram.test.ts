import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../../test/golden/isi.json' with { type: 'json' };
import { largestDifference } from '../../../test/support/reference.ts';
import { isiFeature } from './isi-histogram.ts';
import { prepareSpikeTimes } from './prepare-spike-times.ts';

const raw = (window: number, binwidth: number) => ({ window, binwidth, gaussian_sigma: 0 });

/** Spike times whose first interval is exactly `interval`. */
const pair = (interval: number) => [0, interval];

describe('isiFeature', () => {
  it.each(golden)('agrees with the golden histogram of unit $unit', ({ spike_times, isi }) => {
    const feature = isiFeature(prepareSpikeTimes(spike_times), {
      window: 100,
      binwidth: 1,
      gaussian_sigma: 1,
    });
    expect(largestDifference(feature, isi)).toBeLessThan(1e-9);
  });

  it('sums to 1, smoothed or not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 90, noNaN: true }), { minLength: 1, maxLength: 50 }),
        fc.constantFrom(0, 1, 7),
        (intervals, sigma) => {
          let time = 0;
          const times = [0, ...intervals.map((interval) => (time += interval))];
          const feature = isiFeature(times, { window: 100, binwidth: 1, gaussian_sigma: sigma });
          expect(feature.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it('opens bins on the right, except the last', () => {
    expect([...isiFeature(pair(1), raw(3, 1))]).toEqual([0, 1, 0]);
    expect([...isiFeature(pair(2.999), raw(3, 1))]).toEqual([0, 0, 1]);
    expect([...isiFeature(pair(3), raw(3, 1))]).toEqual([0, 0, 1]);
    expect([...isiFeature(pair(3.001), raw(3, 1))]).toEqual([0, 0, 0]);
  });

  it('counts as comparison with the edges k·b does, where quotients are off by one', () => {
    for (const binwidth of [0.1, 0.3, 0.7, 1 / 3, 1.1]) {
      const bins = 100;
      const window = (bins + 0.5) * binwidth;
      for (let k = 0; k < bins; k++) {
        const edge = k * binwidth;
        expect(isiFeature(pair(edge), raw(window, binwidth)).indexOf(1), `${k} × ${binwidth}`).toBe(k);
      }
    }
  });

  it.each([
    [33, 1.1, 30],
    [0.9, 0.3, 3],
    [100, 0.7, 142],
    [0.5, 0.5, 1],
  ])('of a window of %d ms in bins of %d ms has %d', (window, binwidth, bins) => {
    expect(isiFeature([], raw(window, binwidth))).toHaveLength(bins);
  });

  it('is closed at a window of whole bins, whatever rounding makes of their product', () => {
    for (let tenths = 1; tenths < 30; tenths++) {
      for (let bins = 1; bins < 200; bins++) {
        const window = (tenths * bins) / 10;
        const feature = isiFeature(pair(window), raw(window, tenths / 10));
        expect([feature.length, feature[bins - 1]], `${bins} × ${tenths / 10}`).toEqual([bins, 1]);
      }
    }
  });

  it.each([[[]], [[3]], [[0, 101, 300]]])('is all zero without an interval in the window: %j', (times) => {
    const feature = isiFeature(times, { window: 100, binwidth: 1, gaussian_sigma: 1 });
    expect(feature).toEqual(new Float64Array(100));
  });

  it('refuses a bin width of 0', () => {
    expect(() => isiFeature([0, 1], raw(100, 0))).toThrow(RangeError);
  });
});
