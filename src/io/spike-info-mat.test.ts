import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as h5wasm from 'h5wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../../test/numpy.ts';
import { InputError } from '../core/errors.ts';
import { listDeep } from './byte-source.ts';
import { readDataset } from './dataset.ts';
import { type Hdf5File, openHdf5 } from './hdf5.ts';
import { MemoryStore, memorySource } from './memory-store.ts';
import { openFile } from './node/file-store.ts';
import { convertSpikeInfo } from './node/spike-info-mat.ts';
import { type Recording, writeRecording } from './recording.ts';
import { readSpikeInfo, requireMat73 } from './spike-info-mat.ts';

const FIXTURE = join(import.meta.dirname, '../../test/golden/spikeInfo.mat');
// What scripts/make-spike-info-fixture.py says is in it.
const UNITS = 12;
const CHANNELS = 16;
const SAMPLES = 20;
const BINS = 10;
const waveform = (u: number) =>
  Float64Array.from({ length: CHANNELS * SAMPLES }, (_, i) => {
    const [c, t] = [Math.floor(i / SAMPLES), i % SAMPLES];
    return (((31 * u + 7 * c + 3 * t) % 101) - 50) * 1.5;
  });
const spikes = (u: number) =>
  Float64Array.from({ length: u === 7 ? 0 : 5 + u }, (_, i) => 1000 * u + 12.5 * i + 0.25);
const peth = (u: number) =>
  Float64Array.from({ length: BINS }, (_, b) => (u === 2 && b === 3 ? Number.NaN : u + b / 8));

describe('readSpikeInfo', () => {
  let file: Hdf5File;
  let recording: Recording;
  beforeAll(async () => {
    file = await openHdf5((await openFile(FIXTURE))!);
    recording = readSpikeInfo(file);
  });
  afterAll(() => file.close());

  it('reads every unit of a file of MATLAB v7.3, whatever the classes of its numbers', () => {
    expect(recording).toMatchObject({
      units: UNITS,
      channels: CHANNELS,
      samples: SAMPLES,
      waveformType: 'float64',
    });
    expect([...recording.sessions]).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
    for (let u = 0; u < UNITS; u++) {
      expect(recording.waveform(u)).toEqual(waveform(u));
      expect(recording.spikeTimes(u)).toEqual(spikes(u));
      expect(recording.peth?.row(u)).toEqual(peth(u));
    }
  });

  it('reads the channels', () => {
    for (let c = 0; c < CHANNELS; c++) {
      expect([...recording.channelLocations.slice(2 * c, 2 * c + 2)]).toEqual([
        32 * (c % 2),
        20 * Math.floor(c / 2),
      ]);
      expect(recording.channelShanks?.[c]).toBe(c < 8 ? 1 : 4);
    }
  });

  it('gives an input folder that reads back as the same recording', async () => {
    const store = new MemoryStore('data');
    await writeRecording(store, recording);
    const dataset = await readDataset(store);
    expect(dataset).toMatchObject({ units: UNITS, sessionCount: 3, sessions: recording.sessions });
    expect(dataset.probe).toMatchObject({
      locations: recording.channelLocations,
      shanks: recording.channelShanks,
    });
    expect(dataset.peth?.data.slice(2 * BINS, 3 * BINS)).toEqual(peth(2));
    for (let u = 0; u < UNITS; u++) {
      const size = CHANNELS * SAMPLES;
      expect(dataset.waveforms.data.slice(u * size, (u + 1) * size)).toEqual(Float32Array.from(waveform(u)));
      expect(await dataset.spikeTimes(u)).toEqual(spikes(u));
    }
  });
});

describe('convertSpikeInfo', () => {
  it('replaces an earlier folder, and tells of its progress', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'spikeInfo.mat');
      copyFileSync(FIXTURE, path);
      const store = new MemoryStore('data');
      await store.write('spike_times/Unit99.npy', Uint8Array.of(1));
      await store.write('notes.txt', Uint8Array.of(1));
      const seen: number[] = [];
      const converted = await convertSpikeInfo(path, store, {
        progress: (done, total) => seen.push(done / total),
      });
      expect(converted).toMatchObject({ units: UNITS, channels: CHANNELS, samples: SAMPLES, pethBins: BINS });
      expect(seen).toHaveLength(2 * UNITS);
      expect(seen.at(-1)).toBe(1);
      const names = await listDeep(store);
      expect(names).toHaveLength(5 + UNITS + 1);
      expect(names).not.toContain('spike_times/Unit99.npy');
    }));

  it('leaves the earlier folder alone when the file is cut or missing', () =>
    inTemporaryFolder(async (folder) => {
      const store = new MemoryStore('data');
      await store.write('waveform_all.npy', Uint8Array.of(1));
      const whole = await (await openFile(FIXTURE))!.read(0, 60_000);
      const path = join(folder, 'cut.mat');
      writeFileSync(path, whole);
      await expect(convertSpikeInfo(path, store)).rejects.toThrow(InputError);
      await expect(convertSpikeInfo(path, store)).rejects.toThrow('truncated file');
      await expect(convertSpikeInfo(join(folder, 'none.mat'), store)).rejects.toThrow('no such file');
      expect(await listDeep(store)).toEqual(['waveform_all.npy']);
    }));
});

describe('requireMat73', () => {
  const check = (text: string) =>
    requireMat73(
      memorySource(
        'x.mat',
        Uint8Array.from(text, (c) => c.charCodeAt(0)),
      ),
    );

  it('accepts version 7.3 and refuses everything else with what to do', async () => {
    await requireMat73((await openFile(FIXTURE))!);
    const old = check(
      'MATLAB 5.0 MAT-file, Platform: PCWIN64, Created on: Thu Jan  1 00:00:00 2026'.padEnd(300),
    );
    await expect(old).rejects.toThrow(InputError);
    await expect(old).rejects.toThrow('found a MATLAB 5.0 file');
    await expect(old).rejects.toThrow("'-v7.3'");
    await expect(check('')).rejects.toThrow('an empty file');
    await expect(check('\0\0\0\0 of version 4')).rejects.toThrow('no MATLAB file');
  });
});

type Value = { data: Float64Array | Float32Array | Uint16Array; shape: [number, number]; class?: string };
const row = (...values: number[]): Value => ({ data: Float64Array.from(values), shape: [1, values.length] });
const text = (value: string): Value => ({
  data: Uint16Array.from(value, (c) => c.charCodeAt(0)),
  shape: [1, value.length],
  class: 'char',
});

const GOOD: Record<string, Value> = {
  SpikeTimes: row(1, 2, 3),
  Waveform: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] },
  Xcoords: row(0, 0, 0),
  Ycoords: row(0, 20, 40),
  Kcoords: row(1, 1, 1),
  PETH: row(1, 2),
};

/** Two units with 3 channels and 2 samples; the second with changes. `undefined` leaves a field out of both. */
function unitsWith(changes: Record<string, Value | undefined>): Record<string, Value>[] {
  const { PETH, ...needed } = GOOD;
  const first = { SessionIndex: row(1), ...needed, ...('PETH' in changes ? { PETH } : {}) };
  const second = { ...first, SessionIndex: row(2), ...changes };
  const names = Object.keys(second).filter((name) => second[name as keyof typeof second]);
  return [first, second].map((unit) =>
    Object.fromEntries(names.map((name) => [name, unit[name as keyof typeof unit] as Value])),
  );
}

let count = 0;
/** A file as MATLAB would save it: columns first, one array for each element, references to them. */
async function matFile(units: Record<string, Value>[], variable = 'spikeInfo'): Promise<Hdf5File> {
  const { FS } = await h5wasm.ready;
  const path = `/made${++count}.mat`;
  const file = new h5wasm.File(path, 'w');
  const refs = file.create_group('#refs#');
  const info = file.create_group(variable);
  for (const field of Object.keys(units[0])) {
    const references = units.map((unit, u) => {
      const { data, shape, class: name = 'double' } = unit[field];
      const dataset = refs.create_dataset({ name: `${field}${u}`, data, shape: shape.toReversed() });
      dataset.create_attribute('MATLAB_class', name);
      return dataset.create_reference();
    });
    info.create_dataset({ name: field, data: references, shape: [units.length, 1] });
  }
  file.close();
  return openHdf5(memorySource('made.mat', new Uint8Array(FS.readFile(path))));
}

describe('a bad spikeInfo.mat', () => {
  it('is the exception: one like it without PETH is read, in float32', async () => {
    const recording = readSpikeInfo(await matFile(unitsWith({})));
    expect(recording).toMatchObject({
      units: 2,
      channels: 3,
      samples: 2,
      waveformType: 'float32',
      peth: undefined,
    });
    expect(recording.waveform(0)).toEqual(Float64Array.of(1, 4, 2, 5, 3, 6));
  });

  it.each([
    ['without a field', unitsWith({ Kcoords: undefined }), 'expected a field Kcoords'],
    ['with text for numbers', unitsWith({ SpikeTimes: text('abc') }), 'spikeInfo(2).SpikeTimes: found text'],
    [
      'with a matrix of spike times',
      unitsWith({ SpikeTimes: { data: new Float64Array(4), shape: [2, 2] } }),
      'a 2×2 matrix',
    ],
    ['with NaN as spike time', unitsWith({ SpikeTimes: row(1, Number.NaN) }), 'NaN as element 2'],
    [
      'with NaN in a waveform',
      unitsWith({ Waveform: { data: Float64Array.of(1, 2, 3, 4, Number.NaN, 6), shape: [3, 2] } }),
      'NaN at channel 2, sample 2',
    ],
    [
      'with a turned waveform',
      unitsWith({ Waveform: { data: new Float64Array(6), shape: [2, 3] } }),
      'found a 2×3 matrix',
    ],
    [
      'with other channels in one unit',
      unitsWith({ Ycoords: row(0, 20, 41) }),
      'spikeInfo(2).Ycoords: found other channels',
    ],
    ['with a half session', unitsWith({ SessionIndex: row(1.5) }), 'spikeInfo(2).SessionIndex: found 1.5'],
    ['with a gap in the sessions', unitsWith({ SessionIndex: row(3) }), 'no unit of session 2'],
    ['with PETHs of other lengths', unitsWith({ PETH: row(1, 2, 3) }), 'spikeInfo(2).PETH: found 3 bins'],
    ['with an infinite PETH', unitsWith({ PETH: row(1, Number.POSITIVE_INFINITY) }), 'an infinite value'],
  ])('%s is refused', async (_, units, said) => {
    const file = await matFile(units);
    const attempt = async () => writeRecording(new MemoryStore(), readSpikeInfo(file));
    await expect(attempt()).rejects.toThrow(InputError);
    await expect(attempt()).rejects.toThrow(said);
    await expect(attempt()).rejects.toThrow('made.mat');
  });

  it('with another variable is refused by naming those it has', async () => {
    const file = await matFile(unitsWith({}), 'neurons');
    expect(() => readSpikeInfo(file)).toThrow(
      'found the variables neurons; expected a struct array spikeInfo',
    );
  });

  it('that is damaged never does worse than an InputError', async () => {
    const whole = await (await openFile(FIXTURE))!.read(0, 95_000);
    for (const at of [600, 900, 1500, 5000, 30_000, 60_000]) {
      const bytes = whole.slice();
      for (let i = at; i < at + 300; i += 7) bytes[i] ^= 0xff;
      const attempt = async () => {
        const file = await openHdf5(memorySource('damaged.mat', bytes));
        await writeRecording(new MemoryStore(), readSpikeInfo(file));
      };
      await attempt().catch((error) => expect(error).toBeInstanceOf(InputError));
    }
  });
});
