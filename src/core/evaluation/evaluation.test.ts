import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { compareTrackings } from './compare-trackings.ts';
import { fitDepthMixture, mixtureInterval } from './depth-mixture.ts';
import { estimateErrorRates } from './error-rates.ts';
import { functionalCheck, populationFeatures, rowCorrelation } from './functional-checks.ts';
import { areaUnderCurve, rocCurve } from './roc.ts';
import { survival, yieldCurve } from './survival.ts';

const numbers = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 30 });

describe('areaUnderCurve', () => {
  it('is the chance that a positive scores higher, ties counting half', () => {
    fc.assert(
      fc.property(numbers, numbers, (positives, negatives) => {
        let wins = 0;
        for (const p of positives) for (const n of negatives) wins += p > n ? 1 : p === n ? 0.5 : 0;
        expect(areaUnderCurve(positives, negatives)).toBeCloseTo(
          wins / (positives.length * negatives.length),
          12,
        );
      }),
    );
  });

  it('is the area under rocCurve', () => {
    fc.assert(
      fc.property(numbers, numbers, (positives, negatives) => {
        const curve = rocCurve(positives, negatives);
        let area = 0;
        curve.slice(1).forEach((point, i) => {
          const before = curve[i];
          area +=
            ((point.falsePositiveRate - before.falsePositiveRate) *
              (point.truePositiveRate + before.truePositiveRate)) /
            2;
        });
        expect(area).toBeCloseTo(areaUnderCurve(positives, negatives), 12);
      }),
    );
  });
});

describe('fitDepthMixture', () => {
  const random = createRandom(3);
  const sample = (share: number) =>
    Float64Array.from({ length: 4000 }, () =>
      random.uniform() < share ? 35 * random.exponential() : Math.abs(6 * random.normal()),
    ).filter((d) => d <= 100);

  it('finds the share of far pairs, and an interval around it', () => {
    const distances = sample(0.15);
    const { falseShare, sigma, scale } = fitDepthMixture(distances, 100)!;
    expect(falseShare).toBeCloseTo(0.15, 1);
    expect(sigma).toBeCloseTo(6, 0);
    expect(scale / 35).toBeCloseTo(1, 0);
    const { low, high } = mixtureInterval(distances, 100, 1000);
    expect(low).toBeLessThan(0.15);
    expect(low).toBeGreaterThan(0.05);
    expect(high).toBeGreaterThan(0.15);
    expect(high).toBeLessThan(0.3);
  });

  it('finds none where there are none', () => {
    const distances = sample(0);
    expect(fitDepthMixture(distances, 100)!.falseShare).toBeLessThan(0.03);
    expect(mixtureInterval(distances, 100, 1000).low).toBe(0);
    expect(fitDepthMixture(distances.slice(0, 10), 100)).toBeUndefined();
  });
});

describe('estimateErrorRates', () => {
  it('has estimates within their intervals, between 0 and 1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 25, maxLength: 60 }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (probabilities, more) => {
          const matchProbability = Float64Array.from(probabilities);
          const { decoys } = estimateErrorRates({
            matchProbability,
            expectedPairs: probabilities.reduce((a, b) => a + b, 0) + more,
            depthDistance: matchProbability.map((p) => 20 * (1 - p)),
            maxDistance: 100,
            independentMatches: 10,
            possiblePairs: 100,
          });
          for (const { estimate, low, high } of [decoys.falsePositives, decoys.falseNegatives!]) {
            expect(low).toBeGreaterThanOrEqual(0);
            expect(estimate).toBeGreaterThanOrEqual(low - 1e-12);
            expect(high).toBeGreaterThanOrEqual(estimate - 1e-12);
            expect(high).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('functionalCheck', () => {
  // Three neurons in three sessions; unit 9 is alone.
  const sessions = Int32Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3, 3);
  const labels = Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2, -1);
  const list: number[] = [];
  for (let b = 0; b < 10; b++) for (let a = 0; a < b; a++) list.push(a, b);
  const pairs = { count: list.length / 2, units: Int32Array.from(list) };
  const depths = Float64Array.of(0, 10, 200, 0, 10, 200, 0, 10, 200, 15);
  const input = { sessions, labels, pairs, depths, days: [0, 1, 40] };
  const same = (a: number, b: number) => (labels[a] >= 0 && labels[a] === labels[b] ? 1 : 0);

  it('compares matched pairs with near ones known to be of two neurons', () => {
    const check = functionalCheck('ISI', same, input);
    expect(check.auc).toBe(1);
    expect(check.matched).toBe(9);
    // Neurons 0 and 1 across sessions, 6 pairs, and the lone unit with units 0, 1, 3, 4: they have their own match in session 3.
    expect(check.unmatched).toBe(10);
    expect(check.bySessions.map(({ distance, matched }) => [distance, matched])).toEqual([
      [1, 6],
      [2, 3],
    ]);
    expect(check.byDays.map(({ distance }) => distance)).toEqual([1, 39, 40]);
  });

  it('is one half for a feature that tells nothing, and leaves out what is not known', () => {
    expect(functionalCheck('ISI', () => 0.3, input).auc).toBe(0.5);
    expect(functionalCheck('ISI', () => Number.NaN, input).matched).toBe(0);
    expect(functionalCheck('ISI', same, { ...input, days: undefined }).byDays).toEqual([]);
  });
});

describe('functional features', () => {
  it('correlate rows over the bins that both have', () => {
    const data = Float64Array.of(1, 2, 3, Number.NaN, 2, 4, 6, 1);
    expect(rowCorrelation(data, 4, 0, 1)).toBeCloseTo(1, 12);
    expect(rowCorrelation(Float64Array.of(1, 1, 1, 2), 2, 0, 1)).toBeNaN();
  });

  it('couple a unit to the population that it fires with', () => {
    const random = createRandom(4);
    const times = (n: number) => Float64Array.from({ length: n }, () => 100_000 * random.uniform());
    const shared = times(2000);
    const { rateHz, coupling } = populationFeatures([
      shared,
      shared.map((t) => t + 1),
      times(2000),
      new Float64Array(0),
    ]);
    expect(rateHz[0]).toBeCloseTo(20, 0);
    expect(coupling[0]).toBeGreaterThan(1.4);
    expect(coupling[2]).toBeCloseTo(1, 0);
    expect(coupling[3]).toBeNaN();
  });
});

describe('survival and yield', () => {
  it('count units whose neuron is found later', () => {
    const sessions = Int32Array.of(1, 1, 2, 2, 3);
    const labels = Int32Array.of(0, -1, 0, 1, 1);
    expect(survival(sessions, labels, 3)).toEqual([
      { lag: 1, units: 4, share: 0.5 },
      { lag: 2, units: 2, share: 0 },
    ]);
  });

  it('keep fewer pairs and fewer false ones the higher the threshold', () => {
    const curve = yieldCurve(Float64Array.of(0.2, 0.6, 0.9, 0.999));
    expect(curve[0].matches).toBe(4);
    expect(curve.at(-1)).toEqual({ threshold: 0.99, matches: 1, falseShare: expect.closeTo(0.001, 9) });
    for (let i = 1; i < curve.length; i++) {
      expect(curve[i].matches).toBeLessThanOrEqual(curve[i - 1].matches);
      expect(curve[i].falseShare).toBeLessThanOrEqual(curve[i - 1].falseShare + 1e-12);
    }
  });
});

describe('compareTrackings', () => {
  it('counts pairs, neurons and units that differ', () => {
    const comparison = compareTrackings(Int32Array.of(0, 0, 0, 1, 1, -1), Int32Array.of(4, 4, -1, 2, 2, -1));
    expect(comparison.pairs).toEqual({ both: 2, onlyFirst: 2, onlySecond: 0, jaccard: 0.5 });
    expect(comparison.neurons).toEqual({ first: 2, second: 2, same: 1 });
    expect(comparison.movedUnits).toEqual([0, 1, 2]);
    expect(comparison.differing).toEqual([
      { neuron: 1, units: [0, 1, 2], inSecond: [5, 5, -1], changedPairs: 2 },
    ]);
  });

  it('finds a tracking equal to itself whatever its labels are called', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 5 }), { minLength: 1, maxLength: 40 }), (labels) => {
        const first = Int32Array.from(labels);
        const { pairs, movedUnits, differing } = compareTrackings(
          first,
          first.map((l) => (l < 0 ? -1 : 10 - l)),
        );
        expect(pairs.jaccard).toBe(1);
        expect(movedUnits).toEqual([]);
        expect(differing).toEqual([]);
      }),
    );
  });
});
