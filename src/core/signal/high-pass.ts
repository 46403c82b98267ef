/** A linear-phase high-pass filter: spikes keep their time, and the filter commutes with averaging. */

export interface HighPass {
  /** Samples on either side of one that its filtered value depends on. */
  readonly margin: number;
  /**
   * Filters every channel; only samples with the whole margin around them are given back.
   * @param signal (n, channels)
   * @returns (n - 2·margin, channels)
   */
  filter(signal: Float64Array, channels?: number): Float64Array;
}

/**
 * High-pass by windowed sinc (Hann): a unit impulse less a low-pass that sums to 1, so that a constant vanishes exactly.
 * The edge is soft, about 1.65 / margin wide.
 *
 * @param cutoffHz frequency at which half the amplitude passes
 * @param marginMs half length of the filter
 * @throws RangeError when the cutoff is not between 0 and half the sampling rate
 */
export function createHighPass(cutoffHz: number, sampleRateHz: number, marginMs = 3): HighPass {
  if (!(cutoffHz > 0 && cutoffHz < sampleRateHz / 2)) {
    throw new RangeError(
      `createHighPass: got cutoff ${cutoffHz} Hz, expected above 0 and below ${sampleRateHz / 2} Hz`,
    );
  }
  const margin = Math.max(1, Math.round((marginMs * sampleRateHz) / 1000));
  const kernel = new Float64Array(2 * margin + 1);
  let sum = 0;
  for (let k = -margin; k <= margin; k++) {
    const angle = (2 * Math.PI * cutoffHz * k) / sampleRateHz;
    const sinc = k === 0 ? 1 : Math.sin(angle) / angle;
    kernel[k + margin] = sinc * 0.5 * (1 + Math.cos((Math.PI * k) / (margin + 1)));
    sum += kernel[k + margin];
  }
  for (let k = 0; k < kernel.length; k++) kernel[k] /= -sum;
  kernel[margin] += 1;
  const sides = kernel.slice(margin);
  return {
    margin,
    filter(signal, channels = 1) {
      const filtered = new Float64Array(Math.max(0, signal.length - 2 * margin * channels));
      for (let at = 0; at < filtered.length; at += channels) {
        filterRow(filtered.subarray(at, at + channels), sides, signal, at + margin * channels);
      }
      return filtered;
    },
  };
}

/**
 * One sample of all channels. Four samples on either side at a time, since sums are then loaded and stored once: twice as fast.
 *
 * @param row (channels,)
 * @param sides (margin + 1,) the kernel, which is its own mirror image, from its middle
 * @param centre where the channels of the sample begin in the signal
 */
function filterRow(row: Float64Array, sides: Float64Array, signal: Float64Array, centre: number): void {
  const channels = row.length;
  for (let c = 0; c < channels; c++) row[c] = sides[0] * signal[centre + c];
  let k = 1;
  for (; k + 3 < sides.length; k += 4) {
    const [f0, f1, f2, f3] = [sides[k], sides[k + 1], sides[k + 2], sides[k + 3]];
    const [b0, a0] = [centre - k * channels, centre + k * channels];
    const [b1, a1] = [b0 - channels, a0 + channels];
    const [b2, a2] = [b1 - channels, a1 + channels];
    const [b3, a3] = [b2 - channels, a2 + channels];
    for (let c = 0; c < channels; c++) {
      row[c] +=
        f0 * (signal[b0 + c] + signal[a0 + c]) +
        f1 * (signal[b1 + c] + signal[a1 + c]) +
        f2 * (signal[b2 + c] + signal[a2 + c]) +
        f3 * (signal[b3 + c] + signal[a3 + c]);
    }
  }
  for (; k < sides.length; k++) {
    const [before, after] = [centre - k * channels, centre + k * channels];
    for (let c = 0; c < channels; c++) row[c] += sides[k] * (signal[before + c] + signal[after + c]);
  }
}
