/** Aligns waveforms in time by the trough of the peak channel. */

/**
 * Shifts all channels of a unit so that the minimum of its peak channel (the first, if it is reached several times) falls on
 * sample `ceil(samples / 2) - 1`. The border that opens is filled with the channel's nearest sample.
 *
 * @param waveform (channels, samples) row-major
 * @param peakChannel index of the channel to align by
 * @param out (channels, samples) receives the result; not the same array as `waveform`
 */
export function centerWaveform(
  waveform: Float32Array | Float64Array,
  channels: number,
  samples: number,
  peakChannel: number,
  out: Float32Array | Float64Array,
): void {
  if (waveform.length !== channels * samples || out.length !== waveform.length) {
    throw new RangeError(
      `centerWaveform: got ${waveform.length} values and room for ${out.length}, expected ${channels} × ${samples} of both`,
    );
  }
  const peak = peakChannel * samples;
  let trough = 0;
  for (let t = 1; t < samples; t++) if (waveform[peak + t] < waveform[peak + trough]) trough = t;
  const shift = Math.ceil(samples / 2) - 1 - trough;
  for (let c = 0; c < channels; c++) {
    const row = c * samples;
    for (let t = 0; t < samples; t++) {
      out[row + t] = waveform[row + Math.min(Math.max(t - shift, 0), samples - 1)];
    }
  }
}
