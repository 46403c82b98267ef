import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import {
  autoregressiveSeries,
  gammaOfMeanOne,
  logNormal,
  logUniform,
  uniformBetween,
} from './distributions.ts';

function moments(draw: () => number, count = 60_000) {
  const values = Float64Array.from({ length: count }, draw);
  const mean = values.reduce((a, b) => a + b, 0) / count;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / count;
  return { values: values.sort(), mean, variance };
}

describe('gammaOfMeanOne', () => {
  it.each([0.3, 0.7, 1, 1.5, 4])('has mean 1 and variance 1 / shape for shape %d', (shape) => {
    const random = createRandom(1);
    const { mean, variance, values } = moments(() => gammaOfMeanOne(random, shape));
    expect(mean).toBeCloseTo(1, 1);
    expect(variance * shape).toBeGreaterThan(0.93);
    expect(variance * shape).toBeLessThan(1.07);
    expect(values[0]).toBeGreaterThanOrEqual(0);
  });
});

describe('autoregressiveSeries', () => {
  it('has standard deviation 1 and correlates by its memory', () => {
    const series = autoregressiveSeries(createRandom(2), 50_000, 0.7);
    let power = 0;
    let lagged = 0;
    for (let i = 1; i < series.length; i++) {
      power += series[i] ** 2;
      lagged += series[i] * series[i - 1];
    }
    expect(power / series.length).toBeCloseTo(1, 1);
    expect(lagged / power).toBeCloseTo(0.7, 1);
  });

  it('never changes with full memory', () => {
    expect(new Set(autoregressiveSeries(createRandom(3), 20, 1)).size).toBe(1);
  });
});

describe('the ranges', () => {
  it('keep between their ends, and put the median where it is said to be', () => {
    const random = createRandom(4);
    const uniform = moments(() => uniformBetween(random, -2, 4), 20_001).values;
    const log = moments(() => logUniform(random, 1, 100), 20_001).values;
    const normal = moments(() => logNormal(random, 5, 0.5), 20_001).values;
    expect(uniform[0]).toBeGreaterThanOrEqual(-2);
    expect(uniform.at(-1)).toBeLessThan(4);
    expect(uniform[10_000]).toBeCloseTo(1, 0);
    expect(log[0]).toBeGreaterThanOrEqual(1);
    expect(log.at(-1)).toBeLessThanOrEqual(100);
    expect(log[10_000]).toBeCloseTo(10, -0.5);
    expect(normal[10_000]).toBeCloseTo(5, 0);
  });
});
