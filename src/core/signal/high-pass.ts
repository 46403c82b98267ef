/** A linear-phase high-pass filter: spikes keep their time, and the filter commutes with averaging. */

export interface HighPass {
  /** Samples on either side of one that its filtered value depends on. */
  readonly margin: number;
  /**
   * Filters one channel; only samples with the whole margin around them are given back.
   * @param signal (n,)
   * @returns (n - 2·margin,)
   */
  filter(signal: ArrayLike<number>): Float64Array;
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
  return {
    margin,
    filter(signal) {
      const filtered = new Float64Array(Math.max(0, signal.length - 2 * margin));
      for (let t = 0; t < filtered.length; t++) {
        let value = 0;
        for (let k = 0; k < kernel.length; k++) value += kernel[k] * signal[t + k];
        filtered[t] = value;
      }
      return filtered;
    },
  };
}
