import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenFunctions } from '../../../test/support/golden-functions.ts';
import { createRandom } from '../random.ts';
import { autoCorrFeature, computeAutoCorr } from './autocorrelogram.ts';

const DEFAULTS = { window: 300, binwidth: 1, gaussian_sigma: 5 };
const trains = fc
  .array(fc.double({ min: 0, max: 2000, noNaN: true }), { maxLength: 80 })
  .map((times) => Float64Array.from(times).sort());

function poissonTrain(spikes: number, hertz: number, seed: number): Float64Array {
  const random = createRandom(seed);
  let time = 0;
  return Float64Array.from({ length: spikes }, () => {
    time += (random.exponential() * 1000) / hertz;
    return time;
  });
}

describe('computeAutoCorr', () => {
  it.each(goldenFunctions.computeAutoCorr.map((c) => [c.window, c.binwidth, c] as const))(
    'agrees with the golden counts of a window of %d ms in bins of %d ms',
    (_window, _binwidth, { spike_times, window, binwidth, auto_corr, lag }) => {
      const result = computeAutoCorr(spike_times, window, binwidth);
      expect([...result.autoCorr]).toEqual(auto_corr);
      expect([...result.lag]).toEqual(lag);
    },
  );

  it('counts every pair of spikes within the window once on either side, the zero bin once', () => {
    fc.assert(
      fc.property(trains, (times) => {
        const { autoCorr } = computeAutoCorr(times, 50, 1);
        let pairs = 0;
        for (let i = 0; i < times.length; i++)
          for (let j = i + 1; j < times.length; j++) if (times[j] - times[i] <= 50.5) pairs++;
        const total = autoCorr.reduce((a, b) => a + b, 0);
        expect((total + autoCorr[50]) / 2).toBe(pairs);
      }),
    );
  });

  it('is symmetric and does not depend on the order of the spikes', () => {
    fc.assert(
      fc.property(trains, (times) => {
        const { autoCorr } = computeAutoCorr(times);
        expect(autoCorr.slice().reverse()).toEqual(autoCorr);
        expect(computeAutoCorr(times.slice().reverse()).autoCorr).toEqual(autoCorr);
      }),
    );
  });

  it('rounds lags half way between two bins to the even one', () => {
    const bins = (lag: number) => computeAutoCorr([0, lag], 4, 1).autoCorr.slice(4);
    expect([...bins(0.5)]).toEqual([1, 0, 0, 0, 0]);
    expect([...bins(1.5)]).toEqual([0, 0, 1, 0, 0]);
    expect([...bins(2.5)]).toEqual([0, 0, 1, 0, 0]);
    expect([...bins(4.5)]).toEqual([0, 0, 0, 0, 1]);
    expect([...bins(4.6)]).toEqual([0, 0, 0, 0, 0]);
  });

  it('has the whole bins within the window on either side, whatever rounding makes of the quotient', () => {
    expect(computeAutoCorr([0, 33], 33, 1.1).autoCorr).toHaveLength(61);
    expect(computeAutoCorr([0, 33], 33, 1.1).autoCorr[60]).toBe(1);
    expect(computeAutoCorr([0, 33], 34, 1.1).autoCorr).toHaveLength(61);
  });

  it.each([
    [0, 1],
    [300, Number.NaN],
  ])('refuses a window of %d ms in bins of %d ms', (window, binwidth) => {
    expect(() => computeAutoCorr([0, 1], window, binwidth)).toThrow(RangeError);
  });
});

describe('autoCorrFeature', () => {
  it('is symmetric with maximum 1', () => {
    const feature = autoCorrFeature(poissonTrain(2000, 10, 1), DEFAULTS);
    expect(feature).toHaveLength(601);
    expect(Math.max(...feature)).toBe(1);
    expect(feature.slice().reverse()).toEqual(feature);
  });

  it('keeps the zero bin out of the smoothing', () => {
    const feature = autoCorrFeature([0, 0], DEFAULTS);
    expect(feature[300]).toBe(1);
    expect(feature.filter((value) => value !== 0)).toHaveLength(1);
  });

  it.each([[[]], [[5]], [[0, 1000]]])('is all zero without a pair in the window: %j', (times) => {
    expect(autoCorrFeature(times, DEFAULTS)).toEqual(new Float64Array(601));
  });

  it('does not change when spikes are shifted in time', () => {
    const train = poissonTrain(500, 20, 2).map((time) => Math.round(8 * time) / 8);
    const shifted = train.map((time) => time + 4096);
    expect(autoCorrFeature(shifted, DEFAULTS)).toEqual(autoCorrFeature(train, DEFAULTS));
  });
});
