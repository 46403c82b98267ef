/** Mean waveforms that another program left in the folder of the sorter. */
import { InputError } from '../../core/errors.ts';
import { sizeOf } from '../../core/ndarray.ts';
import { type Store, subStore } from '../byte-source.ts';
import { openNpy, readNpyFileAs } from '../npy.ts';

/** Waveforms by cluster id; on the channels of the raw file or on the sorted ones. */
export interface MeanWaveformFiles {
  readonly description: string;
  /** True when values are bits, or nobody knows: a gain is needed. False for µV. */
  readonly needsGain: boolean;
  readonly samples: number;
  /** The waveform of a cluster; undefined when there is none. */
  read(cluster: number): Promise<MeanWaveform | undefined>;
}

export interface MeanWaveform {
  /** (channels, samples) */
  readonly waveform: Float32Array;
  /** (2, channels, samples) over either half of the session, where they are known. */
  readonly halves?: Float32Array;
}

interface Sorted {
  readonly folder: Store;
  /** Sorted channels. */
  readonly channels: number;
  /** (channels,) where each stands in the raw file. */
  readonly channelMap: Int32Array;
  /** All cluster ids, ascending. */
  readonly clusters: readonly number[];
}

const MEAN_WAVEFORMS = 'mean_waveforms.npy';
const RAW_WAVEFORMS = 'RawWaveforms';

/**
 * Finds `mean_waveforms.npy` (C_Waves, ecephys_spike_sorting: clusters × channels × samples, µV), else
 * `RawWaveforms/Unit<id>_RawSpikes.npy` (Bombcell, UnitMatch: samples × channels × 2, the means over either half of the
 * session), here or in a folder `qMetrics` or `bombcell`.
 *
 * @returns undefined when there is neither
 * @throws InputError when shapes do not fit the sorting
 */
export async function findMeanWaveforms(sorted: Sorted): Promise<MeanWaveformFiles | undefined> {
  const { folder } = sorted;
  if (await folder.open(MEAN_WAVEFORMS)) return meanWaveformsFile(sorted);
  for (const place of ['', 'qMetrics', 'bombcell']) {
    const inside = place === '' ? folder : subStore(folder, place);
    const files = (await inside.list(RAW_WAVEFORMS)).filter((name) => /^Unit\d+_RawSpikes\.npy$/.test(name));
    if (files.length > 0) return rawWaveformsFolder(sorted, subStore(inside, RAW_WAVEFORMS), files);
  }
  return undefined;
}

async function meanWaveformsFile(sorted: Sorted): Promise<MeanWaveformFiles> {
  const source = await sorted.folder.open(MEAN_WAVEFORMS);
  const { data, shape } = await readNpyFileAs(await openNpy(source as NonNullable<typeof source>), 'float32');
  const name = source?.name ?? MEAN_WAVEFORMS;
  const { clusters } = sorted;
  const [rows, channels, samples] = shape;
  if (shape.length !== 3 || sizeOf(shape) === 0) {
    throw new InputError({
      where: name,
      found: `an array of shape (${shape.join(', ')})`,
      expected: '(clusters, channels, samples)',
      remedy: 'Make it again with C_Waves or ecephys_spike_sorting, or choose --waveforms raw or templates.',
    });
  }
  const highest = clusters.at(-1) ?? -1;
  const byId = rows === highest + 1;
  if (!byId && rows !== clusters.length) {
    throw new InputError({
      where: name,
      found: `${rows} rows`,
      expected: `${highest + 1}, one for each id up to ${highest}, or ${clusters.length}, one for each cluster that has spikes`,
      remedy:
        'The file is older than the curation: make it again, or choose --waveforms raw or --waveforms templates.',
    });
  }
  const row = new Map(clusters.map((id, i) => [id, byId ? id : i]));
  const pick = channelPicker(sorted, channels, name);
  return {
    description: `${MEAN_WAVEFORMS}, ${rows} clusters`,
    needsGain: false,
    samples,
    async read(cluster) {
      const r = row.get(cluster);
      if (r === undefined) return undefined;
      const from = r * channels * samples;
      const waveform = new Float32Array(pick.length * samples);
      pick.forEach((c, i) => {
        waveform.set(data.subarray(from + c * samples, from + (c + 1) * samples), i * samples);
      });
      return waveform.every((value) => value === 0) ? undefined : { waveform };
    },
  };
}

async function rawWaveformsFolder(
  sorted: Sorted,
  folder: Store,
  files: readonly string[],
): Promise<MeanWaveformFiles> {
  const present = new Set(files);
  /** (samples, channels, halves), whichever way the first two axes stand in the file. */
  const load = async (file: string) => {
    const source = await folder.open(file);
    const { data, shape } = await readNpyFileAs(
      await openNpy(source as NonNullable<typeof source>),
      'float64',
    );
    const name = source?.name ?? file;
    const [a, b, halves = 1] = shape;
    const fits = (n: number) => n === sorted.channels || n > Math.max(...sorted.channelMap);
    if (shape.length < 2 || shape.length > 3 || sizeOf(shape) === 0 || (!fits(a) && !fits(b))) {
      throw new InputError({
        where: name,
        found: `an array of shape (${shape.join(', ')})`,
        expected: `(samples, channels, 2) with ${sorted.channels} channels`,
        remedy: 'Make the raw waveforms again for this sorting, or choose --waveforms raw or templates.',
      });
    }
    // Both could be channels: samples come first.
    const samplesFirst = fits(b);
    const [samples, channels] = samplesFirst ? [a, b] : [b, a];
    const strides = samplesFirst ? [b * halves, halves] : [halves, b * halves];
    const pick = channelPicker(sorted, channels, name);
    const size = pick.length * samples;
    const waveform = new Float32Array(size);
    const recorded = Array.from({ length: halves }, (_, h) => h).filter((h) => finite(data, halves, h));
    const both = halves === 2 && recorded.length > 0 ? new Float32Array(2 * size) : undefined;
    pick.forEach((c, i) => {
      for (let t = 0; t < samples; t++) {
        const at = t * strides[0] + c * strides[1];
        let sum = 0;
        for (const h of recorded) sum += data[at + h];
        waveform[i * samples + t] = sum / recorded.length;
        if (!both) continue;
        // Without spikes in one half the other stands for both.
        both[i * samples + t] = data[at + recorded[0]];
        both[size + i * samples + t] = data[at + (recorded[1] ?? recorded[0])];
      }
    });
    return { samples, found: recorded.length === 0 ? undefined : { waveform, halves: both } };
  };
  const { samples } = await load(files[0]);
  return {
    description: `${RAW_WAVEFORMS}/, ${files.length} units, both halves`,
    needsGain: true,
    samples,
    async read(cluster) {
      const file = `Unit${cluster}_RawSpikes.npy`;
      if (!present.has(file)) return undefined;
      const { found, samples: length } = await load(file);
      if (length === samples) return found;
      throw new InputError({
        where: `${folder.name}/${file}`,
        found: `${length} samples`,
        expected: `${samples}, as ${files[0]} has`,
        remedy: 'Make the raw waveforms of all units again in one go.',
      });
    },
  };
}

/** A half without spikes is NaN throughout. */
function finite(data: Float64Array, halves: number, half: number): boolean {
  for (let i = half; i < data.length; i += halves) if (!Number.isFinite(data[i])) return false;
  return true;
}

/** Where the sorted channels stand in a file that has all channels of the recording in its order, or the sorted ones alone. */
function channelPicker({ channels, channelMap }: Sorted, found: number, where: string): Int32Array {
  if (channelMap.every((c) => c < found)) return channelMap;
  if (found === channels) return Int32Array.from({ length: channels }, (_, c) => c);
  throw new InputError({
    where,
    found: `${found} channels`,
    expected: `${channels}, as were sorted, or all channels of the recording`,
    remedy: 'The file belongs to another sorting: make it again, or choose --waveforms raw or templates.',
  });
}
