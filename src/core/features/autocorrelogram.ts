/** Autocorrelogram of a spike train: how often another spike follows after a given lag. */
import { gaussianFilter1d } from './gaussian-smoothing.ts';
import { binsWithin, type HistogramOptions } from './histogram-bins.ts';

/** Spike times are shifted by this to round to whole bins: adding 2⁵² leaves no fraction bits, ties go to even. */
const ROUND_HALF_EVEN = 2 ** 52;

export interface AutoCorrelogram {
  /** (2·bins + 1,) pairs of spikes at each lag. */
  readonly autoCorr: Float64Array;
  /** (2·bins + 1,) ms, `-bins·binwidth .. bins·binwidth`. */
  readonly lag: Float64Array;
}

/**
 * Raw autocorrelogram. A pair of spikes with lag d falls in bin `d / binwidth`, rounded half to even; a spike is not paired
 * with itself. There are as many bins on either side of zero as fit in the window (Perkel, Gerstein & Moore 1967; `docs/methods.md`,
 * step 1).
 *
 * @param spikeTimes (n,) ms, in any order
 * @param window largest lag, ms, above 0
 * @param binwidth ms, above 0
 * @returns counts and lags, (2·bins + 1,) each
 * @throws RangeError when window or binwidth is not above 0
 */
export function computeAutoCorr(spikeTimes: ArrayLike<number>, window = 300, binwidth = 1): AutoCorrelogram {
  const right = positiveLags(ascending(spikeTimes), window, binwidth);
  const bins = right.length - 1;
  const lag = new Float64Array(2 * bins + 1);
  for (let k = -bins; k <= bins; k++) lag[bins + k] = k * binwidth;
  return { autoCorr: mirrored(right), lag };
}

/**
 * The autocorrelogram as a feature: the negative and the positive lags are smoothed, each on their own, the zero bin is left
 * as it is, and all is divided by the maximum. All zero when no two spikes are within the window.
 *
 * @param spikeTimes (n,) ms, ascending
 * @returns (2·bins + 1,) 0..1
 * @throws RangeError when window or binwidth is not above 0
 */
export function autoCorrFeature(
  spikeTimes: ArrayLike<number>,
  { window, binwidth, gaussian_sigma }: HistogramOptions,
): Float64Array {
  const right = positiveLags(spikeTimes, window, binwidth);
  right.set(gaussianFilter1d(right.subarray(1), gaussian_sigma / binwidth), 1);
  let largest = 0;
  for (const value of right) largest = Math.max(largest, value);
  if (largest > 0) for (let k = 0; k < right.length; k++) right[k] /= largest;
  return mirrored(right);
}

/** Counts at the lags 0, 1, … bins of ascending spike times. */
function positiveLags(times: ArrayLike<number>, window: number, binwidth: number): Float64Array {
  if (!(window > 0 && binwidth > 0)) {
    throw new RangeError(
      `autocorrelogram: got window ${window} ms and binwidth ${binwidth} ms, expected both above 0`,
    );
  }
  const bins = binsWithin({ window, binwidth });
  const counts = new Float64Array(bins + 1);
  for (let i = 0; i < times.length; i++) {
    const start = times[i];
    for (let j = i + 1; j < times.length; j++) {
      const bin = (times[j] - start) / binwidth + ROUND_HALF_EVEN - ROUND_HALF_EVEN;
      if (!(bin <= bins)) break;
      counts[bin]++;
    }
  }
  return counts;
}

/** `[right[1:] reversed, right]` */
function mirrored(right: Float64Array): Float64Array {
  const bins = right.length - 1;
  const both = new Float64Array(2 * bins + 1);
  for (let k = 0; k <= bins; k++) {
    both[bins - k] = right[k];
    both[bins + k] = right[k];
  }
  return both;
}

/** The times themselves when they ascend, else a sorted copy. */
function ascending(times: ArrayLike<number>): ArrayLike<number> {
  for (let i = 1; i < times.length; i++) {
    if (!(times[i] >= times[i - 1])) return Float64Array.from(times).sort();
  }
  return times;
}
