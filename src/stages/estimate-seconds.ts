/** How long a run will take, from what dominates it. */
import type { Dataset, Waveforms } from '../core/dataset.ts';
import { motionRoundCount } from '../core/motion/motion-feature-sets.ts';
import type { Settings } from '../core/settings.ts';

/** Multiply-adds of one thread in a second, as `bench/` finds them on a laptop core of 2023. */
const PRODUCTS_PER_SECOND = 1.5e10;
/** Rounds of motion estimation after which a run usually ends. */
const USUAL_ROUNDS = 3;
const SECONDS_PER_UNIT = 4e-4;
const SECONDS_PER_SPIKE = 3e-8;
const BYTES_PER_SECOND = 4e8;
/** Full (units, units) float64 matrices that are written. */
const MATRICES_WRITTEN = 10;
/** Channels that matter to an interpolated one. */
const KRIGING_CHANNELS = 100;

/** Seconds, to within a factor of about two. @param pairShare share of all pairs that is compared */
export function estimateSeconds(
  dataset: Pick<Dataset, 'units'> & { readonly waveforms: Pick<Waveforms, 'channels' | 'samples'> },
  settings: Settings,
  spikes: number,
  threads: number,
  pairShare = 1,
): number {
  const { units } = dataset;
  const { channels, samples } = dataset.waveforms;
  const { n_nearest_channels, n_templates } = settings.waveformCorrection;
  const corrections = 1 + Math.min(USUAL_ROUNDS, motionRoundCount(settings));
  const similarity = pairShare * units * units * n_nearest_channels * samples;
  const kriging = units * channels * Math.min(channels, KRIGING_CHANNELS) * samples;
  const products = corrections * n_templates * (similarity + kriging);
  const perUnit = units * SECONDS_PER_UNIT + spikes * SECONDS_PER_SPIKE;
  const bytes =
    4 * units * channels * samples * (1 + n_templates) +
    8 * spikes +
    8 * MATRICES_WRITTEN * pairShare * units ** 2;
  return (products / PRODUCTS_PER_SECOND + perUnit) / threads + bytes / BYTES_PER_SECOND;
}
