/** Random numbers of the shapes that neurons come in. */
import type { Random } from '../random.ts';

/** Uniform between two values. */
export function uniformBetween(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** Log-uniform between two positive values: every doubling is equally likely. */
export function logUniform(random: Random, low: number, high: number): number {
  return low * (high / low) ** random.uniform();
}

/** Log-normal with this median; `logSd` is the standard deviation of the logarithm. */
export function logNormal(random: Random, median: number, logSd: number): number {
  return median * Math.exp(logSd * random.normal());
}

/** Gamma with mean 1 and the given shape > 0; its variance is 1 / shape (Marsaglia & Tsang 2000). */
export function gammaOfMeanOne(random: Random, shape: number): number {
  if (shape === 1) return random.exponential();
  // Shapes below 1 by the boost of section 6: Gamma(a) = Gamma(a + 1) · U^(1/a).
  const boosted = shape < 1 ? shape + 1 : shape;
  const d = boosted - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const w = 1 + c * x;
    if (w <= 0) continue;
    const v = w * w * w;
    const u = 1 - random.uniform();
    // The squeeze spares most draws the logarithms.
    const accepted =
      u < 1 - 0.0331 * x * x * x * x || Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v);
    if (!accepted) continue;
    return (shape < 1 ? d * v * (1 - random.uniform()) ** (1 / shape) : d * v) / shape;
  }
}

/**
 * A stationary first-order autoregressive series with mean 0 and standard deviation 1: neighbours correlate by
 * `memory` (0 independent, 1 constant).
 */
export function autoregressiveSeries(random: Random, length: number, memory: number): Float64Array {
  const series = new Float64Array(length);
  const innovation = Math.sqrt(1 - memory * memory);
  for (let i = 0; i < length; i++) {
    series[i] = i === 0 ? random.normal() : memory * series[i - 1] + innovation * random.normal();
  }
  return series;
}
