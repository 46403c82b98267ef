/** Units tables of Neurodata Without Borders files (https://nwb-schema.readthedocs.io, Units). */
import { InputError } from '../../core/errors.ts';
import type { Hdf5File } from '../hdf5.ts';
import type { SessionSites, SortedSession, SortedUnit, WaveformOptions } from './sorted-session.ts';
import { fingerprintOf } from './spike-groups.ts';

const UNITS = 'units';
const ELECTRODES = 'general/extracellular_ephys/electrodes';
/** Columns of positions along and across the probe, best first. */
const POSITIONS = [
  ['rel_x', 'rel_y'],
  ['probe_horizontal_position', 'probe_vertical_position'],
];
const LABELS = ['group', 'quality', 'KSLabel', 'ks_label', 'label'];
/** Waveforms of a larger peak-to-trough are not in volts, V: 0.1 V is a thousand times what neurons give. */
const LARGEST_VOLTS = 0.1;

/**
 * Opens the units of a file.
 * @throws InputError when there are none, or what is needed is missing
 */
export function openNwb(file: Hdf5File): SortedSession {
  const columns = file.keys(UNITS);
  if (!columns) throw wrong(file, UNITS, 'nothing', 'a units table');
  const trains = raggedRows(file, `${UNITS}/spike_times`);
  const count = trains.length;
  const ids = numbers(file, `${UNITS}/id`) ?? Float64Array.from({ length: count }, (_, u) => u);
  const texts = columns
    .map((name) => [name, file.texts(`${UNITS}/${name}`)] as const)
    .flatMap(([name, column]) => (column?.length === count ? [{ name, column }] : []));
  const values = columns
    .filter((name) => !['id', 'spike_times_index', 'electrodes_index'].includes(name))
    .map((name) => [name, file.numbers(`${UNITS}/${name}`)] as const)
    .flatMap(([name, array]) => (array?.shape.join() === `${count}` ? [{ name, column: array.data }] : []));
  const units = trains.map((train, u): SortedUnit => {
    const properties = new Map<string, string>();
    for (const { name, column } of texts) properties.set(name, column[u]);
    for (const { name, column } of values) properties.set(name, String(column[u]));
    return {
      id: String(ids[u]),
      label: LABELS.map((name) => properties.get(name)).find((value) => value !== undefined && value !== ''),
      spikes: train.length,
      properties,
    };
  });
  const waveforms = readWaveforms(file, count);
  const sites = readSites(file);
  const date = /^\d{4}-\d{2}-\d{2}/.exec(file.texts('session_start_time')?.[0] ?? '')?.[0];
  return {
    format: 'NWB',
    name: file.name,
    date,
    sites,
    units,
    warnings: [],
    fingerprint: fingerprintOf(
      (numbers(file, `${UNITS}/spike_times`) ?? new Float64Array(0)).map((seconds) => seconds * 30_000),
      ownersOf(trains),
    ),
    spikeTimes: async (unit) => Float64Array.from(trains[unit], (seconds) => 1000 * seconds).sort(),
    async waveforms(chosen, options) {
      const { samples } = waveforms;
      const size = sites.count * samples;
      const data = new Float32Array(chosen.length * size);
      const missing = new Map<number, string>();
      const factor = voltsTo(file, waveforms, options);
      chosen.forEach((u, i) => {
        const rows = waveforms.of(u, sites.count);
        if (rows.length === 0) missing.set(i, 'no waveform_mean');
        for (const { site, row } of rows) {
          for (let t = 0; t < samples; t++) data[i * size + site * samples + t] = factor * row(t);
        }
      });
      return {
        source: 'mean',
        description: `waveform_mean, ${samples} samples`,
        sampleRateHz: rateOf(file, options),
        samples,
        data,
        missing,
      };
    },
    close: () => file.close(),
  };
}

function numbers(file: Hdf5File, path: string): Float64Array | undefined {
  const found = file.numbers(path);
  return found && Float64Array.from(found.data as ArrayLike<number | bigint>, Number);
}

/** The unit of every spike. */
function ownersOf(trains: readonly Float64Array[]): Int32Array {
  const owners = new Int32Array(trains.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  trains.forEach((train, unit) => {
    owners.fill(unit, at, at + train.length);
    at += train.length;
  });
  return owners;
}

/** A column whose cells are vectors: all values, and where the values of each row end. */
function raggedRows(file: Hdf5File, path: string): Float64Array[] {
  const data = numbers(file, path);
  const ends = numbers(file, `${path}_index`);
  if (!data || !ends) {
    throw wrong(file, data ? `${path}_index` : path, 'nothing', 'the values of every unit');
  }
  return Array.from(ends, (end, u) => {
    const start = u === 0 ? 0 : ends[u - 1];
    if (end >= start && end <= data.length) return data.subarray(start, end);
    throw wrong(file, `${path}_index`, `${end} for unit ${u}`, `ascending numbers up to ${data.length}`);
  });
}

function readSites(file: Hdf5File): SessionSites {
  for (const [across, along] of POSITIONS) {
    const x = numbers(file, `${ELECTRODES}/${across}`);
    const y = numbers(file, `${ELECTRODES}/${along}`);
    if (!x || !y || x.length !== y.length || !x.every(Number.isFinite) || !y.every(Number.isFinite)) continue;
    const groups = file.texts(`${ELECTRODES}/group_name`) ?? [];
    const names = [...new Set(groups)].sort();
    return {
      count: x.length,
      locations: Float64Array.from({ length: 2 * x.length }, (_, i) => (i % 2 ? y : x)[i >> 1]),
      shanks: names.length > 1 ? Int32Array.from(groups, (name) => names.indexOf(name) + 1) : undefined,
    };
  }
  throw wrong(
    file,
    ELECTRODES,
    `the columns ${file.keys(ELECTRODES)?.join(', ') ?? '(none)'}`,
    'positions on the probe: rel_x and rel_y, µm',
  );
}

interface NwbWaveforms {
  readonly samples: number;
  /** All values, to look at their size. */
  readonly data: ArrayLike<number>;
  /** The channels of a unit, each by its place among the electrodes. */
  of(unit: number, sites: number): { readonly site: number; row(t: number): number }[];
}

/** `waveform_mean` as (units, samples, channels), or as ragged rows, one for each channel of a unit. */
function readWaveforms(file: Hdf5File, units: number): NwbWaveforms {
  const path = `${UNITS}/waveform_mean`;
  const array = file.numbers(path);
  if (!array) throw wrong(file, path, 'nothing', 'the mean waveform of every unit');
  const data = array.data as Float32Array | Float64Array;
  const electrodes = file.numbers(`${UNITS}/electrodes_index`)
    ? raggedRows(file, `${UNITS}/electrodes`)
    : undefined;
  const sitesOf = (unit: number, channels: number, sites: number): ArrayLike<number> => {
    const own = electrodes?.[unit];
    if (own?.length === channels) return own;
    if (channels === sites) return Array.from({ length: sites }, (_, c) => c);
    throw wrong(
      file,
      `${UNITS}/electrodes, unit ${unit}`,
      `${own?.length ?? 'no'} electrodes`,
      `${channels}, as waveform_mean has channels`,
    );
  };
  const ends = numbers(file, `${path}_index`);
  if (array.shape.length === 2 && ends) {
    const [, samples] = array.shape;
    return {
      samples,
      data,
      of(unit, sites) {
        const start = unit === 0 ? 0 : ends[unit - 1];
        const count = ends[unit] - start;
        if (count === 0) return [];
        return Array.from(sitesOf(unit, count, sites), (site, c) => ({
          site,
          row: (t) => data[(start + c) * samples + t],
        }));
      },
    };
  }
  const [rows, samples, channels] = array.shape;
  if (array.shape.length !== 3 || rows !== units) {
    throw wrong(
      file,
      path,
      `an array of shape (${array.shape.join(', ')})${array.shape.length === 2 ? ': one channel for each unit' : ''}`,
      `(${units}, samples, channels): units cannot be compared by one channel`,
    );
  }
  return {
    samples,
    data,
    of: (unit, sites) =>
      Array.from(sitesOf(unit, channels, sites), (site, c) => ({
        site,
        row: (t) => data[(unit * samples + t) * channels + c],
      })),
  };
}

/** µV in a unit of the file; NWB says that waveforms are in volts. */
function voltsTo(file: Hdf5File, { data }: NwbWaveforms, { gain }: WaveformOptions): number {
  if (gain !== undefined) return gain;
  const unit = String(file.attribute(`${UNITS}/waveform_mean`, 'unit') ?? 'volts').toLowerCase();
  if (/^(µv|uv|microvolts?)$/.test(unit)) return 1;
  let most = 0;
  for (let i = 0; i < data.length; i++) if (Math.abs(data[i]) > most) most = Math.abs(data[i]);
  if (most <= LARGEST_VOLTS) return 1e6;
  throw new InputError({
    where: `${file.name}, ${UNITS}/waveform_mean`,
    found: `values up to ${most.toPrecision(3)} that are said to be in ${unit}`,
    expected: `volts, at most ${LARGEST_VOLTS}`,
    remedy: 'Say how many µV a value of 1 is: --gain 1 when they are µV.',
  });
}

function rateOf(file: Hdf5File, { sampleRateHz }: WaveformOptions): number {
  if (sampleRateHz !== undefined) return sampleRateHz;
  const rate = Number(file.attribute(`${UNITS}/waveform_mean`, 'sampling_rate') ?? Number.NaN);
  if (rate > 0) return rate;
  const resolution = Number(file.attribute(`${UNITS}/spike_times`, 'resolution') ?? Number.NaN);
  if (resolution > 0) return 1 / resolution;
  throw new InputError({
    where: `${file.name}, ${UNITS}/waveform_mean`,
    found: 'no sampling_rate',
    expected: 'the sampling rate of the waveforms',
    remedy: 'Give it: --sample-rate 30000.',
  });
}

function wrong(file: Hdf5File, path: string, found: string, expected: string): InputError {
  return new InputError({
    where: `${file.name}, ${path}`,
    found,
    expected,
    remedy: 'Write the file with these columns; docs/import.md says what is read.',
  });
}
