/** Linear discriminant analysis of matched and unmatched pairs. */
import { choleskyInPlace, choleskySolveInPlace, solveMinimumNorm } from '../linear-algebra.ts';
import type { Discriminant } from '../result.ts';

/**
 * Fisher's linear discriminant with a pooled within-class covariance S (denominator P - 2) and class priors from the
 * counts (Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 4.3): `coef = S⁻¹(μ₁ - μ₀)`,
 * `intercept = -½(μ₁ + μ₀)ᵀcoef + ln(n₁ / n₀)`. Where S is singular, coef is the minimum-norm solution.
 *
 * @param features F arrays of P values each
 * @param matched (P,) 1 for a matched pair, 0 for an unmatched one
 * @returns undefined when no pair is matched or all are
 * @throws RangeError when the lengths differ
 */
export function linearDiscriminant(
  features: readonly Float64Array[],
  matched: Uint8Array,
): Discriminant | undefined {
  for (const feature of features) {
    if (feature.length !== matched.length) {
      throw new RangeError(
        `linearDiscriminant: got a feature of ${feature.length} values, expected ${matched.length}`,
      );
    }
  }
  const counts = [0, 0];
  for (const isMatched of matched) counts[isMatched]++;
  if (counts[0] === 0 || counts[1] === 0) return undefined;

  const means = features.map((feature) => classMeans(feature, matched, counts));
  return discriminantOf({ counts, means, covariance: pooledCovariance(features, matched, means) });
}

/** What a discriminant follows from. */
export interface ClassMoments {
  /** Number of unmatched and of matched pairs, neither of them 0. */
  readonly counts: readonly number[];
  /** Means of the unmatched and of the matched pairs, by feature. */
  readonly means: readonly (readonly [number, number])[];
  /** (F, F) pooled within-class covariance. */
  readonly covariance: Float64Array;
}

/** The discriminant of `linearDiscriminant`, from the moments of the two classes. */
export function discriminantOf({ counts, means, covariance }: ClassMoments): Discriminant {
  const difference = Float64Array.from(means, ([unmatchedMean, matchedMean]) => matchedMean - unmatchedMean);
  const coef = solve(covariance, difference);
  let intercept = Math.log(counts[1] / counts[0]);
  means.forEach(([unmatchedMean, matchedMean], f) => {
    intercept -= 0.5 * (matchedMean + unmatchedMean) * coef[f];
  });
  return { coef, intercept };
}

/**
 * What a discriminant says about the weighted similarity: weights `coef / Σcoef` and the threshold `-intercept / Σcoef`
 * above which a pair is matched.
 * @returns undefined when Σcoef is not positive: more similar pairs would then be matched less
 */
export function weightsAndThreshold(
  discriminant: Discriminant,
): { weights: Float64Array; threshold: number } | undefined {
  let sum = 0;
  for (const value of discriminant.coef) sum += value;
  if (!(sum > 0)) return undefined;
  return {
    weights: discriminant.coef.map((value) => value / sum),
    threshold: -discriminant.intercept / sum,
  };
}

/** Means of the unmatched and of the matched pairs. */
function classMeans(feature: Float64Array, matched: Uint8Array, counts: readonly number[]): [number, number] {
  const sums: [number, number] = [0, 0];
  for (let p = 0; p < feature.length; p++) sums[matched[p]] += feature[p];
  return [sums[0] / counts[0], sums[1] / counts[1]];
}

/** (F, F) scatter around the class means, over P - 2; zero for one pair in each class. */
function pooledCovariance(
  features: readonly Float64Array[],
  matched: Uint8Array,
  means: readonly (readonly [number, number])[],
): Float64Array {
  const pairs = matched.length;
  const covariance = new Float64Array(features.length ** 2);
  const denominator = Math.max(1, pairs - 2);
  for (let f = 0; f < features.length; f++) {
    for (let g = 0; g <= f; g++) {
      const [x, y] = [features[f], features[g]];
      const [x0, x1] = means[f];
      const [y0, y1] = means[g];
      let scatter = 0;
      for (let p = 0; p < pairs; p++) {
        scatter += matched[p] ? (x[p] - x1) * (y[p] - y1) : (x[p] - x0) * (y[p] - y0);
      }
      covariance[f * features.length + g] = scatter / denominator;
      covariance[g * features.length + f] = scatter / denominator;
    }
  }
  return covariance;
}

function solve(covariance: Float64Array, difference: Float64Array): Float64Array {
  const n = difference.length;
  const factor = covariance.slice();
  if (!choleskyInPlace(factor, n)) return solveMinimumNorm(covariance, n, difference);
  const coef = difference.slice();
  choleskySolveInPlace(factor, n, coef);
  return coef;
}
