import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { decoyRegression, logistic } from './decoy-regression.ts';

/** Evidence of non-matches is normal around 0, of matches around 2: the true log-odds are linear with slope 2. */
function sample(pairs: number, decoys: number, matchShare: number, seed: number) {
  const random = createRandom(seed);
  const rows = pairs + decoys;
  const evidence = new Float64Array(2 * rows);
  const decoy = new Uint8Array(rows);
  const match = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    decoy[i] = i < decoys ? 1 : 0;
    match[i] = !decoy[i] && random.uniform() < matchShare ? 1 : 0;
    evidence.set([1, (match[i] ? 2 : 0) + random.normal()], 2 * i);
  }
  const weights = new Float64Array(rows).fill(1);
  return { evidence, columns: 2, decoy, weights, match, ratio: (pairs * (1 - matchShare)) / decoys };
}

const weak = { priorMean: [0, 0], priorPrecision: [1e-4, 1e-4] };

describe('decoyRegression', () => {
  it('finds the log-odds of matches from decoys alone', () => {
    const data = sample(40_000, 10_000, 0.3, 1);
    const [intercept, slope] = decoyRegression({ ...data, ...weak });
    expect(slope).toBeCloseTo(2, 0.5);
    expect(intercept).toBeCloseTo(Math.log(0.3 / 0.7) - 2, 0.5);
    let expected = 0;
    let found = 0;
    data.match.forEach((match, i) => {
      if (!data.decoy[i]) expected += logistic(intercept + slope * data.evidence[2 * i + 1]);
      found += match;
    });
    expect(expected / found).toBeGreaterThan(0.95);
    expect(expected / found).toBeLessThan(1.05);
  });

  it('counts a row of weight 2 like two rows', () => {
    const data = sample(400, 100, 0.3, 2);
    const twice = {
      ...data,
      evidence: Float64Array.from([...data.evidence, ...data.evidence]),
      decoy: Uint8Array.from([...data.decoy, ...data.decoy]),
      weights: new Float64Array(2 * data.decoy.length).fill(1),
    };
    const a = decoyRegression({ ...twice, ...weak });
    const b = decoyRegression({ ...data, weights: data.weights.map(() => 2), ...weak });
    expect(a[0]).toBeCloseTo(b[0], 3);
    expect(a[1]).toBeCloseTo(b[1], 3);
  });

  it('keeps to the prior when there is nothing to learn from', () => {
    const empty = { evidence: new Float64Array(0), decoy: new Uint8Array(0), weights: new Float64Array(0) };
    const prior = { priorMean: [1, 2], priorPrecision: [1, 1] };
    expect([...decoyRegression({ ...empty, columns: 2, ratio: 1, ...prior })]).toEqual([1, 2]);
  });
});
