/** Sessions of a simulated recording as SpikeInterface, NWB and MATLAB save them; the layouts are those of files that these wrote. */
import type { RecordingPlan } from '../../src/core/simulation/simulate.ts';
import type { Store } from '../../src/io/byte-source.ts';
import { Hdf5Writer } from '../../src/io/hdf5-writer.ts';
import { npyChunks } from '../../src/io/npy-writer.ts';

/** Sampling rate of a session, Hz, and its length, ms: spikes beyond it are left out. */
export interface SessionLength {
  readonly sampleRateHz: number;
  readonly durationMs: number;
}

interface SessionUnits {
  /** Units of the simulation. */
  readonly units: readonly number[];
  /** Samples of the spikes of each, in order. */
  readonly trains: readonly number[][];
}

function unitsOf(
  plan: RecordingPlan,
  session: number,
  { sampleRateHz, durationMs }: SessionLength,
): SessionUnits {
  const units = [...plan.sessions.keys()].filter((unit) => plan.sessions[unit] === session);
  const toSample = (ms: number) => Math.round((ms * sampleRateHz) / 1000);
  const trains = units.map((unit) =>
    Array.from(plan.simulateUnitSpikes(unit), toSample).filter((at) => at < toSample(durationMs)),
  );
  return { units, trains };
}

/** (units, samples, channels) µV. */
function waveformsOf({ probe, samples, simulateUnitWaveform }: RecordingPlan, units: readonly number[]) {
  const { channels } = probe;
  const data = new Float32Array(units.length * samples * channels);
  units.forEach((unit, u) => {
    const waveform = simulateUnitWaveform(unit);
    for (let c = 0; c < channels; c++)
      for (let t = 0; t < samples; t++) data[(u * samples + t) * channels + c] = waveform[c * samples + t];
  });
  return { data, shape: [units.length, samples, channels] };
}

const positionsOf = ({ probe }: RecordingPlan) =>
  Array.from({ length: probe.channels }, (_, c) => [probe.locations[2 * c], probe.locations[2 * c + 1]]);

/** Unit of the simulation by the id that it has in the files. */
export type UnitOfId = ReadonlyMap<string, number>;

/** A SortingAnalyzer, as `binary_folder` or as zarr (version 2, not compressed), with the extension `templates`. */
export async function writeAnalyzer(
  store: Store,
  plan: RecordingPlan,
  session: number,
  length: SessionLength,
  as: 'binary_folder' | 'zarr',
): Promise<UnitOfId> {
  const { units, trains } = unitsOf(plan, session, length);
  const ids = units.map((_, u) => `${3 * u + 1}`);
  const spikes = trains
    .flatMap((train, unit) => train.map((sample) => ({ sample, unit })))
    .sort((a, b) => a.sample - b.sample);
  const templates = waveformsOf(plan, units);
  const info = { version: '0.105.3', dev_mode: false, object: 'SortingAnalyzer' };
  const settings = { return_in_uV: true, peak_sign: 'both', peak_mode: 'extremum' };
  const attributes = {
    channel_ids: Array.from({ length: plan.probe.channels }, (_, c) => `${c}`),
    sampling_frequency: length.sampleRateHz,
    num_channels: plan.probe.channels,
    num_samples: [Math.round((length.durationMs * length.sampleRateHz) / 1000)],
    is_filtered: true,
    dtype: 'float32',
  };
  const positions = positionsOf(plan);
  const probegroup = {
    specification: 'probeinterface',
    version: '0.4.2',
    probes: [
      {
        ndim: 2,
        si_units: 'um',
        contact_positions: positions,
        device_channel_indices: positions.map((_, c) => c),
      },
    ],
  };
  const json = (name: string, value: unknown) =>
    store.write(name, new TextEncoder().encode(JSON.stringify(value)));
  if (as === 'binary_folder') {
    await json('spikeinterface_info.json', info);
    await json('settings.json', settings);
    await json('recording_info/recording_attributes.json', attributes);
    await json('recording_info/probegroup.json', probegroup);
    const { sampleRateHz } = length;
    await json('sorting/numpysorting_info.json', {
      sampling_frequency: sampleRateHz,
      unit_ids: ids,
      num_segments: 1,
    });
    await store.write('sorting/spikes.npy', spikeRecords(spikes));
    await store.write(
      'sorting/properties/quality.npy',
      npyChunks({ dtype: 'unicode', shape: [ids.length], data: ids.map(() => 'good') }),
    );
    await json('extensions/templates/params.json', { operators: ['average'], ms_before: 1, ms_after: 2 });
    await store.write('extensions/templates/average.npy', npyChunks({ dtype: 'float32', ...templates }));
    return new Map(ids.map((id, u) => [id, units[u]]));
  }
  const array = async (
    path: string,
    dtype: string,
    shape: readonly number[],
    { buffer }: ArrayBufferView,
  ) => {
    const layout = {
      chunks: shape,
      shape,
      dtype,
      compressor: null,
      filters: null,
      fill_value: null,
      order: 'C',
    };
    await json(`${path}/.zarray`, { ...layout, zarr_format: 2 });
    await store.write(`${path}/${shape.map(() => 0).join('.')}`, new Uint8Array(buffer as ArrayBuffer));
  };
  const whole = (values: readonly number[]) => BigInt64Array.from(values, BigInt);
  await json('.zgroup', { zarr_format: 2 });
  await json('.zattrs', { settings, spikeinterface_info: info });
  await json('recording_info/.zattrs', { recording_attributes: attributes, probegroup });
  await json('sorting/.zattrs', { num_segments: 1, sampling_frequency: length.sampleRateHz });
  await json('extensions/templates/.zattrs', {
    params: { operators: ['average'], ms_before: 1, ms_after: 2 },
  });
  await array('sorting/unit_ids', '<U3', [ids.length], utf32(ids, 3));
  await array(
    'sorting/spikes/sample_index',
    '<i8',
    [spikes.length],
    whole(spikes.map(({ sample }) => sample)),
  );
  await array('sorting/spikes/unit_index', '<i8', [spikes.length], whole(spikes.map(({ unit }) => unit)));
  await array('sorting/spikes/segment_slices', '<i8', [1, 2], whole([0, spikes.length]));
  await array(
    'sorting/properties/quality',
    '<U4',
    [ids.length],
    utf32(
      ids.map(() => 'good'),
      4,
    ),
  );
  await array('extensions/templates/average', '<f4', templates.shape, templates.data);
  return new Map(ids.map((id, u) => [id, units[u]]));
}

/** NumPy's array of records (sample_index, unit_index, segment_index) of int64. */
function spikeRecords(spikes: readonly { readonly sample: number; readonly unit: number }[]): Uint8Array {
  const fields = ['sample_index', 'unit_index', 'segment_index']
    .map((name) => `('${name}', '<i8')`)
    .join(', ');
  const header = `{'descr': [${fields}], 'fortran_order': False, 'shape': (${spikes.length},), }`.padEnd(181);
  const bytes = new Uint8Array(192 + 24 * spikes.length);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, 182, 0]);
  bytes.set(new TextEncoder().encode(`${header}\n`), 10);
  const view = new DataView(bytes.buffer, 192);
  spikes.forEach(({ sample, unit }, i) => {
    view.setBigInt64(24 * i, BigInt(sample), true);
    view.setBigInt64(24 * i + 8, BigInt(unit), true);
  });
  return bytes;
}

/** Texts of a fixed number of characters, each of 4 bytes. */
function utf32(texts: readonly string[], length: number): Uint32Array {
  return Uint32Array.from(texts.flatMap((text) => Array.from({ length }, (_, i) => text.charCodeAt(i) || 0)));
}

/** An NWB file: spike times in s, waveforms in V, (units, samples, channels) or one row for each channel. */
export async function writeNwb(
  store: Store,
  name: string,
  plan: RecordingPlan,
  session: number,
  length: SessionLength,
  ragged: boolean,
): Promise<UnitOfId> {
  const { units, trains } = unitsOf(plan, session, length);
  const { probe, samples } = plan;
  const file = await Hdf5Writer.create();
  const ELECTRODES = '/general/extracellular_ephys/electrodes';
  for (const group of ['/units', '/general', '/general/extracellular_ephys', ELECTRODES]) file.group(group);
  file.texts('/session_start_time', `2024-05-0${session}T10:00:00+00:00`);
  const count = units.length;
  file.numbers(
    '/units/id',
    [count],
    Int32Array.from(units, (_, u) => 3 * u + 1),
  );
  file.texts(
    '/units/quality',
    units.map(() => 'good'),
  );
  const ends = (of: (u: number) => number) => {
    let end = 0;
    return Int32Array.from(units, (_, u) => (end += of(u)));
  };
  const spikes = Float64Array.from(trains.flat(), (sample) => sample / length.sampleRateHz);
  file.numbers('/units/spike_times', [spikes.length], spikes);
  file.numbers(
    '/units/spike_times_index',
    [count],
    ends((u) => trains[u].length),
  );
  const volts = (values: Float32Array) => values.map((value) => 1e-6 * value);
  const MEAN = '/units/waveform_mean';
  if (ragged) {
    const rows = units.flatMap((unit) => [...plan.simulateUnitWaveform(unit)]);
    file.numbers(MEAN, [count * probe.channels, samples], volts(Float32Array.from(rows)));
    file.numbers(
      `${MEAN}_index`,
      [count],
      ends(() => probe.channels),
    );
  } else {
    const { data, shape } = waveformsOf(plan, units);
    file.numbers(MEAN, shape, volts(data));
  }
  file.attribute(MEAN, 'unit', 'volts');
  file.attribute(MEAN, 'sampling_rate', length.sampleRateHz);
  for (const [axis, column] of ['rel_x', 'rel_y'].entries()) {
    const positions = Float64Array.from(positionsOf(plan), (position) => position[axis]);
    file.numbers(`${ELECTRODES}/${column}`, [probe.channels], positions);
  }
  file.texts(
    `${ELECTRODES}/group_name`,
    positionsOf(plan).map(() => 'shank'),
  );
  await store.write(name, file.finish());
  return new Map(units.map((unit, u) => [`${3 * u + 1}`, unit]));
}

/** `spikeInfo.mat` of all sessions: a struct array with an element for each unit, as MATLAB saves it with -v7.3. */
export async function writeSpikeInfo(store: Store, name: string, plan: RecordingPlan): Promise<void> {
  const { probe, samples } = plan;
  const file = await Hdf5Writer.create();
  file.group('/#refs#');
  file.group('/spikeInfo');
  file.fixedAttribute('/spikeInfo', 'MATLAB_class', 'struct');
  const add = (field: string, of: (unit: number) => { shape: readonly number[]; data: Float64Array }) => {
    const targets = Array.from({ length: plan.units }, (_, unit) => {
      const target = `/#refs#/${field}${unit}`;
      const { shape, data } = of(unit);
      file.numbers(target, shape, data);
      file.fixedAttribute(target, 'MATLAB_class', 'double');
      return target;
    });
    file.references(`/spikeInfo/${field}`, [plan.units, 1], targets);
  };
  // MATLAB's columns come first: a row vector of n is (n, 1), a matrix (channels, samples) is (samples, channels).
  const row = (values: ArrayLike<number>) => ({ shape: [values.length, 1], data: Float64Array.from(values) });
  const positions = positionsOf(plan);
  add('SessionIndex', (unit) => row([plan.sessions[unit]]));
  add('SpikeTimes', (unit) => row(plan.simulateUnitSpikes(unit)));
  add('Waveform', (unit) => {
    const { data } = waveformsOf(plan, [unit]);
    return { shape: [samples, probe.channels], data: Float64Array.from(data) };
  });
  add('Xcoords', () => row(positions.map(([x]) => x)));
  add('Ycoords', () => row(positions.map(([, y]) => y)));
  add('Kcoords', () => row(positions.map(() => 1)));
  await store.write(name, file.finish());
}
