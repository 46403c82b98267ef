import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../core/errors.ts';
import { resolveSettings } from '../core/settings.ts';
import {
  type ComparedShanks,
  estimateMemory,
  estimateNearbyMemory,
  requireMemory,
} from './memory-estimate.ts';

const { settings } = resolveSettings({});
const usual = { units: 3479, channels: 283, samples: 64 };

describe('estimateMemory', () => {
  it('finds a few GiB for a usual recording', () => {
    const { total } = estimateMemory(usual, settings);
    expect(total / 2 ** 30).toBeGreaterThan(2);
    expect(total / 2 ** 30).toBeLessThan(4);
  });

  it('counts at least the waveforms, their corrections and two matrices', () => {
    const size = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(size, size, size, (units, channels, samples) => {
        const array = 4 * units * channels * samples;
        const { total } = estimateMemory({ units, channels, samples }, settings);
        expect(total).toBeGreaterThan(3 * array + 2 * 8 * units * units);
      }),
    );
  });

  it('grows with templates and with features', () => {
    const more = (user: object) =>
      estimateMemory({ ...usual, pethBins: 100 }, resolveSettings(user).settings);
    const plain = more({});
    expect(more({ waveformCorrection: { n_templates: 3 } }).waveforms).toBeGreaterThan(plain.waveforms);
    expect(more({ centering_waveforms: true }).waveforms).toBeGreaterThan(plain.waveforms);
    const withPeth = more({ clustering: { features: ['Waveform', 'AutoCorr', 'PETH'] } });
    expect(withPeth.matrices).toBeGreaterThan(plain.matrices);
    expect(withPeth.histograms).toBeGreaterThan(plain.histograms);
  });
});

describe('estimateNearbyMemory', () => {
  it.each([
    [3_000, 719_237_120],
    [10_000, 1_852_182_528],
    [30_000, 3_153_068_032],
    [100_000, 7_418_544_128],
  ])('is close to the peak that bench/scale measured of %i units', (units, peak) => {
    const resolved = resolveSettings(
      { preset: 'recommended', clustering: { candidates: 'nearby' } },
      { hasPeth: false, fromFile: false },
    ).settings;
    const { total } = estimateNearbyMemory({ units, channels: 384, samples: 61, extent: 3820 }, resolved);
    expect(total / peak).toBeGreaterThan(0.98);
    expect(total / peak).toBeLessThan(1.5);
  });
});

describe('estimateNearbyMemory of an addition', () => {
  it('counts on room for pairs without a value, which whole numbers have none for', () => {
    const near = resolveSettings({ motionEstimation: { search_distance: 0 } }).settings;
    const estimate = (units: number, grown: boolean) =>
      estimateNearbyMemory({ units, channels: 384, samples: 61, extent: 3820 }, near, { grown }).matrices;
    expect(estimate(100_000, true)).toBe(estimate(100_000, false));
    expect(estimate(400_000, true)).toBeGreaterThan(estimate(400_000, false));
  });
});

describe('estimateNearbyMemory of several shanks', () => {
  const shape = { units: 100_000, channels: 384, samples: 61, extent: 700, shanks: 4 };
  const estimate = (compared?: ComparedShanks, pool_shanks = 'none') => {
    const user = { clustering: { candidates: 'nearby' }, motionEstimation: { pool_shanks } } as const;
    const { settings: own } = resolveSettings(
      { preset: 'recommended', ...(user as object) },
      { hasPeth: false, fromFile: false },
    );
    return estimateNearbyMemory(shape, own, { compared });
  };

  it('counts pairs of each shank alone, and waveforms of one at a time', () => {
    const together = estimate();
    const each = estimate('each');
    const one = estimate('one');
    expect(each.matrices).toBeLessThan(together.matrices / 2);
    expect(one.matrices).toBeLessThan(each.matrices);
    expect(one.waveforms).toBe(each.waveforms);
    expect(each.waveforms).toBeLessThan(together.waveforms / 2);
    expect(each.histograms).toBe(together.histograms);
    expect(one.histograms).toBe(together.histograms / 4);
  });

  it('counts what all shanks hold at once while their motion is found together', () => {
    expect(estimate('each', 'rigid').matrices).toBeGreaterThan(estimate('each').matrices);
    expect(estimate('one', 'rigid').matrices).toBe(estimate('one').matrices);
  });
});

describe('requireMemory', () => {
  it('lets through what fits and refuses what does not, naming the cause', () => {
    expect(requireMemory(usual, settings, 2 ** 33, 'data').total).toBeLessThan(2 ** 33);
    expect(() => requireMemory(usual, settings, 2 ** 30, 'data')).toThrow(InputError);
    const { total } = estimateMemory(usual, settings);
    expect(requireMemory(usual, settings, total, 'data').total).toBe(total);
    expect(() => requireMemory(usual, settings, total, 'data', { figures: true })).toThrow('--no-figures');
    expect(() => requireMemory(usual, settings, 2 ** 30, 'data')).toThrow('283 channels');
    const many = { units: 100_000, channels: 10, samples: 60 };
    expect(() => requireMemory(many, settings, 2 ** 34, 'data')).toThrow('fewer sessions');
  });
});

it('names histograms where they are what takes the memory', () => {
  const { settings: fine } = resolveSettings({ autoCorr: { window: 1000, binwidth: 0.01 } });
  const attempt = () => requireMemory({ units: 3000, channels: 4, samples: 32 }, fine, 1e9, 'data');
  expect(attempt).toThrow(InputError);
  expect(attempt).toThrow(/histograms of 3000 units.*wider bins/);
});
