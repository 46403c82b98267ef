/** What the comparison of waveform windows needs to know of every unit and kept channel before it starts. */
import { pieceOfUnit, type WaveformWindows } from '../core/similarity/waveform-windows.ts';
import type { SimdKernels } from './bindings.ts';

export interface WindowMomentsInput {
  readonly windows: WaveformWindows;
  /** (units, width) mean over samples of each kept channel. */
  readonly means: Float64Array;
  /** (units, width) sum of squared differences from the mean. */
  readonly squares: Float64Array;
}

/** Units of one task. */
const TASK_UNITS = 256;

export const windowMomentsTaskCount = (units: number) => Math.ceil(units / TASK_UNITS);

/** Task b looks at 256 units and returns their peak channels: the first kept ones with the largest range. */
export function windowMomentsTasks(simd: SimdKernels, { windows, means, squares }: WindowMomentsInput) {
  const { units, width, samples, kept, anchors, unitsPerPiece } = windows;
  const x = simd.float32(width * samples);
  const mean = simd.float64(width);
  const square = simd.float64(width);
  const range = simd.float64(width);
  return (task: number): Int32Array => {
    const first = task * TASK_UNITS;
    const end = Math.min(units, first + TASK_UNITS);
    const peaks = new Int32Array(end - first);
    const ranges = range.float64;
    for (let unit = first; unit < end; unit++) {
      const start = (unit % unitsPerPiece) * width * samples;
      x.float32.set(pieceOfUnit(windows, unit).subarray(start, start + width * samples));
      simd.channelMoments(width, samples, x, mean, square, range);
      means.set(mean.float64, unit * width);
      squares.set(square.float64, unit * width);
      let best = 0;
      for (let slot = 1; slot < width; slot++) if (ranges[slot] > ranges[best]) best = slot;
      peaks[unit - first] = kept[anchors[unit] * width + best];
    }
    return peaks;
  };
}
