/** The share of false matches by how far matched units lie apart in depth. */

export interface DepthMixture {
  /** Share of the pairs that belong to the exponential, 0 to 1: false matches. */
  readonly falseShare: number;
  /** Standard deviation of the depth difference of true matches, µm. */
  readonly sigma: number;
  /** Mean depth difference of false matches, µm, before the cut. */
  readonly scale: number;
}

const MAX_STEPS = 200;
const LEAST_PAIRS = 20;
/** The exponential must reach farther than the normal, or the two could change roles. */
const LEAST_RATIO = 1.5;
/** Shares that the interval is looked for among. */
const SHARES = Array.from({ length: 61 }, (_, i) => i / 100);

/**
 * Fits a folded normal distribution (true matches) and an exponential one (false matches), cut at `maxDistance`, to the absolute depth
 * differences of matched pairs, motion taken out, by expectation maximisation (Dempster, Laird & Rubin 1977).
 *
 * @param distances |Δdepth|, µm
 * @returns undefined for fewer than 20 pairs
 */
export function fitDepthMixture(distances: ArrayLike<number>, maxDistance: number): DepthMixture | undefined {
  return distances.length < LEAST_PAIRS ? undefined : fitMixture(distances, maxDistance).mixture;
}

/**
 * The 95 % profile-likelihood interval of the false share: where the likelihood, other parameters refitted, is within 1.92 of the
 * largest. False matches of neighbouring neurons lie hardly farther apart than true ones, and the interval is as wide as that makes it.
 *
 * @param independent how many of the distances are independent: pairs of one neuron are not
 */
export function mixtureInterval(
  distances: ArrayLike<number>,
  maxDistance: number,
  independent: number,
): { low: number; high: number } {
  const weight = Math.min(1, independent / Math.max(1, distances.length));
  const values = SHARES.map((share) => fitMixture(distances, maxDistance, share).logLikelihood * weight);
  const best = Math.max(...values);
  const inside = SHARES.filter((_, i) => values[i] >= best - 1.92);
  return { low: inside[0], high: inside[inside.length - 1] };
}

function fitMixture(
  distances: ArrayLike<number>,
  maxDistance: number,
  fixedShare?: number,
): { mixture: DepthMixture; logLikelihood: number } {
  const n = distances.length;
  const sorted = Float64Array.from(distances).sort();
  let sigma = Math.max(0.1, sorted[n >> 1] / 0.6745);
  let scale = Math.max(LEAST_RATIO * sigma, maxDistance / 4);
  let share = fixedShare ?? 0.05;
  let logLikelihood = Number.NEGATIVE_INFINITY;
  for (let step = 0; step < MAX_STEPS; step++) {
    const normal = 2 / (Math.sqrt(2 * Math.PI) * sigma);
    const exponential = 1 / (scale * (1 - Math.exp(-maxDistance / scale)));
    let [far, farSum, squares, value] = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const d = Math.min(distances[i], maxDistance);
      const f = share * exponential * Math.exp(-d / scale);
      const t = (1 - share) * normal * Math.exp((-d * d) / (2 * sigma * sigma));
      const isFalse = f + t > 0 ? f / (f + t) : 1;
      value += Math.log(Math.max(f + t, 1e-300));
      far += isFalse;
      farSum += isFalse * d;
      squares += (1 - isFalse) * d * d;
    }
    const settled = Math.abs(value - logLikelihood) < 1e-6 * n;
    logLikelihood = value;
    if (settled) break;
    share = fixedShare ?? far / n;
    sigma = Math.max(0.1, Math.sqrt(squares / Math.max(1e-9, n - far)));
    const meanFar = far > 1e-6 ? farSum / far : maxDistance / 4;
    scale = Math.max(LEAST_RATIO * sigma, scaleOfMean(meanFar, maxDistance));
  }
  return { mixture: { falseShare: share, sigma, scale }, logLikelihood };
}

/** Scale of an exponential, cut at `limit`, that has this mean. */
function scaleOfMean(mean: number, limit: number): number {
  const longest = 10 * limit;
  if (mean >= 0.49 * limit) return longest;
  let scale = mean;
  for (let i = 0; i < 50; i++) scale = Math.min(longest, mean + limit / Math.expm1(limit / scale));
  return scale;
}
