/** What all sites of a probe see at the same time, such as mains hum and movement, is no spike. */

/**
 * Subtracts the median over the channels from every sample, in place. A mean over spikes holds the mean of what was common to all channels,
 * so it can be taken out of the mean alone; a spike itself stands on too few channels of a large probe to move their median.
 *
 * @param waveforms (units, channels, samples)
 */
export function subtractMedian(waveforms: Float32Array, channels: number, samples: number): void {
  const size = channels * samples;
  const values = new Float32Array(channels);
  for (let start = 0; start < waveforms.length; start += size) {
    for (let t = 0; t < samples; t++) {
      for (let c = 0; c < channels; c++) values[c] = waveforms[start + c * samples + t];
      values.sort();
      const median = 0.5 * (values[(channels - 1) >> 1] + values[channels >> 1]);
      for (let c = 0; c < channels; c++) waveforms[start + c * samples + t] -= median;
    }
  }
}
