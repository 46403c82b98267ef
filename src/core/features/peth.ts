/** Peri-event time histograms: how the rate of a unit follows an event. */
import { gaussianFilter1d } from './gaussian-smoothing.ts';

export interface PethOptions {
  /** Begin and end of the window around each event, ms. */
  readonly window: readonly [number, number];
  /** Width of a bin, ms; the window is a whole number of them. */
  readonly bin: number;
  /** Standard deviation of the Gaussian the rates are smoothed with, ms; 0 (default) for none. */
  readonly sigma?: number;
}

/** How far from a whole number of bins a window may be, in bins: what decimals of times leave behind. */
const TOLERANCE = 1e-6;

/**
 * Number of bins of a window.
 * @throws RangeError when the window is empty or no whole number of bins, or sigma is negative
 */
export function pethBins({ window: [begin, end], bin, sigma = 0 }: PethOptions): number {
  const bins = (end - begin) / bin;
  const whole = Math.round(bins);
  if (!(bin > 0 && whole >= 1 && Math.abs(bins - whole) <= TOLERANCE && whole < Number.POSITIVE_INFINITY)) {
    throw new RangeError(
      `peth: got bins of ${bin} ms in a window from ${begin} to ${end} ms, expected a whole number of bins`,
    );
  }
  if (!(sigma >= 0)) throw new RangeError(`peth: got sigma ${sigma}, expected at least 0`);
  return whole;
}

/**
 * Mean rate of a unit around events of one kind. Bin i holds spikes from `begin + i · bin` up to, but not at,
 * `begin + (i + 1) · bin` after an event. Smoothing reflects the rates at both ends of the window.
 *
 * @param spikeTimes (n,) ms, ascending
 * @param events (E,) times of the events on the same clock, ms
 * @returns (bins,) spikes per second; NaN when there are no events
 * @throws RangeError as `pethBins`
 */
export function peth(
  spikeTimes: ArrayLike<number>,
  events: ArrayLike<number>,
  options: PethOptions,
): Float64Array {
  const bins = pethBins(options);
  const { window, bin, sigma = 0 } = options;
  const rates = new Float64Array(bins);
  if (events.length === 0) return rates.fill(Number.NaN);
  for (let e = 0; e < events.length; e++) {
    const begin = events[e] + window[0];
    // One bin earlier: rounding decides about spikes on the edge.
    for (let s = firstAtLeast(spikeTimes, begin - bin); s < spikeTimes.length; s++) {
      const i = Math.floor((spikeTimes[s] - begin) / bin + TOLERANCE);
      if (i >= bins) break;
      if (i >= 0) rates[i]++;
    }
  }
  const seconds = events.length * bin * 1e-3;
  for (let i = 0; i < bins; i++) rates[i] /= seconds;
  return sigma > 0 ? gaussianFilter1d(rates, sigma / bin) : rates;
}

/** Index of the first of ascending values that is at least `value`. */
function firstAtLeast(values: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
