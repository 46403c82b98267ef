/** Pearson's r of two waveforms in float64 throughout. */
import { momentOf, type WaveformMoments } from './waveform-moments-task.ts';
import { meanAndNorm } from './waveform-norm.ts';

export interface ExactCorrelationInput {
  readonly waveforms: Float32Array;
  readonly channels: number;
  readonly samples: number;
  readonly peakChannels: Int32Array;
  readonly neighbours: Int32Array;
  readonly neighbourCount: number;
  readonly moments: WaveformMoments;
}

/** r of units i and j on the neighbourhood of the peak channel of i; 0 where either is constant there. */
export function exactCorrelation(input: ExactCorrelationInput, i: number, j: number): number {
  const { waveforms, channels, samples, peakChannels, neighbours, neighbourCount, moments } = input;
  const near = neighbours.subarray(peakChannels[i] * neighbourCount, (peakChannels[i] + 1) * neighbourCount);
  const a = meanAndNorm(moments, i, near, channels, samples);
  const b = meanAndNorm(moments, j, near, channels, samples);
  if (a.norm === 0 || b.norm === 0) return 0;
  let covariance = 0;
  let between = 0;
  for (const channel of near) {
    const meanA = moments.means[momentOf(i, channel, channels)];
    const meanB = moments.means[momentOf(j, channel, channels)];
    const startA = (i * channels + channel) * samples;
    const startB = (j * channels + channel) * samples;
    for (let t = 0; t < samples; t++) {
      covariance += (waveforms[startA + t] - meanA) * (waveforms[startB + t] - meanB);
    }
    between += (meanA - a.mean) * (meanB - b.mean);
  }
  return (covariance + samples * between) / (a.norm * b.norm);
}
