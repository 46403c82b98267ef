/** Spike times in the form the histograms take them. */

/**
 * A sorted copy of spike times, shifted so that the first is 0.
 * @param spikeTimes (n,) ms, in any order
 * @returns (n,) ms, ascending
 */
export function prepareSpikeTimes(spikeTimes: ArrayLike<number>): Float64Array {
  const times = Float64Array.from(spikeTimes);
  for (let i = 1; i < times.length; i++) {
    if (!(times[i] >= times[i - 1])) {
      times.sort();
      break;
    }
  }
  const first = times[0];
  for (let i = 0; i < times.length; i++) times[i] -= first;
  return times;
}
