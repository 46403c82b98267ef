/** How alike the waveforms of two units are, around the peak of either. */
import type { RunContext } from '../context.ts';
import type { Probe, Waveforms } from '../dataset.ts';
import { InputError } from '../errors.ts';
import type { Job } from '../kernels/kernels.ts';
import type { CorrectedWaveforms } from '../result.ts';

/**
 * The `count` nearest channels of every channel on its own shank, itself first (Euclidean distance, ties to the lower
 * index): (channels, count).
 *
 * @throws InputError when a shank has fewer channels than `count`
 */
export function nearestChannelsOnShank(probe: Probe, count: number): Int32Array {
  const { channels, locations, shanks } = probe;
  const sizes = new Map<number, number>();
  for (const shank of shanks) sizes.set(shank, (sizes.get(shank) ?? 0) + 1);
  for (const [shank, size] of sizes) {
    if (size < count) {
      throw new InputError({
        where: probe.hasShanks ? `channel_shanks.npy, shank ${shank}` : 'channel_locations.npy',
        found: `${size} channels`,
        expected: `at least waveformCorrection.n_nearest_channels = ${count}`,
        remedy: `Set waveformCorrection.n_nearest_channels to ${size} or less.`,
      });
    }
  }
  const nearest = new Int32Array(channels * count);
  const distance = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const candidates: number[] = [];
    for (let other = 0; other < channels; other++) {
      if (shanks[other] !== shanks[c]) continue;
      const dx = locations[2 * other] - locations[2 * c];
      const dy = locations[2 * other + 1] - locations[2 * c + 1];
      distance[other] = dx * dx + dy * dy;
      candidates.push(other);
    }
    candidates.sort((a, b) => distance[a] - distance[b] || a - b);
    nearest.set(candidates.slice(0, count), c * count);
  }
  return nearest;
}

/** First channel with the largest peak-to-trough of every unit. Waveforms are (units, channels, samples). */
export function findPeakChannels(
  waveforms: Float32Array,
  units: number,
  channels: number,
  samples: number,
): Int32Array {
  const peaks = new Int32Array(units);
  for (let u = 0; u < units; u++) {
    let best = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < channels; c++) {
      const start = (u * channels + c) * samples;
      let min = waveforms[start];
      let max = min;
      for (let t = 1; t < samples; t++) {
        const value = waveforms[start + t];
        if (value < min) min = value;
        else if (value > max) max = value;
      }
      if (max - min > best) {
        best = max - min;
        peaks[u] = c;
      }
    }
  }
  return peaks;
}

/**
 * Waveform similarity of all pairs of units: Fisher z of Pearson's r over the channels nearest the peak channel of either,
 * the larger of the two, the largest over templates.
 *
 * @param corrected waveforms of one or several templates
 * @param neighbours (channels, n) of `nearestChannelsOnShank`
 * @returns (units, units), symmetric, diagonal 6
 */
export async function waveformSimilarity(
  corrected: CorrectedWaveforms,
  neighbours: Int32Array,
  context: RunContext,
  progress?: Job['progress'],
): Promise<Float64Array> {
  const { units, channels, samples } = corrected;
  const templates = [...new Set(corrected.templates)];
  const out = context.kernels.float64(units * units, false).fill(Number.NEGATIVE_INFINITY);
  for (const [t, waveforms] of templates.entries()) {
    await context.kernels.correlateWaveforms(
      {
        waveforms,
        units,
        channels,
        samples,
        neighbours,
        neighbourCount: neighbours.length / channels,
      },
      out,
      {
        signal: context.signal,
        progress: (done, total) => progress?.(t * total + done, templates.length * total),
      },
    );
  }
  return out;
}

/** Waveforms as they came, as the single template that the rounds before any motion use. */
export function uncorrected(waveforms: Waveforms): CorrectedWaveforms {
  const { units, channels, samples, data } = waveforms;
  return { units, channels, samples, templates: [data], interpolated: false };
}
