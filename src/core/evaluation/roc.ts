/** How well a score tells two classes apart. */

export interface RocPoint {
  /** Share of the negatives at or above the score. */
  readonly falsePositiveRate: number;
  /** Share of the positives at or above the score. */
  readonly truePositiveRate: number;
}

/**
 * Area under the ROC curve: the probability that a positive scores higher than a negative, ties counting half (Mann & Whitney 1947).
 * NaN without positives or without negatives. Scores that are NaN are left out.
 */
export function areaUnderCurve(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const p = sortedFinite(positives);
  const n = sortedFinite(negatives);
  if (p.length === 0 || n.length === 0) return Number.NaN;
  let wins = 0;
  let [below, upTo] = [0, 0];
  for (const score of p) {
    while (below < n.length && n[below] < score) below++;
    while (upTo < n.length && n[upTo] <= score) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (p.length * n.length);
}

/**
 * The ROC curve from (0, 0) to (1, 1), thinned to about `points` steps.
 */
export function rocCurve(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  points = 100,
): RocPoint[] {
  const p = sortedFinite(positives);
  const n = sortedFinite(negatives);
  if (p.length === 0 || n.length === 0) return [];
  const scores = [...new Set([...p, ...n])].sort((a, b) => b - a);
  const step = Math.max(1, Math.floor(scores.length / points));
  const curve: RocPoint[] = [{ falsePositiveRate: 0, truePositiveRate: 0 }];
  const kept = scores.filter((_, i) => i % step === 0 || i === scores.length - 1);
  let [fromP, fromN] = [p.length, n.length];
  for (const score of kept) {
    while (fromP > 0 && p[fromP - 1] >= score) fromP--;
    while (fromN > 0 && n[fromN - 1] >= score) fromN--;
    curve.push({
      falsePositiveRate: (n.length - fromN) / n.length,
      truePositiveRate: (p.length - fromP) / p.length,
    });
  }
  return curve;
}

const sortedFinite = (values: ArrayLike<number>) =>
  Float64Array.from(Array.from(values).filter((value) => !Number.isNaN(value))).sort();
