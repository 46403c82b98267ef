/** Mean and norm of a unit's waveform on some channels, from the moments of each channel. */
import { momentOf, type WaveformMoments } from './waveform-moments-task.ts';

/**
 * Mean over all samples of the channels, and the norm of what differs from it: the root of
 * Σ_c squares[c] + samples·(mean[c] - mean)². Exactly 0 where the waveform is constant.
 */
export function meanAndNorm(
  { means, squares }: Pick<WaveformMoments, 'means' | 'squares'>,
  unit: number,
  near: Int32Array,
  channels: number,
  samples: number,
): { mean: number; norm: number } {
  let sum = 0;
  let total = 0;
  for (const channel of near) {
    const at = momentOf(unit, channel, channels);
    sum += means[at];
    total += squares[at];
  }
  const mean = sum / near.length;
  let between = 0;
  for (const channel of near) {
    const difference = means[momentOf(unit, channel, channels)] - mean;
    between += difference * difference;
  }
  return { mean, norm: Math.sqrt(total + samples * between) };
}
