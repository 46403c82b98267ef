/** The published entry to waveform similarity: plain arrays in, matrix out. */
import type { Probe } from '../dataset.ts';
import { createPlainKernels } from '../kernels/plain.ts';
import { type NdArray, ndarray } from '../ndarray.ts';
import { resolveSettings, type UserSettings } from '../settings.ts';
import { nearestChannelsOnShank, waveformSimilarity } from './waveform-similarity.ts';

/**
 * Computes waveform similarity using channel neighbourhoods.
 *
 * @param userSettings `waveformCorrection.n_nearest_channels` is used
 * @param waveforms (units, channels, samples), or (units, channels, samples, templates): the largest similarity over
 *   templates then counts
 * @param channelLocations (channels, 2) x, y in µm
 * @param channelShanks (channels,) shank id of each channel; without it all channels share one shank
 * @returns (units, units) Fisher z, symmetric, diagonal 6
 * @throws InputError when a shank has fewer channels than `n_nearest_channels`; RangeError when shapes disagree
 */
export async function computeWaveformSimilarityMatrix(
  userSettings: UserSettings,
  waveforms: NdArray<ArrayLike<number>>,
  channelLocations: NdArray<ArrayLike<number>>,
  channelShanks?: ArrayLike<number>,
): Promise<NdArray> {
  const { settings } = resolveSettings(userSettings, { hasPeth: false, fromFile: true });
  const [units, channels, samples, templateCount = 1] = waveforms.shape;
  const lengths = [waveforms.shape.length === 4 ? 4 : 3, channels, 2];
  const found = [waveforms.shape.length, channelLocations.shape[0], channelLocations.shape[1]];
  if (found.some((value, i) => value !== lengths[i]) || (channelShanks?.length ?? channels) !== channels) {
    throw new RangeError(
      `computeWaveformSimilarityMatrix: got waveforms (${waveforms.shape.join(', ')}), channelLocations ` +
        `(${channelLocations.shape.join(', ')}) and ${channelShanks?.length ?? 'no'} shank ids; expected ` +
        '(units, channels, samples[, templates]), (channels, 2) and one id per channel',
    );
  }
  const probe: Probe = {
    channels,
    locations: Float64Array.from(channelLocations.data),
    shanks: channelShanks ? Int32Array.from(channelShanks) : new Int32Array(channels).fill(1),
    hasShanks: channelShanks !== undefined,
  };
  const size = units * channels * samples;
  const templates = Array.from({ length: templateCount }, (_, r) =>
    Float32Array.from({ length: size }, (_, i) => waveforms.data[i * templateCount + r]),
  );
  const neighbours = nearestChannelsOnShank(probe, settings.waveformCorrection.n_nearest_channels);
  const similarity = await waveformSimilarity(
    { units, channels, samples, templates, interpolated: true },
    neighbours,
    { kernels: createPlainKernels() },
  );
  return ndarray(similarity, [units, units]);
}
