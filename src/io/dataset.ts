/** Reading the input folder (docs/files.md), everything checked. */
import type { Dataset, Probe, StreamedDataset } from '../core/dataset.ts';
import { InputError } from '../core/errors.ts';
import { depthRange } from '../core/motion/motion.ts';
import { sizeOf } from '../core/ndarray.ts';
import { usedFeatures } from '../core/preprocess.ts';
import { probeDoubt } from '../core/probe-doubts.ts';
import type { Settings } from '../core/settings.ts';
import { pathIn, type Store } from './byte-source.ts';
import { firstNotFinite } from './not-finite.ts';
import { type NpyFile, openNpy, readNpyFileAs, readNpyRowsAs } from './npy.ts';
import { RECORDED_FILE, readRecorded } from './recorded-channels.ts';
import { checkSessions } from './sessions.ts';
import { requireSpikeFiles, SpikeReader } from './spike-times.ts';
import { notFinite, waveformFile, waveformNotFinite } from './waveform-file.ts';

export interface ReadDatasetOptions {
  /** Settings of the run: the files it needs must be there, every shank needs enough channels. */
  readonly settings?: Settings;
  /** Sessions there must be; default 2. */
  readonly leastSessions?: number;
  /** Makes the array of the waveforms; default `new Float32Array`. */
  readonly allocate?: (length: number) => Float32Array;
  /** Called with the number of waveform values read so far, and of all. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** What the headers of the files tell, before anything large is read. */
export interface DatasetShape {
  readonly units: number;
  readonly channels: number;
  readonly samples: number;
  /** Bins of `peth.npy`; undefined when there is none. */
  readonly pethBins?: number;
  /** Distance between the lowest and the highest channel, µm. */
  readonly extent?: number;
  /** Number of shanks that `channel_shanks.npy` names; 1 without. */
  readonly shanks?: number;
  /** What is doubtful about the positions of the channels. */
  readonly doubt?: string;
}

/** Whether an input folder has a PETH; the defaults of the settings depend on it. */
export async function hasPeth(store: Store): Promise<boolean> {
  return (await store.open('peth.npy')) !== undefined;
}

/** @throws InputError when a file is missing or its shape is wrong */
export async function readDatasetShape(store: Store): Promise<DatasetShape> {
  const { units, channels, samples, peth, locations, shanks } = await openFiles(store);
  const positions = (await readNpyFileAs(locations, 'float64')).data;
  const [low, high] = depthRange(positions);
  const ids = shanks && (await readNpyFileAs(shanks, 'int32')).data;
  return {
    units,
    channels,
    samples,
    pethBins: peth?.shape[1],
    extent: high - low,
    shanks: ids ? new Set(ids).size : 1,
    doubt: probeDoubt(positions, ids),
  };
}

/** The units of a recording without their waveforms: sessions, and spike trains on demand. */
export type UnitSpikes = Pick<Dataset, 'units' | 'sessionCount' | 'sessions' | 'spikeTimes'>;

/** Reads sessions and spike times alone. @throws InputError as `readDataset` */
export async function readUnitSpikes(store: Store): Promise<UnitSpikes> {
  const [units] = (await openRequired(store, 'waveform_all.npy', 'the waveforms of all units')).shape;
  const file = await openSessions(store, units);
  await requireSpikeFiles(store, units);
  const { data: sessions } = await readNpyFileAs(file, 'int32');
  const spikes = new SpikeReader(store, units);
  return {
    units,
    sessionCount: checkSessions(sessions, file.source.name),
    sessions,
    spikeTimes: (unit) => spikes.read(unit),
  };
}

/**
 * Reads a recording. Spike trains are read when they are asked for; that their files are there is checked at once.
 *
 * @throws InputError naming the file, what was found, what was expected and what to do; StoppedError when the signal is
 *   aborted
 */
export async function readDataset(store: Store, options: ReadDatasetOptions = {}): Promise<Dataset> {
  const { files, ...rest } = await readAllButWaveforms(store, options);
  const { units, channels, samples } = files;
  const { recorded } = rest.probe;
  const data = recorded
    ? (await readNpyFileAs(files.waveforms, 'float32', options)).data
    : await readFinite(files.waveforms, options);
  if (recorded) checkMissing(files.waveforms, data, rest.sessions, recorded);
  return { ...rest, waveforms: { data, units, channels, samples } };
}

/** Waveforms without NaN and Infinity. What is there is looked through while more is read. */
async function readFinite(file: NpyFile, options: ReadDatasetOptions): Promise<Float32Array> {
  const { allocate = (length: number) => new Float32Array(length) } = options;
  let data: Float32Array = new Float32Array();
  let checked = 0;
  const check = (end: number) => {
    const bad = firstNotFinite(data.subarray(checked, end));
    if (bad >= 0) throw waveformNotFinite(file, data[checked + bad], checked + bad);
    checked = end;
  };
  await readNpyFileAs(file, 'float32', {
    ...options,
    allocate(length) {
      data = allocate(length);
      return data;
    },
    progress(done, total) {
      // Other orders are filled here and there.
      if (!file.fortranOrder) check(done);
      options.progress?.(done, total);
    },
  });
  check(data.length);
  return data;
}

/**
 * As `readDataset`, but for the waveforms, which are read piece by piece as often as they are needed; a value in them that is not finite
 * is met then.
 *
 * @param pieceBytes bytes of waveforms in a piece, about
 * @throws InputError as `readDataset`, and when the waveforms are in Fortran order
 */
export async function openStreamedDataset(
  store: Store,
  { settings, pieceBytes }: { readonly settings?: Settings; readonly pieceBytes?: number } = {},
): Promise<StreamedDataset> {
  const { files, ...rest } = await readAllButWaveforms(store, { settings });
  if (rest.probe.recorded) {
    throw new InputError({
      where: pathIn(store, RECORDED_FILE),
      found: 'sessions that recorded different channels',
      expected: 'the same channels in all sessions, to compare nearby pairs only',
      remedy: 'Set clustering.candidates to "all", or keep the channels that all sessions have.',
    });
  }
  // Tells at once when single units cannot be read.
  await readNpyRowsAs(files.waveforms, 0, 1, 'float32');
  return { ...rest, waveforms: waveformFile(files.waveforms, pieceBytes) };
}

/** The files of a recording with open headers, and everything but the waveforms. @throws InputError as `readDataset` */
export async function readAllButWaveforms(
  store: Store,
  { settings, leastSessions }: Pick<ReadDatasetOptions, 'settings' | 'leastSessions'>,
) {
  const used = settings && usedFeatures(settings);
  const files = await openFiles(store);
  const { units } = files;
  if (used?.has('PETH') && !files.peth) throw missingPeth(store);
  await requireSpikeFiles(store, units);

  const { data: sessions } = await readNpyFileAs(files.sessions, 'int32');
  const sessionCount = checkSessions(sessions, files.sessions.source.name, leastSessions);
  const recorded = files.recorded && (await readRecorded(files.recorded, sessionCount, files.channels));
  const probe = { ...(await readProbe(files)), recorded };
  if (settings && used?.has('Waveform')) {
    checkShanks(probe, files, settings.waveformCorrection.n_nearest_channels);
  }
  const peth = files.peth && (!used || used.has('PETH')) ? await readPeth(files.peth) : undefined;
  const spikes = new SpikeReader(store, units);
  return {
    files,
    units,
    sessionCount,
    sessions,
    probe,
    spikeTimes: (unit: number) => spikes.read(unit),
    peth,
  };
}

interface Files {
  readonly units: number;
  readonly channels: number;
  readonly samples: number;
  readonly waveforms: NpyFile;
  readonly sessions: NpyFile;
  readonly locations: NpyFile;
  readonly shanks?: NpyFile;
  readonly peth?: NpyFile;
  readonly recorded?: NpyFile;
}

/** Opens all files but those of the spikes, and checks that their shapes agree. */
async function openFiles(store: Store): Promise<Files> {
  const optional = async (name: string) => {
    const source = await store.open(name);
    return source && openNpy(source);
  };
  const waveforms = await openRequired(store, 'waveform_all.npy', 'the waveforms of all units');
  const [units, channels, samples] = waveforms.shape;
  if (waveforms.shape.length !== 3 || sizeOf(waveforms.shape) === 0) {
    throw wrongShape(
      waveforms,
      '(units, channels, samples), none of them 0',
      'Save it with these three axes.',
    );
  }
  const sessions = await openSessions(store, units);
  const locations = await openRequired(store, 'channel_locations.npy', 'x and y of every channel');
  expectShape(locations, [channels, 2], `x and y of each of the ${channels} channels of waveform_all.npy`);
  const shanks = await optional('channel_shanks.npy');
  if (shanks)
    expectShape(shanks, [channels], `one shank for each of the ${channels} channels of waveform_all.npy`);
  const peth = await optional('peth.npy');
  if (peth) {
    expectShape(
      peth,
      [units, peth.shape[1] || 1],
      `one row for each of the ${units} units of waveform_all.npy`,
    );
  }
  const recorded = await optional(RECORDED_FILE);
  return { units, channels, samples, waveforms, sessions, locations, shanks, peth, recorded };
}

async function openRequired(store: Store, name: string, content: string): Promise<NpyFile> {
  const source = await store.open(name);
  if (source) return openNpy(source);
  throw new InputError({
    where: pathIn(store, name),
    found: 'no such file',
    expected: `${content} in ${name}`,
    remedy: 'Check path_to_data; docs/files.md says what the folder must hold.',
  });
}

async function openSessions(store: Store, units: number): Promise<NpyFile> {
  const sessions = await openRequired(store, 'session_index.npy', 'the session of every unit');
  expectShape(sessions, [units], `one session for each of the ${units} units of waveform_all.npy`);
  return sessions;
}

function expectShape(file: NpyFile, shape: readonly number[], meaning: string): void {
  if (file.shape.length === shape.length && file.shape.every((n, i) => n === shape[i])) return;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const isFlat = shape.length === 1 && sizeOf(file.shape) === shape[0];
  const remedy = isFlat
    ? 'Save it with one axis: array.ravel() in NumPy.'
    : 'Save both files from the same units and channels.';
  throw wrongShape(file, `${tuple}, ${meaning}`, remedy);
}

function wrongShape({ source, shape }: NpyFile, expected: string, remedy: string): InputError {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const found = sizeOf(shape) === 0 ? `an empty array of shape ${tuple}` : `an array of shape ${tuple}`;
  return new InputError({ where: source.name, found, expected, remedy });
}

async function readProbe({ channels, locations, shanks }: Files): Promise<Probe> {
  const { data } = await readNpyFileAs(locations, 'float64');
  const bad = firstNotFinite(data);
  if (bad >= 0) {
    const place = `${'xy'[bad % 2]} of channel ${bad >> 1}`;
    throw notFinite(
      locations.source.name,
      data[bad],
      place,
      'Give the position of every channel, mended, in µm.',
    );
  }
  return {
    channels,
    locations: data,
    shanks: shanks ? (await readNpyFileAs(shanks, 'int32')).data : new Int32Array(channels).fill(1),
    hasShanks: shanks !== undefined,
  };
}

/** Waveforms must be NaN where a session did not record a channel, and nowhere else. */
function checkMissing(file: NpyFile, data: Float32Array, sessions: Int32Array, recorded: Uint8Array): void {
  const [units, channels, samples] = file.shape;
  for (let unit = 0; unit < units; unit++) {
    for (let channel = 0; channel < channels; channel++) {
      const start = (unit * channels + channel) * samples;
      const present = recorded[(sessions[unit] - 1) * channels + channel] === 1;
      for (let i = start; i < start + samples; i++) {
        const value = data[i];
        if (present ? value - value === 0 : Number.isNaN(value)) continue;
        if (present) throw waveformNotFinite(file, value, i);
        throw new InputError({
          where: file.source.name,
          found: `${value} for unit ${unit} on channel ${channel}, which session ${sessions[unit]} did not record`,
          expected: `NaN there, as ${RECORDED_FILE} says`,
          remedy: `Import the sessions again; when all of them recorded all channels, remove ${RECORDED_FILE}.`,
        });
      }
    }
  }
}

/** Waveforms are compared on neighbouring channels of one shank: each must have enough. */
function checkShanks(probe: Probe, { locations, shanks }: Files, needed: number): void {
  const counts = new Map<number, number>();
  for (const shank of probe.shanks) counts.set(shank, (counts.get(shank) ?? 0) + 1);
  for (const [shank, count] of [...counts].sort(([a], [b]) => a - b)) {
    if (count >= needed) continue;
    throw new InputError({
      where: (shanks ?? locations).source.name,
      found: `${count} ${count === 1 ? 'channel' : 'channels'}${shanks ? ` on shank ${shank}` : ''}`,
      expected: `at least ${needed} (waveformCorrection.n_nearest_channels)`,
      remedy: `Set waveformCorrection.n_nearest_channels to ${count} or less.`,
    });
  }
}

async function readPeth(file: NpyFile): Promise<{ data: Float64Array; bins: number }> {
  const { data, shape } = await readNpyFileAs(file, 'float64');
  const [, bins] = shape;
  const bad = data.findIndex((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
  if (bad >= 0)
    throw notFinite(file.source.name, data[bad], `unit ${Math.floor(bad / bins)}, bin ${bad % bins}`);
  return { data, bins };
}

function missingPeth(store: Store): InputError {
  return new InputError({
    where: pathIn(store, 'peth.npy'),
    found: 'no such file',
    expected: 'the PETH of every unit, which the settings compare',
    remedy: 'Add the file, or take PETH out of motionEstimation.features and clustering.features.',
  });
}
