/** What the comparison of waveforms needs to know of every unit and channel before it starts. */
import type { SimdKernels } from './bindings.ts';

/** Means and squares are in panels of eight units, [panel][channel][8], 0 for the units that fill up the last panel. */
export interface WaveformMoments {
  /** Mean over samples. */
  readonly means: Float64Array;
  /** Sum of squared differences from the mean. */
  readonly squares: Float64Array;
}

export interface WaveformMomentsInput extends WaveformMoments {
  readonly waveforms: Float32Array;
  readonly units: number;
  readonly channels: number;
  readonly samples: number;
}

/** Units of one task. */
const TASK_UNITS = 128;

export const momentsTaskCount = (units: number) => Math.ceil(units / TASK_UNITS);

/** Task b looks at 128 units and returns their peak channels: the first ones with the largest range. */
export function waveformMomentsTasks(simd: SimdKernels, input: WaveformMomentsInput) {
  const { waveforms, units, channels, samples, means, squares } = input;
  const x = simd.float32(channels * samples);
  const mean = simd.float64(channels);
  const square = simd.float64(channels);
  const range = simd.float64(channels);
  return (task: number): Int32Array => {
    const unitMeans = mean.float64;
    const unitSquares = square.float64;
    const ranges = range.float64;
    const first = task * TASK_UNITS;
    const end = Math.min(units, first + TASK_UNITS);
    const peaks = new Int32Array(end - first);
    for (let unit = first; unit < end; unit++) {
      x.float32.set(waveforms.subarray(unit * channels * samples, (unit + 1) * channels * samples));
      simd.channelMoments(channels, samples, x, mean, square, range);
      let to = momentOf(unit, 0, channels);
      let peak = 0;
      for (let c = 0; c < channels; c++, to += 8) {
        means[to] = unitMeans[c];
        squares[to] = unitSquares[c];
        if (ranges[c] > ranges[peak]) peak = c;
      }
      peaks[unit - first] = peak;
    }
    return peaks;
  };
}

/** Where `means` and `squares` keep a channel of a unit. */
export function momentOf(unit: number, channel: number, channels: number): number {
  return ((unit >>> 3) * channels + channel) * 8 + (unit & 7);
}
