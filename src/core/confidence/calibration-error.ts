/** Whether probabilities mean what they say. */

export interface ReliabilityBin {
  /** Edges of the bin, probabilities. */
  readonly from: number;
  readonly to: number;
  /** How many predictions fall into it. */
  readonly count: number;
  /** Mean predicted probability. */
  readonly predicted: number;
  /** Share of them that came true. */
  readonly observed: number;
}

/**
 * The reliability diagram: predictions in bins of equal width against what came true. Empty bins are left out.
 *
 * @param probability predictions, 0 to 1
 * @param truth 1 where the prediction came true, else 0
 * @throws RangeError when the lengths differ
 */
export function reliability(
  probability: ArrayLike<number>,
  truth: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  if (probability.length !== truth.length) {
    throw new RangeError(
      `reliability: got ${truth.length} outcomes, expected ${probability.length}, one for each prediction`,
    );
  }
  const sums = Array.from({ length: bins }, () => ({ count: 0, predicted: 0, observed: 0 }));
  for (let i = 0; i < probability.length; i++) {
    const sum = sums[Math.min(bins - 1, Math.floor(probability[i] * bins))];
    sum.count++;
    sum.predicted += probability[i];
    sum.observed += truth[i];
  }
  return sums.flatMap(({ count, predicted, observed }, b) =>
    count === 0
      ? []
      : [
          {
            from: b / bins,
            to: (b + 1) / bins,
            count,
            predicted: predicted / count,
            observed: observed / count,
          },
        ],
  );
}

/** Expected calibration error: mean of |predicted - observed| over the bins, each by its count (Naeini et al. 2015). 0 for none. */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  let sum = 0;
  let count = 0;
  for (const bin of bins) {
    sum += bin.count * Math.abs(bin.predicted - bin.observed);
    count += bin.count;
  }
  return count > 0 ? sum / count : 0;
}
