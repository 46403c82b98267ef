/** Σ_f weights[f]·features[f], piece by piece. */

export interface WeightedSumInput {
  readonly features: readonly Float64Array[];
  readonly weights: Float64Array;
  readonly out: Float64Array;
}

/** Elements of one task. */
const PIECE = 1 << 19;
/** Elements that stay in the first-level cache where there are several passes over them. */
const BLOCK = 1 << 11;

export const weightedSumTaskCount = (length: number) => Math.ceil(length / PIECE);

/** Task p sums piece p. */
export function weightedSumTasks(_simd: unknown, { features, weights, out }: WeightedSumInput) {
  return (piece: number): void => {
    const end = Math.min(out.length, (piece + 1) * PIECE);
    for (let start = piece * PIECE; start < end; start += BLOCK) {
      const stop = Math.min(end, start + BLOCK);
      const parts = features.map((feature) => feature.subarray(start, stop));
      weightedSumOf(parts, weights, out.subarray(start, stop));
    }
  };
}

/** out = Σ_f weights[f]·features[f], summed in the order of the features; up to three of them in one pass. */
function weightedSumOf(features: readonly Float64Array[], weights: Float64Array, out: Float64Array): void {
  const n = out.length;
  const [a, b, c] = features;
  const [u, v, w] = weights;
  if (features.length === 1) for (let i = 0; i < n; i++) out[i] = u * a[i];
  else if (features.length === 2) for (let i = 0; i < n; i++) out[i] = u * a[i] + v * b[i];
  else if (features.length === 3) for (let i = 0; i < n; i++) out[i] = u * a[i] + v * b[i] + w * c[i];
  else {
    out.fill(0);
    features.forEach((feature, f) => {
      for (let i = 0; i < n; i++) out[i] += weights[f] * feature[i];
    });
  }
}
