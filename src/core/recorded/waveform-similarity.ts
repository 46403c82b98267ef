/** Waveform similarity over the channels that both units have. */
import { breathe, type RunContext } from '../context.ts';
import { type Job, MAX_Z } from '../kernels/kernels.ts';
import { fisherZ } from '../kernels/standardize.ts';
import type { CorrectedWaveforms } from '../result.ts';

/** Part of the nearest channels that both units must have to be compared. */
const ENOUGH_COMMON = 1 / 3;

/** Units between two looks at the abort signal. */
const BLOCK = 16;

/**
 * As `waveformSimilarity`, for waveforms that are NaN on channels that are missing: Fisher z of Pearson's r over those of the nearest
 * channels of the peak of either that both have. The peak is the largest channel that the unit has. Where fewer than a third of the
 * nearest channels are common, that direction says nothing; where neither does, the similarity is 0.
 *
 * @param corrected waveforms of one or several templates
 * @param neighbours (channels, n) of `nearestChannelsOnShank`
 * @returns (units, units), symmetric, diagonal 6
 */
export async function recordedWaveformSimilarity(
  corrected: CorrectedWaveforms,
  neighbours: Int32Array,
  { kernels, signal }: RunContext,
  progress?: Job['progress'],
): Promise<Float64Array> {
  const { units, channels, samples } = corrected;
  const n = neighbours.length / channels;
  const least = Math.max(1, Math.ceil(ENOUGH_COMMON * n));
  const templates = [...new Set(corrected.templates)];
  const out = kernels.float64(units * units).fill(Number.NEGATIVE_INFINITY);
  for (const [r, data] of templates.entries()) {
    const { sums, squares, peaks } = channelSums(data, units, channels, samples);
    const row = new Float64Array(n * samples);
    for (let i = 0; i < units; i++) {
      const own: number[] = [];
      for (let k = 0; k < n; k++) {
        const channel = neighbours[peaks[i] * n + k];
        if (Number.isNaN(sums[i * channels + channel])) continue;
        const from = (i * channels + channel) * samples;
        for (let t = 0; t < samples; t++) row[own.length * samples + t] = data[from + t];
        own.push(channel);
      }
      if (own.length >= least) {
        for (let j = 0; j < units; j++) {
          if (j === i) continue;
          let count = 0;
          let [dot, sumI, sumJ, squareI, squareJ] = [0, 0, 0, 0, 0];
          for (let k = 0; k < own.length; k++) {
            const at = j * channels + own[k];
            if (Number.isNaN(sums[at])) continue;
            const from = at * samples;
            const mine = k * samples;
            for (let t = 0; t < samples; t++) dot += row[mine + t] * data[from + t];
            sumI += sums[i * channels + own[k]];
            squareI += squares[i * channels + own[k]];
            sumJ += sums[at];
            squareJ += squares[at];
            count++;
          }
          if (count < least) continue;
          const length = count * samples;
          const variances = (squareI - (sumI * sumI) / length) * (squareJ - (sumJ * sumJ) / length);
          const z = variances > 0 ? fisherZ((dot - (sumI * sumJ) / length) / Math.sqrt(variances)) : 0;
          if (z > out[i * units + j]) {
            out[i * units + j] = z;
            out[j * units + i] = z;
          }
        }
      }
      if (i % BLOCK === 0) {
        progress?.(r * units + i, templates.length * units);
        await breathe(signal);
      }
    }
  }
  for (let i = 0; i < out.length; i++) if (out[i] === Number.NEGATIVE_INFINITY) out[i] = 0;
  for (let i = 0; i < units; i++) out[i * units + i] = MAX_Z;
  return out;
}

/** Sum and sum of squares of every channel, NaN where it is missing, and the channel with the largest peak-to-trough of each unit. */
function channelSums(data: Float32Array, units: number, channels: number, samples: number) {
  const sums = new Float64Array(units * channels);
  const squares = new Float64Array(units * channels);
  const peaks = new Int32Array(units);
  for (let u = 0; u < units; u++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < channels; c++) {
      const start = (u * channels + c) * samples;
      let [sum, square, low, high] = [0, 0, data[start], data[start]];
      for (let i = start; i < start + samples; i++) {
        const value = data[i];
        sum += value;
        square += value * value;
        if (value < low) low = value;
        else if (value > high) high = value;
      }
      sums[u * channels + c] = sum;
      squares[u * channels + c] = square;
      if (high - low > most) {
        most = high - low;
        peaks[u] = c;
      }
    }
  }
  return { sums, squares, peaks };
}
