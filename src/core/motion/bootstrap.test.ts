import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { bootstrapMotion } from './bootstrap.ts';
import { estimateMotion, type MotionPairs } from './estimate-motion.ts';

/** Pairs between three sessions that moved by 0, 10 and -5 µm, with noise. */
function noisyPairs(count: number, noise: number, seed: number): MotionPairs {
  const random = createRandom(seed);
  const moved = [0, 10, -5];
  const sessionA = Int32Array.from({ length: count }, (_, p) => 1 + (p % 3));
  const sessionB = sessionA.map((a) => 1 + (a % 3));
  const depthA = Float64Array.from({ length: count }, () => 2000 * random.uniform());
  const depthB = depthA.map(
    (y, p) => y + moved[sessionB[p] - 1] - moved[sessionA[p] - 1] + noise * random.normal(),
  );
  return { sessionA, sessionB, depthA, depthB };
}

const RIGID = { linearCorrection: false, seed: 1 };
const LINEAR = { linearCorrection: true, seed: 1 };

describe('bootstrapMotion', () => {
  it('is the same for the same seed and another for another', () => {
    const pairs = noisyPairs(60, 5, 1);
    expect(bootstrapMotion(pairs, 3, RIGID)).toEqual(bootstrapMotion(pairs, 3, RIGID));
    expect(bootstrapMotion(pairs, 3, RIGID)).not.toEqual(bootstrapMotion(pairs, 3, { ...RIGID, seed: 2 }));
  });

  it('gives one band without depth for rigid motion, around the estimate', () => {
    const pairs = noisyPairs(90, 5, 2);
    const [band, ...more] = bootstrapMotion(pairs, 3, RIGID);
    expect(more).toEqual([]);
    expect(band.depth).toBeUndefined();
    expect(band.estimate).toEqual(estimateMotion(pairs, 3, RIGID).motion.constant);
    for (let s = 0; s < 3; s++) {
      expect(band.lower[s]).toBeLessThan(band.estimate[s]);
      expect(band.upper[s]).toBeGreaterThan(band.estimate[s]);
    }
  });

  it('is as wide as the standard error of the estimate says', () => {
    const noise = 6;
    const count = 3000;
    const [band] = bootstrapMotion(noisyPairs(count, noise, 3), 3, { ...RIGID, resamples: 1000 });
    // Cycle of three sessions, count/3 pairs each: variance of p - mean is noise² · (2/9) / (count / 3).
    const width = 2 * 1.96 * noise * Math.sqrt((2 / 9) * (3 / count));
    for (let s = 0; s < 3; s++) expect((band.upper[s] - band.lower[s]) / width).toBeCloseTo(1, 0.7);
  });

  it('gives a band at the smallest and at the largest depth of pairs for linear motion', () => {
    const pairs = noisyPairs(90, 5, 4);
    const bands = bootstrapMotion(pairs, 3, LINEAR);
    const d = pairs.depthA.map((y, p) => (y + pairs.depthB[p]) / 2);
    expect(bands).toHaveLength(2);
    expect(bands[0].depth).toBeCloseTo(Math.min(...d), 9);
    expect(bands[1].depth).toBeCloseTo(Math.max(...d), 9);
    const { motion } = estimateMotion(pairs, 3, LINEAR);
    for (const { depth, estimate } of bands) {
      for (let s = 1; s <= 3; s++) expect(estimate[s - 1]).toBeCloseTo(motion.getMotion(s, depth), 9);
    }
  });

  it('has no width when all pairs agree', () => {
    const [band] = bootstrapMotion(noisyPairs(30, 0, 5), 3, RIGID);
    for (let s = 0; s < 3; s++) expect(band.upper[s] - band.lower[s]).toBeCloseTo(0, 9);
  });

  it('interpolates linearly between estimates', () => {
    const pairs = noisyPairs(9, 5, 6);
    const one = bootstrapMotion(pairs, 3, { ...RIGID, resamples: 1 })[0];
    expect(one.lower).toEqual(one.upper);
    const two = bootstrapMotion(pairs, 3, { ...RIGID, resamples: 2 })[0];
    for (let s = 0; s < 3; s++) {
      const [low, high] = [two.lower[s], two.upper[s]];
      const values = [(0.975 * low - 0.025 * high) / 0.95, (0.975 * high - 0.025 * low) / 0.95];
      expect(values.some((value) => Math.abs(value - one.lower[s]) < 1e-9)).toBe(true);
    }
  });

  it('gives no band without pairs', () => {
    expect(bootstrapMotion(noisyPairs(0, 0, 0), 3, RIGID)).toEqual([]);
  });

  it('refuses less than one resample', () => {
    expect(() => bootstrapMotion(noisyPairs(9, 1, 0), 3, { ...RIGID, resamples: 0 })).toThrow(RangeError);
  });
});
