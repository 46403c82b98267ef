/** Σ_f weights[f]·features[f], piece by piece. */

export interface WeightedSumInput {
  readonly features: readonly Float64Array[];
  readonly weights: Float64Array;
  readonly out: Float64Array;
}

/** Elements of one task. */
const PIECE = 1 << 19;
/** Elements that stay in the first-level cache while the features are added. */
const BLOCK = 1 << 11;

export const weightedSumTaskCount = (length: number) => Math.ceil(length / PIECE);

/** Task p sums piece p. */
export function weightedSumTasks(_simd: unknown, { features, weights, out }: WeightedSumInput) {
  return (piece: number): void => {
    const end = Math.min(out.length, (piece + 1) * PIECE);
    for (let start = piece * PIECE; start < end; start += BLOCK) {
      const sum = out.subarray(start, Math.min(end, start + BLOCK)).fill(0);
      features.forEach((feature, f) => {
        addScaled(sum, feature.subarray(start, start + sum.length), weights[f]);
      });
    }
  };
}

/** sum += factor·x. */
export function addScaled(sum: Float64Array, x: Float64Array, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] += factor * x[i];
}
