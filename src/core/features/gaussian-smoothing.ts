/** Smoothing of histograms with a Gaussian. */

/** Standard deviations after which the kernel is cut. */
const TRUNCATE = 4;

/**
 * Convolution with a Gaussian, borders by half-sample reflection (`d c b a | a b c d | d c b a`), which is repeated when
 * the kernel is longer than the signal. The kernel `exp(-k² / 2σ²)`, `|k| ≤ floor(4σ + 0.5)`, sums to 1.
 *
 * @param x (n,) any values
 * @param sigma standard deviation in samples, at least 0; 0 leaves the signal as it is
 * @returns (n,)
 * @throws RangeError when sigma is negative or not a number
 */
export function gaussianFilter1d(x: ArrayLike<number>, sigma: number): Float64Array {
  if (!(sigma >= 0 && sigma < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`gaussianFilter1d: got sigma ${sigma}, expected a finite number of at least 0`);
  }
  const n = x.length;
  const out = new Float64Array(n);
  if (n === 0) return out;
  const half = gaussianHalfKernel(sigma);
  const radius = half.length - 1;
  const padded = reflect(x, radius);
  for (let i = 0; i < n; i++) {
    const centre = i + radius;
    let sum = half[0] * padded[centre];
    for (let k = 1; k <= radius; k++) sum += half[k] * (padded[centre - k] + padded[centre + k]);
    out[i] = sum;
  }
  return out;
}

/** Weights at 0, 1, … `radius`; the whole kernel, both sides, sums to 1. */
function gaussianHalfKernel(sigma: number): Float64Array {
  const half = new Float64Array(Math.floor(TRUNCATE * sigma + 0.5) + 1);
  half[0] = 1;
  let total = 1;
  for (let k = 1; k < half.length; k++) {
    half[k] = Math.exp((-0.5 * k * k) / (sigma * sigma));
    total += 2 * half[k];
  }
  for (let k = 0; k < half.length; k++) half[k] /= total;
  return half;
}

/** The signal with `radius` reflected samples on either side. */
function reflect(x: ArrayLike<number>, radius: number): Float64Array {
  const n = x.length;
  const period = 2 * n;
  const padded = new Float64Array(n + 2 * radius);
  for (let i = 0; i < padded.length; i++) {
    const phase = (((i - radius) % period) + period) % period;
    padded[i] = x[phase < n ? phase : period - 1 - phase];
  }
  return padded;
}
