import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../core/errors.ts';
import { resolveSettings, type UserSettings } from '../core/settings.ts';
import { hasPeth, readDataset, readDatasetShape } from './dataset.ts';
import { MemoryStore } from './memory-store.ts';
import { FileStore } from './node/file-store.ts';
import { encodeNpy, type NpyValues } from './npy-writer.ts';
import { checkSpikeTimes } from './spike-times.ts';

const UNITS = 4;
const CHANNELS = 6;
const SAMPLES = 3;
const array = (dtype: 'float32' | 'float64' | 'int64', shape: number[], data: number[]): NpyValues => ({
  dtype,
  shape,
  data,
});
const upTo = (n: number, f = (i: number) => i) => Array.from({ length: n }, (_, i) => f(i));

/** A folder that is fine, but for the files given; `undefined` leaves a file out. */
function folder(changes: Record<string, NpyValues | undefined> = {}): MemoryStore {
  const store = new MemoryStore('data');
  const files: Record<string, NpyValues | undefined> = {
    'waveform_all.npy': array('float32', [UNITS, CHANNELS, SAMPLES], upTo(UNITS * CHANNELS * SAMPLES)),
    'session_index.npy': array('int64', [UNITS], [1, 1, 2, 2]),
    'channel_locations.npy': array(
      'float64',
      [CHANNELS, 2],
      upTo(2 * CHANNELS, (i) => 20 * i),
    ),
    ...Object.fromEntries(
      upTo(UNITS).map((u) => [`spike_times/Unit${u}.npy`, array('float64', [3], [u, 20, 10.5])]),
    ),
    ...changes,
  };
  for (const [name, value] of Object.entries(files)) if (value) store.files.set(name, encodeNpy(value));
  return store;
}

const settingsOf = (user: UserSettings = {}, peth = false) =>
  resolveSettings(
    { ...user, waveformCorrection: { n_nearest_channels: 3, ...user.waveformCorrection } },
    { hasPeth: peth, fromFile: false },
  ).settings;

describe('readDataset', () => {
  it('reads a whole recording', async () => {
    const store = folder();
    const dataset = await readDataset(store, { settings: settingsOf() });
    expect(dataset).toMatchObject({ units: UNITS, sessionCount: 2, sessions: Int32Array.of(1, 1, 2, 2) });
    expect(dataset.waveforms).toEqual({
      data: Float32Array.from(upTo(UNITS * CHANNELS * SAMPLES)),
      units: UNITS,
      channels: CHANNELS,
      samples: SAMPLES,
    });
    expect(dataset.probe).toEqual({
      channels: CHANNELS,
      locations: Float64Array.from(upTo(12, (i) => 20 * i)),
      shanks: new Int32Array(CHANNELS).fill(1),
      hasShanks: false,
    });
    expect(dataset.peth).toBeUndefined();
    expect(await dataset.spikeTimes(2)).toEqual(Float64Array.of(2, 20, 10.5));
    const shape = { units: 4, channels: 6, samples: 3, pethBins: undefined, extent: 200, shanks: 1 };
    expect(await readDatasetShape(store)).toEqual(shape);
    expect(await hasPeth(store)).toBe(false);
  });

  it('takes numbers of any type, and shank ids as they come', async () => {
    const store = folder({
      'waveform_all.npy': {
        dtype: 'int16',
        shape: [UNITS, CHANNELS, SAMPLES],
        data: new Int16Array(72).fill(-7),
      },
      'session_index.npy': array('float64', [UNITS], [2, 1, 3, 2]),
      'channel_shanks.npy': array('float64', [CHANNELS], [9, 9, 9, 0, 0, 0]),
      'channel_locations.npy': array('int64', [CHANNELS, 2], upTo(12)),
    });
    const dataset = await readDataset(store, { settings: settingsOf() });
    expect(dataset.waveforms.data).toEqual(new Float32Array(72).fill(-7));
    expect(dataset.sessionCount).toBe(3);
    expect(dataset.probe.shanks).toEqual(Int32Array.of(9, 9, 9, 0, 0, 0));
    expect(dataset.probe.hasShanks).toBe(true);
  });

  it.each([
    ['(n,)', [3], [1, 2, 3]],
    ['(n, 1)', [3, 1], [1, 2, 3]],
    ['(1, n)', [1, 3], [1, 2, 3]],
    ['(1, 1)', [1, 1], [5]],
    ['(0,)', [0], []],
    ['(0, 0)', [0, 0], []],
  ])('reads spike times of shape %s', async (_, shape, data) => {
    const store = folder({ 'spike_times/Unit1.npy': array('int64', shape, data) });
    const dataset = await readDataset(store);
    expect(await dataset.spikeTimes(1)).toEqual(Float64Array.from(data));
  });

  it('gives the same spike trains whatever the order in which they are asked for', async () => {
    const dataset = await readDataset(folder());
    for (const unit of [0, 1, 3, 2, 2, 0, 1, 2, 3]) expect((await dataset.spikeTimes(unit))[0]).toBe(unit);
    const all = await Promise.all(upTo(UNITS).map((unit) => dataset.spikeTimes(unit)));
    expect(all.map(([first]) => first)).toEqual(upTo(UNITS));
    expect(() => dataset.spikeTimes(UNITS)).toThrow(RangeError);
  });

  it('reads the PETH when it is used, with its missing bins', async () => {
    const data = [1, Number.NaN, 3, 4, 5, 6, 7, 8];
    const store = folder({ 'peth.npy': array('float64', [UNITS, 2], data) });
    expect(await hasPeth(store)).toBe(true);
    const { peth } = await readDataset(store, { settings: settingsOf({}, true) });
    expect(peth).toEqual({ data: Float64Array.from(data), bins: 2 });
    expect((await readDataset(store, { settings: settingsOf() })).peth).toBeUndefined();
  });

  it('puts the waveforms where the caller wants them', async () => {
    const memory = new Float32Array(UNITS * CHANNELS * SAMPLES);
    const { waveforms } = await readDataset(folder(), { allocate: () => memory });
    expect(waveforms.data).toBe(memory);
  });

  it('stops when asked to', async () => {
    await expect(readDataset(folder(), { signal: AbortSignal.abort() })).rejects.toThrow('stopped');
  });
});

describe('a bad input folder', () => {
  const waveforms = (shape: number[], change?: (data: number[]) => void) => {
    const data = upTo(shape.reduce((a, b) => a * b, 1));
    change?.(data);
    return array('float64', shape, data);
  };
  const text: NpyValues = { dtype: 'unicode', shape: [UNITS], data: ['1', '1', '2', '2'] };
  const cases: [string, Record<string, NpyValues | undefined>, string, string, UserSettings?][] = [
    ['without waveforms', { 'waveform_all.npy': undefined }, 'waveform_all.npy', 'no such file'],
    ['without sessions', { 'session_index.npy': undefined }, 'session_index.npy', 'no such file'],
    ['without locations', { 'channel_locations.npy': undefined }, 'channel_locations.npy', 'no such file'],
    ['without a unit', { 'spike_times/Unit2.npy': undefined }, 'spike_times', 'missing: Unit2.npy'],
    ['with flat waveforms', { 'waveform_all.npy': waveforms([4, 18]) }, 'waveform_all.npy', '(4, 18)'],
    ['with no waveforms', { 'waveform_all.npy': waveforms([0, 6, 3]) }, 'waveform_all.npy', 'an empty array'],
    [
      'with NaN in a waveform',
      { 'waveform_all.npy': waveforms([4, 6, 3], (d) => (d[40] = Number.NaN)) },
      'waveform_all.npy',
      'NaN at unit 2, channel 1, sample 1',
    ],
    [
      'with values above float32',
      { 'waveform_all.npy': waveforms([4, 6, 3], (d) => (d[0] = 1e39)) },
      'waveform_all.npy',
      'too large value at unit 0',
    ],
    [
      'with too few sessions',
      { 'session_index.npy': array('int64', [3], [1, 2, 1]) },
      'session_index.npy',
      '(3,)',
    ],
    ['with sessions as text', { 'session_index.npy': text }, 'session_index.npy', 'text'],
    [
      'with half sessions',
      { 'session_index.npy': array('float64', [4], [1, 1.5, 2, 2]) },
      'session_index.npy',
      'the value 1.5',
    ],
    [
      'with NaN as session',
      { 'session_index.npy': array('float64', [4], [1, Number.NaN, 2, 2]) },
      'session_index.npy',
      'NaN',
    ],
    [
      'with sessions from 0',
      { 'session_index.npy': array('int64', [4], [0, 0, 1, 1]) },
      'session_index.npy',
      'from 0 to 1',
    ],
    [
      'with a gap in the sessions',
      { 'session_index.npy': array('int64', [4], [1, 2, 4, 4]) },
      'session_index.npy',
      'no unit of session 3',
    ],
    [
      'with one session',
      { 'session_index.npy': array('int64', [4], [1, 1, 1, 1]) },
      'session_index.npy',
      'at least 2',
    ],
    [
      'with locations turned',
      { 'channel_locations.npy': array('float64', [2, 6], upTo(12)) },
      'channel_locations.npy',
      '(2, 6)',
    ],
    [
      'with NaN as location',
      {
        'channel_locations.npy': array(
          'float64',
          [6, 2],
          upTo(12, (i) => (i === 7 ? Number.NaN : i)),
        ),
      },
      'channel_locations.npy',
      'y of channel 3',
    ],
    [
      'with too many shanks',
      { 'channel_shanks.npy': array('int64', [7], upTo(7)) },
      'channel_shanks.npy',
      '(7,)',
    ],
    [
      'with half shanks',
      {
        'channel_shanks.npy': array(
          'float64',
          [6],
          upTo(6, (i) => i / 2),
        ),
      },
      'channel_shanks.npy',
      'the value 0.5',
    ],
    [
      'with a small shank',
      { 'channel_shanks.npy': array('int64', [6], [1, 1, 1, 1, 7, 7]) },
      'channel_shanks.npy',
      '2 channels on shank 7',
    ],
    [
      'with a small probe',
      {},
      'channel_locations.npy',
      'at least 38',
      { waveformCorrection: { n_nearest_channels: 38 } },
    ],
    [
      'without the PETH that is compared',
      {},
      'peth.npy',
      'no such file',
      { clustering: { features: ['Waveform', 'PETH'] } },
    ],
    ['with a PETH of other units', { 'peth.npy': array('float64', [3, 2], upTo(6)) }, 'peth.npy', '(3, 2)'],
    ['with an empty PETH', { 'peth.npy': array('float64', [4, 0], []) }, 'peth.npy', 'an empty array'],
  ];
  it.each(cases)('%s is refused', async (_, changes, where, found, user) => {
    const attempt = readDataset(folder(changes), { settings: settingsOf(user) });
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(`data/${where}: found `);
    await expect(attempt).rejects.toThrow(found);
  });

  it('with an infinite PETH is refused', async () => {
    const store = folder({ 'peth.npy': array('float64', [4, 1], [1, 2, Number.POSITIVE_INFINITY, 3]) });
    await expect(readDataset(store, { settings: settingsOf({}, true) })).rejects.toThrow('unit 2, bin 0');
  });

  it('with a damaged file is refused', async () => {
    const store = folder();
    for (const name of store.files.keys()) {
      const bytes = store.files.get(name)!;
      store.files.set(name, bytes.slice(0, -1));
      const attempt = async () => checkSpikeTimes(await readDataset(store));
      await expect(attempt()).rejects.toThrow(InputError);
      await expect(attempt()).rejects.toThrow(`data/${name}`);
      store.files.set(name, bytes);
    }
  });

  it.each([
    ['NaN', array('float64', [2], [1, Number.NaN]), 'NaN as spike 1'],
    ['Infinity', array('float64', [1], [Number.NEGATIVE_INFINITY]), '-Infinity as spike 0'],
    ['a matrix', array('float64', [2, 2], [1, 2, 3, 4]), 'an array of shape (2, 2)'],
    ['a scalar', array('float64', [], [1]), 'an array of shape ()'],
    ['text', { dtype: 'unicode', shape: [1], data: ['1'] } as NpyValues, 'an array of text'],
  ])('with spike times that hold %s is refused when they are read', async (_, spikes, found) => {
    const dataset = await readDataset(folder({ 'spike_times/Unit3.npy': spikes }));
    expect(await dataset.spikeTimes(2)).toHaveLength(3);
    for (const attempt of [() => dataset.spikeTimes(3), () => checkSpikeTimes(dataset)]) {
      await expect(attempt()).rejects.toThrow(InputError);
      await expect(attempt()).rejects.toThrow(`data/spike_times/Unit3.npy: found ${found}`);
    }
  });
});

describe('checkSpikeTimes', () => {
  it('counts spikes and units with fewer than two', async () => {
    const store = folder({
      'spike_times/Unit3.npy': array('float64', [0], []),
      'spike_times/Unit1.npy': array('float64', [1], [4]),
    });
    expect(await checkSpikeTimes(await readDataset(store))).toEqual({ spikes: 7, silentUnits: [1, 3] });
  });
});

const reference = join(import.meta.dirname, '../../../shared/reference');
describe.skipIf(!existsSync(reference))('reference data (skipped where it is not beside the project)', () => {
  it.each(['rigid', 'nonrigid', 'centering', 'given_motion', 'hard', 'multishank'])(
    'of case %s is read',
    async (name) => {
      const store = new FileStore(join(reference, name, 'data'));
      const peth = await hasPeth(store);
      const { settings } = resolveSettings(
        { waveformCorrection: { n_nearest_channels: 20 } },
        { hasPeth: peth, fromFile: false },
      );
      const dataset = await readDataset(store, { settings });
      expect(dataset.waveforms.data).toHaveLength(
        dataset.units * dataset.waveforms.channels * dataset.waveforms.samples,
      );
      expect((await checkSpikeTimes(dataset)).spikes).toBeGreaterThan(1000);
    },
  );
});
