/** The bins of histograms over spike times. */
export interface HistogramOptions {
  /** Largest lag or interval, ms, at least `binwidth`. */
  readonly window: number;
  /** ms, above 0. */
  readonly binwidth: number;
  /** Standard deviation of the smoothing, ms, at least 0. */
  readonly gaussian_sigma: number;
}

type Bins = Omit<HistogramOptions, 'gaussian_sigma'>;

/** Above what is lost where two rounded numbers are divided or multiplied. */
const ROUNDING = 4 * Number.EPSILON;

/** Whole bins within the window: 30 of 1.1 ms in 33 ms, though the quotient is 29.999999999999996. */
export function binsWithin({ window, binwidth }: Bins): number {
  return Math.floor((window / binwidth) * (1 + ROUNDING));
}

/** Where the last of them ends: 0.9 ms for three of 0.3 ms, though the product is 0.8999999999999999. */
export function lastEdge({ window, binwidth }: Bins): number {
  const edge = binsWithin({ window, binwidth }) * binwidth;
  return edge * (1 + ROUNDING) >= window ? window : edge;
}

/** Length of the autocorrelogram of a unit. */
export const autoCorrBins = (options: Bins) => 2 * binsWithin(options) + 1;
