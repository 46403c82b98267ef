/** Histogram of inter-spike intervals. */
import { gaussianFilter1d } from './gaussian-smoothing.ts';
import { binsWithin, type HistogramOptions, lastEdge } from './histogram-bins.ts';

/**
 * Histogram of successive differences with the edges `0, b, 2b, …`, divided by its sum and smoothed. All bins are open on the
 * right but the last, which is closed. All zero when no interval is within the window.
 *
 * @param spikeTimes (n,) ms, ascending
 * @returns (bins,) the whole bins within the window; sums to 1
 * @throws RangeError when window or binwidth is not above 0
 */
export function isiFeature(
  spikeTimes: ArrayLike<number>,
  { window, binwidth, gaussian_sigma }: HistogramOptions,
): Float64Array {
  if (!(window > 0 && binwidth > 0)) {
    throw new RangeError(
      `isiFeature: got window ${window} ms and binwidth ${binwidth} ms, expected both above 0`,
    );
  }
  const bins = binsWithin({ window, binwidth });
  const end = lastEdge({ window, binwidth });
  const counts = new Float64Array(bins);
  let total = 0;
  for (let i = 1; i < spikeTimes.length; i++) {
    const interval = spikeTimes[i] - spikeTimes[i - 1];
    if (!(interval <= end)) continue;
    counts[binOf(interval, bins, binwidth)]++;
    total++;
  }
  if (total === 0) return counts;
  for (let k = 0; k < bins; k++) counts[k] /= total;
  return gaussianFilter1d(counts, gaussian_sigma / binwidth);
}

/** The bin whose edges, as floating-point products k·b, hold the interval; the quotient alone can be off by one. */
function binOf(interval: number, bins: number, binwidth: number): number {
  let bin = Math.min(Math.floor(interval / binwidth), bins - 1);
  while (bin > 0 && interval < bin * binwidth) bin--;
  while (bin < bins - 1 && interval >= (bin + 1) * binwidth) bin++;
  return bin;
}
