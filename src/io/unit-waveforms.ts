/** Waveforms of a few units on a few channels, read by position from a file that is too large to be read whole. */
import { sizeOf } from '../core/ndarray.ts';
import { concurrently } from './concurrently.ts';
import { type NpyFile, readNpyRowsAs } from './npy.ts';
import { decodeNumbers } from './npy-elements.ts';

/**
 * @param file (units, channels, samples), or with templates as a fourth axis, of which the first is read; C or Fortran order
 * @param units rows that are there
 * @returns (units, channels, samples) µV
 * @throws InputError when the file cannot be read
 */
export async function readUnitWaveforms(
  file: NpyFile,
  units: readonly number[],
  channels: ArrayLike<number>,
): Promise<Float32Array> {
  const [, , samples, templates = 1] = file.shape;
  const out = new Float32Array(units.length * channels.length * samples);
  if (file.fortranOrder && sizeOf(file.shape.slice(1)) > 1) {
    await readColumns(file, units, channels, out);
    return out;
  }
  await concurrently(units.length, async (i) => {
    const { data } = await readNpyRowsAs(file, units[i], units[i] + 1, 'float32');
    for (let c = 0; c < channels.length; c++) {
      const target = (i * channels.length + c) * samples;
      const origin = channels[c] * samples;
      for (let t = 0; t < samples; t++) out[target + t] = data[(origin + t) * templates];
    }
  });
  return out;
}

/**
 * The channel on which the waveform of a unit is largest in this file: where waveforms are corrected, another one than where it
 * was found.
 * @param file as for `readUnitWaveforms`
 * @throws InputError when the file cannot be read
 */
export async function largestChannel(file: NpyFile, unit: number): Promise<number> {
  const [, channelCount, samples] = file.shape;
  const all = Array.from({ length: channelCount }, (_, c) => c);
  const values = await readUnitWaveforms(file, [unit], all);
  let [largest, most] = [0, Number.NEGATIVE_INFINITY];
  for (const channel of all) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let t = channel * samples; t < (channel + 1) * samples; t++) {
      low = Math.min(low, values[t]);
      high = Math.max(high, values[t]);
    }
    if (high - low > most) [largest, most] = [channel, high - low];
  }
  return largest;
}

/** MATLAB writes the units side by side: all units of one channel and sample stand together. */
async function readColumns(
  file: NpyFile,
  units: readonly number[],
  channels: ArrayLike<number>,
  out: Float32Array,
): Promise<void> {
  const [unitCount, channelCount, samples] = file.shape;
  const first = units.reduce((least, unit) => Math.min(least, unit), unitCount);
  const count = units.reduce((most, unit) => Math.max(most, unit), 0) - first + 1;
  for (let c = 0; c < channels.length; c++) {
    await concurrently(samples, async (t) => {
      const at = (channels[c] + channelCount * t) * unitCount + first;
      const bytes = await file.source.read(file.dataOffset + at * file.itemSize, count * file.itemSize);
      const values = decodeNumbers(bytes, file);
      for (const [i, unit] of units.entries()) {
        out[(i * channels.length + c) * samples + t] = Number(values[unit - first]);
      }
    });
  }
}

/**
 * Channels nearest to one of them, itself first, on its shank.
 * @param locations (channels, 2) µm; without it, those of the nearest numbers
 */
export function channelsAround(
  channel: number,
  count: number,
  channelCount: number,
  probe?: { readonly locations: Float64Array; readonly shanks: Int32Array },
): Int32Array {
  const distance = (c: number): number => {
    if (!probe) return Math.abs(c - channel);
    const { locations, shanks } = probe;
    if (shanks[c] !== shanks[channel]) return Number.POSITIVE_INFINITY;
    return Math.hypot(
      locations[2 * c] - locations[2 * channel],
      locations[2 * c + 1] - locations[2 * channel + 1],
    );
  };
  return Int32Array.from(
    Array.from({ length: channelCount }, (_, c) => ({ c, d: distance(c) }))
      .filter(({ d }) => d < Number.POSITIVE_INFINITY)
      .sort((a, b) => a.d - b.d || a.c - b.c)
      .slice(0, count),
    ({ c }) => c,
  );
}
