/** The share of false matches by how far matched units lie apart in depth. */

export interface DepthMixture {
  /** Share of the pairs that belong to the exponential, 0 to 1: false matches. */
  readonly falseShare: number;
  /** Standard deviation of the depth difference of true matches, µm. */
  readonly sigma: number;
  /** Mean depth difference of false matches, µm. */
  readonly scale: number;
}

const MAX_STEPS = 300;
/** The exponential must reach farther than the normal, or the two could change roles. */
const LEAST_RATIO = 2;

/**
 * Fits a folded normal distribution (true matches) and an exponential one (false matches) to the absolute depth differences of matched
 * pairs, motion taken out, by expectation maximisation (Dempster, Laird & Rubin 1977). Both are cut at `maxDistance`.
 *
 * @param distances |Δdepth|, µm, 0 to maxDistance
 * @param weights how often each counts; once, unless given
 * @returns undefined for fewer than 20 pairs
 */
export function fitDepthMixture(
  distances: ArrayLike<number>,
  maxDistance: number,
  weights?: ArrayLike<number>,
): DepthMixture | undefined {
  const n = distances.length;
  if (n < 20) return undefined;
  const sorted = Float64Array.from(distances).sort();
  let sigma = Math.max(0.1, sorted[n >> 1] / 0.6745);
  let scale = Math.max(LEAST_RATIO * sigma, maxDistance / 4);
  let share = 0.05;
  for (let step = 0; step < MAX_STEPS; step++) {
    const normal = 2 / (Math.sqrt(2 * Math.PI) * sigma);
    const exponential = 1 / (scale * (1 - Math.exp(-maxDistance / scale)));
    let [total, far, farSum, squares] = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const d = distances[i];
      const weight = weights ? weights[i] : 1;
      const f = share * exponential * Math.exp(-d / scale);
      const t = (1 - share) * normal * Math.exp((-d * d) / (2 * sigma * sigma));
      const isFalse = f / (f + t || 1);
      total += weight;
      far += weight * isFalse;
      farSum += weight * isFalse * d;
      squares += weight * (1 - isFalse) * d * d;
    }
    const next = far / total;
    sigma = Math.max(0.1, Math.sqrt(squares / Math.max(1e-9, total - far)));
    scale = Math.min(
      10 * maxDistance,
      Math.max(LEAST_RATIO * sigma, truncatedScale(farSum / Math.max(1e-9, far), maxDistance)),
    );
    const settled = Math.abs(next - share) < 1e-7;
    share = next;
    if (settled) break;
  }
  return { falseShare: share, sigma, scale };
}

/** Scale of an exponential, cut at `limit`, that has this mean. */
function truncatedScale(mean: number, limit: number): number {
  if (mean >= 0.49 * limit) return 10 * limit;
  let scale = mean;
  for (let i = 0; i < 50; i++) scale = mean + limit / (Math.exp(limit / scale) - 1);
  return scale;
}
