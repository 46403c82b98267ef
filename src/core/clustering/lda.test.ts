import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { linearDiscriminant, weightsAndThreshold } from './lda.ts';

const golden: { lda: { X: number[][]; y: number[]; coef: number[]; intercept: number }[] } = JSON.parse(
  readFileSync(new URL('../../../test/golden/functions.json', import.meta.url), 'utf8'),
);

const columns = (rows: number[][]) => rows[0].map((_, f) => Float64Array.from(rows, (row) => row[f]));

/** Pairs whose matched ones are shifted, with correlated features. */
function sample(seed: number, pairs: number, features: number) {
  const random = createRandom(seed);
  const matched = Uint8Array.from({ length: pairs }, (_, p) => (p < 2 ? p : random.integer(2)));
  const common = Float64Array.from({ length: pairs }, () => random.normal());
  const values = Array.from({ length: features }, (_, f) =>
    Float64Array.from(common, (shared, p) => shared + random.normal() + (f + 1) * matched[p]),
  );
  return { matched, values };
}

describe('linearDiscriminant', () => {
  it('gives the golden coefficients and intercepts', () => {
    for (const { X, y, coef, intercept } of golden.lda) {
      const found = linearDiscriminant(columns(X), Uint8Array.from(y));
      coef.forEach((value, f) => {
        expect(Math.abs((found?.coef[f] ?? Number.NaN) / value - 1)).toBeLessThan(1e-9);
      });
      expect(Math.abs((found?.intercept ?? Number.NaN) / intercept - 1)).toBeLessThan(1e-9);
    }
  });

  it('is worked out by hand for one feature', () => {
    // Unmatched -1, 0, 1; matched 3, 5: scatter 2 + 2 over 5 - 2.
    const found = linearDiscriminant([Float64Array.of(-1, 0, 1, 3, 5)], Uint8Array.of(0, 0, 0, 1, 1));
    expect(found?.coef[0]).toBeCloseTo(4 / (4 / 3), 14);
    expect(found?.intercept).toBeCloseTo(-0.5 * 4 * 3 + Math.log(2 / 3), 14);
  });

  it('does not exist when no pair is matched or all are', () => {
    const values = [Float64Array.of(1, 2, 3)];
    expect(linearDiscriminant(values, Uint8Array.of(0, 0, 0))).toBeUndefined();
    expect(linearDiscriminant(values, Uint8Array.of(1, 1, 1))).toBeUndefined();
    expect(linearDiscriminant([new Float64Array(0)], new Uint8Array(0))).toBeUndefined();
  });

  it('moves with the features: a shift changes the intercept alone, a scale the coefficients inversely', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: -50, max: 50, noNaN: true }), (seed, shift) => {
        const { matched, values } = sample(seed, 60, 2);
        const plain = linearDiscriminant(values, matched);
        const moved = linearDiscriminant(
          [values[0].map((x) => x + shift), values[1].map((x) => 4 * x)],
          matched,
        );
        if (!plain || !moved) throw new Error('no discriminant');
        expect(moved.coef[0]).toBeCloseTo(plain.coef[0], 9);
        expect(moved.coef[1]).toBeCloseTo(plain.coef[1] / 4, 9);
        expect(moved.intercept).toBeCloseTo(plain.intercept - shift * plain.coef[0], 7);
      }),
    );
  });

  it('keeps its precision far from zero', () => {
    const { matched, values } = sample(4, 200, 2);
    const near = linearDiscriminant(values, matched);
    const far = linearDiscriminant(
      values.map((x) => x.map((value) => value + 1e6)),
      matched,
    );
    expect(Math.abs((far?.coef[0] ?? Number.NaN) - (near?.coef[0] ?? Number.NaN))).toBeLessThan(1e-7);
  });

  it('shares the weight between features that are the same, and gives none to a constant one', () => {
    const { matched, values } = sample(7, 80, 1);
    const alone = linearDiscriminant(values, matched)?.coef[0] ?? Number.NaN;
    const twice = linearDiscriminant([values[0], values[0]], matched)?.coef ?? [];
    expect(twice[0]).toBeCloseTo(alone / 2, 9);
    expect(twice[1]).toBeCloseTo(alone / 2, 9);
    const constant = linearDiscriminant([values[0], new Float64Array(80).fill(3)], matched)?.coef ?? [];
    expect(constant[0]).toBeCloseTo(alone, 9);
    expect(constant[1]).toBe(0);
  });

  it('has no coefficients where nothing varies', () => {
    const found = linearDiscriminant([Float64Array.of(1, 5)], Uint8Array.of(0, 1));
    expect([...(found?.coef ?? [])]).toEqual([0]);
    expect(found?.intercept).toBe(0);
  });

  it('refuses features of another length', () => {
    expect(() => linearDiscriminant([new Float64Array(3)], new Uint8Array(2))).toThrow(RangeError);
  });
});

describe('weightsAndThreshold', () => {
  it('scales the discriminant to weights that sum to 1', () => {
    const found = weightsAndThreshold({ coef: Float64Array.of(3, 1), intercept: -6 });
    expect([...(found?.weights ?? [])]).toEqual([0.75, 0.25]);
    expect(found?.threshold).toBe(1.5);
  });

  it('divides pairs as the discriminant does', () => {
    const { matched, values } = sample(11, 100, 2);
    const discriminant = linearDiscriminant(values, matched);
    const found = discriminant && weightsAndThreshold(discriminant);
    if (!found) throw new Error('no discriminant');
    for (let p = 0; p < 100; p++) {
      const score =
        discriminant.intercept + values[0][p] * discriminant.coef[0] + values[1][p] * discriminant.coef[1];
      const similarity = values[0][p] * found.weights[0] + values[1][p] * found.weights[1];
      expect(similarity > found.threshold).toBe(score > 0);
    }
  });

  it('does not exist unless the coefficients sum to something positive', () => {
    expect(weightsAndThreshold({ coef: Float64Array.of(1, -1), intercept: 1 })).toBeUndefined();
    expect(weightsAndThreshold({ coef: Float64Array.of(1, -2), intercept: 1 })).toBeUndefined();
    expect(weightsAndThreshold({ coef: Float64Array.of(Number.NaN), intercept: 1 })).toBeUndefined();
  });
});
