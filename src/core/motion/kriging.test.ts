import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenFunctions } from '../../../test/support/golden-functions.ts';
import { largestDifference } from '../../../test/support/reference.ts';
import { fromNested, ndarray } from '../ndarray.ts';
import { createRandom } from '../random.ts';
import { computeKernel2D, createInterpolator, waveformEstimation } from './kriging.ts';

const CHANNELS = 40;
/** Four columns as of Neuropixels 1.0. */
const staggered = Float64Array.from({ length: 2 * CHANNELS }, (_, i) => {
  const channel = i >> 1;
  return i % 2 === 0 ? [43, 11, 59, 27][channel % 4] : 20 * (channel >> 1);
});
const random = createRandom(11);
const scattered = Float64Array.from({ length: 2 * CHANNELS }, () => 300 * random.uniform());

describe('computeKernel2D', () => {
  it.each(goldenFunctions.computeKernel2D)('agrees with the golden kernel', ({ xp, yp, sig, K }) => {
    const kernel = computeKernel2D(fromNested(xp), fromNested(yp), sig);
    expect(kernel.shape).toEqual([xp.length, yp.length]);
    expect(largestDifference(kernel.data, K.flat())).toBeLessThan(1e-12);
  });

  it('is 1 at a distance of 0 and takes a σ of 20 µm unless told', () => {
    const here = ndarray(Float64Array.of(3, 4), [1, 2]);
    const there = ndarray(Float64Array.of(3, 34, 23, 4), [2, 2]);
    expect(computeKernel2D(here, here).data[0]).toBe(1);
    expect([...computeKernel2D(here, there).data]).toEqual([Math.exp(-1), Math.exp(-1)]);
  });

  it('refuses positions that are not pairs and a σ of 0', () => {
    const one = ndarray(new Float64Array(2), [1, 2]);
    expect(() => computeKernel2D(one, ndarray(new Float64Array(3), [1, 3]))).toThrow(RangeError);
    expect(() => computeKernel2D(one, one, 0)).toThrow(RangeError);
  });
});

describe('waveformEstimation', () => {
  it.each(goldenFunctions.waveformEstimation.map((c, i) => [i, c] as const))(
    'agrees with golden waveform %i',
    (_i, { waveform, location, channel_locations, location_new, out }) => {
      const estimate = waveformEstimation(
        fromNested(waveform),
        location,
        fromNested(channel_locations),
        location_new,
      );
      expect(estimate.shape).toEqual([out.length, out[0].length]);
      expect(largestDifference(estimate.data, out.flat())).toBeLessThan(1e-9);
    },
  );

  it('refuses waveforms of other channels than there are locations', () => {
    const locations = ndarray(new Float64Array(4), [2, 2]);
    expect(() => waveformEstimation(ndarray(new Float64Array(6), [3, 2]), [0, 0], locations, [0, 0])).toThrow(
      RangeError,
    );
  });
});

describe('createInterpolator', () => {
  it.each([
    ['columns', staggered],
    ['scattered channels', scattered],
  ])('reads the field where waveformEstimation does, on %s', (_name, locations) => {
    const interpolator = createInterpolator(locations, CHANNELS);
    const waveforms = Float64Array.from({ length: CHANNELS }, () => 100 * random.normal());
    fc.assert(
      fc.property(fc.double({ min: -900, max: 900, noNaN: true }), (dy) => {
        const matrix = interpolator.matrix(dy);
        const byMatrix = waveforms.map((_, i) =>
          waveforms.reduce((sum, value, j) => sum + matrix[i * CHANNELS + j] * value, 0),
        );
        const direct = waveformEstimation(
          ndarray(waveforms, [CHANNELS, 1]),
          [0, dy],
          ndarray(locations, [CHANNELS, 2]),
          [0, 0],
        );
        expect(largestDifference(byMatrix, direct.data)).toBeLessThan(1e-9);
      }),
    );
  });

  it('all but keeps a waveform that is not displaced', () => {
    const matrix = createInterpolator(staggered, CHANNELS).matrix(0);
    for (let c = 0; c < CHANNELS; c++) expect(matrix[c * CHANNELS + c]).toBeGreaterThan(0.95);
  });

  it('moves a waveform by whole rows of channels', () => {
    const matrix = createInterpolator(staggered, CHANNELS).matrix(40);
    // Two rows up the columns are the same: the channel four further on is read.
    for (let c = 0; c + 4 < CHANNELS; c++) expect(matrix[c * CHANNELS + c + 4]).toBeGreaterThan(0.95);
  });

  it('gives the same matrix, fresh, for the same displacement', () => {
    const interpolator = createInterpolator(staggered, CHANNELS);
    const first = interpolator.matrix(12.5);
    const kept = first.slice();
    first.fill(0);
    expect(interpolator.matrix(12.5)).toEqual(kept);
  });

  it('takes channels at one place', () => {
    const matrix = createInterpolator(Float64Array.of(0, 0, 0, 0), 2).matrix(0);
    expect(largestDifference(matrix, new Float64Array(4).fill(1 / 2.01))).toBeLessThan(1e-12);
  });

  it('refuses locations that are not finite', () => {
    expect(() => createInterpolator(Float64Array.of(0, Number.NaN), 1)).toThrow(RangeError);
  });
});
