import { describe, expect, it } from 'vitest';
import { ratesOfHalves } from './halves-rates.ts';
import { possiblePairs } from './session-links.ts';
import { type HalvesCount, splitHalves } from './split-halves.ts';

/** A thousand units, all of whose halves are 2 ± 1 above the threshold. */
const halves = (change: Partial<HalvesCount> = {}, waveformsHalved = true) =>
  splitHalves(
    [{ units: 1000, found: 950, wrong: 0, joinedAlone: 5, alike: { sum: 2000, squares: 5000 }, ...change }],
    ['Waveform', 'AutoCorr'],
    waveformsHalved,
  );
const matched = { matches: 600, alike: 1, possible: 1000, hidden: 0 };

describe('ratesOfHalves', () => {
  it('misses more the less alike matched pairs are than halves', () => {
    const [same, less] = [2, 0.5].map((alike) => ratesOfHalves(halves(), { ...matched, alike })!);
    expect(same.falseNegatives.estimate).toBeCloseTo(0.06 * Math.exp(-0.25) - 0.01, 12);
    expect(less.falseNegatives.estimate).toBeCloseTo(0.06 * Math.exp(0.85 * 1.5 - 0.25) - 0.01, 12);
    for (const { falseNegatives } of [same, less]) {
      expect(falseNegatives.low).toBeLessThan(falseNegatives.estimate);
      expect(falseNegatives.high).toBeGreaterThan(falseNegatives.estimate);
    }
  });

  it('counts false matches by the units that have no partner', () => {
    const few = ratesOfHalves(halves(), { ...matched, matches: 900 })!.falsePositives;
    const many = ratesOfHalves(halves(), { ...matched, matches: 300 })!.falsePositives;
    expect(few.estimate).toBeCloseTo((0.005 * 100) / 900, 12);
    expect(many.estimate).toBeCloseTo((0.005 * 700) / 300, 12);
    expect(many.low).toBeGreaterThan(0);
    expect(ratesOfHalves(halves({ joinedAlone: 0 }), matched)!.falsePositives).toMatchObject({
      estimate: 0,
      low: 0,
    });
  });

  it('reaches as far as what is hidden', () => {
    const open = ratesOfHalves(halves({ found: 1000 }), matched)!.falseNegatives;
    const lost = ratesOfHalves(halves({ found: 1000 }), { ...matched, hidden: 600 })!.falseNegatives;
    expect(lost.low).toBe(open.low);
    expect(lost.high).toBeCloseTo(1 - 600 / (600 / (1 - open.high) + 600), 12);
  });

  it('says nothing where halves and matched pairs cannot be compared', () => {
    expect(ratesOfHalves(halves({}, false), matched)).toBeUndefined();
    expect(ratesOfHalves(halves(), { ...matched, matches: 0 })).toBeUndefined();
    expect(ratesOfHalves(halves(), { ...matched, alike: Number.NaN })).toBeUndefined();
  });

  it('stays a rate, however bad the halves are', () => {
    const worst = ratesOfHalves(halves({ found: 0, joinedAlone: 1000 }), {
      ...matched,
      matches: 100,
      alike: -5,
    })!;
    for (const { low, estimate, high } of [worst.falseNegatives, worst.falsePositives]) {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(estimate).toBe(1);
      expect(high).toBe(1);
    }
  });
});

describe('possiblePairs', () => {
  it('has the units of the smaller of every two sessions', () => {
    expect(possiblePairs(3, Int32Array.of(1, 1, 1, 2, 3, 3))).toBe(1 + 2 + 1);
    expect(possiblePairs(2, Int32Array.of(1, 1))).toBe(0);
  });
});
