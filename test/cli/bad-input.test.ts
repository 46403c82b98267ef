/**
 * Bad input (docs/files.md): exit code 2, a message that names the file, what was found, what was expected and what to do,
 * and an earlier result that stays as it was.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeNpy } from '../../src/io/npy-writer.ts';
import { readNpyLite } from '../support/npy-lite.ts';
import { dant } from './dant.ts';
import { snapshotOfFolder } from './snapshot-of-folder.ts';

interface Case {
  /** What is wrong, and thereby the row of docs/files.md. */
  readonly name: string;
  /** Spoils a good data folder. */
  readonly spoil?: (data: string) => void;
  /** Settings file to write beside the data and to run with. */
  readonly settings?: string;
  /** More arguments of `dant run`. */
  readonly args?: readonly string[];
  /** Parts of the message. */
  readonly where: string;
  readonly found: string | RegExp;
  readonly expected: string | RegExp;
  readonly remedy: string | RegExp;
}

const SPIKE_INFO = new URL('../golden/spikeInfo.mat', import.meta.url);
const UNITS = 24;
const CHANNELS = 64;
const SAMPLES = 32;

/** Writes a .npy file with any header. */
function writeRaw(file: string, descr: string, shape: string, body: Uint8Array): void {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const padded = header.padEnd(117) + '\n';
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length, 0]);
  writeFileSync(file, Buffer.concat([head, Buffer.from(padded, 'latin1'), body]));
}

const writeNumbers = (data: string, name: string, shape: readonly number[], values: readonly number[]) =>
  writeFileSync(path.join(data, name), encodeNpy({ dtype: 'float64', shape, data: values }));

/** Changes numbers of a file. */
function change(
  data: string,
  name: string,
  edit: (values: Float64Array) => void,
  shape?: readonly number[],
): void {
  const file = path.join(data, name);
  const { data: values, shape: before } = readNpyLite(file);
  edit(values);
  writeFileSync(file, encodeNpy({ dtype: 'float64', shape: shape ?? before, data: values }));
}

const setSessions = (session: (before: number, unit: number) => number) => (data: string) =>
  change(data, 'session_index.npy', (values) =>
    values.forEach((value, unit) => {
      values[unit] = session(value, unit);
    }),
  );
const remove = (name: string) => (data: string) => rmSync(path.join(data, name), { recursive: true });
const zeros = (count: number) => new Array<number>(count).fill(0);

const CASES: readonly Case[] = [
  ...['waveform_all.npy', 'session_index.npy', 'channel_locations.npy'].map((name) => ({
    name: `a missing file: ${name}`,
    spoil: remove(name),
    where: name,
    found: 'no such file',
    expected: name,
    remedy: 'path_to_data',
  })),
  {
    name: 'a missing unit',
    spoil: remove('spike_times/Unit7.npy'),
    where: 'spike_times',
    found: 'Unit7.npy',
    expected: `Unit${UNITS - 1}.npy`,
    remedy: 'Save the spike times',
  },
  {
    name: 'missing spike times',
    spoil: remove('spike_times'),
    where: 'spike_times',
    found: 'no spike times',
    expected: `Unit${UNITS - 1}.npy`,
    remedy: 'Save the spike times',
  },
  {
    name: 'shapes that disagree: sessions',
    spoil: (data) => writeNumbers(data, 'session_index.npy', [3], [1, 2, 3]),
    where: 'session_index.npy',
    found: '(3,)',
    expected: `(${UNITS},)`,
    remedy: 'Save both files',
  },
  {
    name: 'sessions in a column',
    spoil: (data) => change(data, 'session_index.npy', () => {}, [UNITS, 1]),
    where: 'session_index.npy',
    found: `(${UNITS}, 1)`,
    expected: `(${UNITS},)`,
    remedy: 'ravel()',
  },
  {
    name: 'elements of a type that no file has',
    spoil: (data) =>
      writeRaw(path.join(data, 'session_index.npy'), '<M8', `(${UNITS},)`, Buffer.alloc(8 * UNITS)),
    where: 'session_index.npy',
    found: 'elements of type <M8',
    expected: /^numbers, such as/,
    remedy: 'as an array of numbers',
  },
  {
    name: 'shapes that disagree: locations',
    spoil: (data) => writeNumbers(data, 'channel_locations.npy', [2, CHANNELS], zeros(2 * CHANNELS)),
    where: 'channel_locations.npy',
    found: `(2, ${CHANNELS})`,
    expected: `(${CHANNELS}, 2)`,
    remedy: 'Save both files',
  },
  {
    name: 'shapes that disagree: shanks',
    spoil: (data) => writeNumbers(data, 'channel_shanks.npy', [2], [1, 1]),
    where: 'channel_shanks.npy',
    found: '(2,)',
    expected: `(${CHANNELS},)`,
    remedy: 'Save both files',
  },
  {
    name: 'shapes that disagree: PETH',
    spoil: (data) => writeNumbers(data, 'peth.npy', [2, 3], zeros(6)),
    where: 'peth.npy',
    found: '(2, 3)',
    expected: `(${UNITS}, 3)`,
    remedy: 'Save both files',
  },
  {
    name: 'waveforms that are a matrix',
    spoil: (data) => writeNumbers(data, 'waveform_all.npy', [2, 3], zeros(6)),
    where: 'waveform_all.npy',
    found: '(2, 3)',
    expected: '(units, channels, samples)',
    remedy: 'three axes',
  },
  {
    name: 'spike times that are a matrix',
    spoil: (data) => writeNumbers(data, 'spike_times/Unit3.npy', [2, 3], zeros(6)),
    where: 'Unit3.npy',
    found: '(2, 3)',
    expected: '(n,)',
    remedy: 'ravel',
  },
  {
    name: 'an empty array',
    spoil: (data) => writeNumbers(data, 'waveform_all.npy', [0, CHANNELS, SAMPLES], []),
    where: 'waveform_all.npy',
    found: 'empty array',
    expected: 'none of them 0',
    remedy: 'three axes',
  },
  {
    name: 'a non-numeric array',
    spoil: (data) =>
      writeRaw(
        path.join(data, 'session_index.npy'),
        '<U1',
        `(${UNITS},)`,
        Buffer.alloc(4 * UNITS, 'a\0\0\0'),
      ),
    where: 'session_index.npy',
    found: 'text',
    expected: 'numbers',
    remedy: 'as numbers',
  },
  {
    name: 'an object array, which is never unpickled',
    spoil: (data) =>
      writeRaw(
        path.join(data, 'spike_times/Unit0.npy'),
        '|O',
        '(1,)',
        Buffer.from('cos\nsystem\n(S"false"\ntR.'),
      ),
    where: 'Unit0.npy',
    found: /object/i,
    expected: 'numbers',
    remedy: /save/i,
  },
  ...[Number.NaN, Number.POSITIVE_INFINITY].flatMap((value) => [
    {
      name: `${value} in waveforms`,
      spoil: (data: string) =>
        change(data, 'waveform_all.npy', (values) => {
          values[5 * CHANNELS * SAMPLES + 2 * SAMPLES + 3] = value;
        }),
      where: 'waveform_all.npy',
      found: 'unit 5, channel 2, sample 3',
      expected: 'finite',
      remedy: 'Leave out or mend',
    },
    {
      name: `${value} in locations`,
      spoil: (data: string) =>
        change(data, 'channel_locations.npy', (values) => {
          values[9] = value;
        }),
      where: 'channel_locations.npy',
      found: 'y of channel 4',
      expected: 'finite',
      remedy: 'the position of every channel',
    },
    {
      name: `${value} in spike times`,
      spoil: (data: string) =>
        change(data, 'spike_times/Unit11.npy', (values) => {
          values[1] = value;
        }),
      where: 'Unit11.npy',
      found: `${value} as spike 1`,
      expected: 'finite',
      remedy: 'isfinite',
    },
  ]),
  {
    name: 'sessions that do not start at 1',
    spoil: setSessions((session) => session - 1),
    where: 'session_index.npy',
    found: 'sessions from 0 to 2',
    expected: 'from 1',
    remedy: 'numpy.unique',
  },
  {
    name: 'sessions with gaps',
    spoil: setSessions((session) => (session === 3 ? 4 : session)),
    where: 'session_index.npy',
    found: 'no unit of session 3',
    expected: 'without gaps',
    remedy: 'numpy.unique',
  },
  {
    name: 'sessions that are not whole',
    spoil: setSessions((session, unit) => (unit === 4 ? 1.5 : session)),
    where: 'session_index.npy',
    found: '1.5',
    expected: 'whole numbers',
    remedy: /./,
  },
  {
    name: 'fewer than 2 sessions',
    spoil: setSessions(() => 1),
    where: 'session_index.npy',
    found: 'one session',
    expected: 'at least 2',
    remedy: 'one folder',
  },
  {
    name: 'a feature that needs a file that is not there',
    spoil: remove('peth.npy'),
    args: ['--set', 'clustering.features=["Waveform","PETH"]'],
    where: 'peth.npy',
    found: 'no such file',
    expected: 'PETH',
    remedy: 'take PETH out',
  },
  {
    name: 'a shank with fewer channels than n_nearest_channels',
    spoil: (data) =>
      writeNumbers(
        data,
        'channel_shanks.npy',
        [CHANNELS],
        zeros(CHANNELS).map((_, c) => (c < 30 ? 7 : 2)),
      ),
    where: 'channel_shanks.npy',
    found: /34 channels on shank 2|30 channels on shank 7/,
    expected: 'at least 38',
    remedy: 'n_nearest_channels',
  },
  {
    name: 'an unknown feature name',
    settings: '{ "clustering": { "features": ["Waveforms"] } }',
    where: 'clustering.features',
    found: '"Waveforms"',
    expected: 'Waveform, ISI, AutoCorr, PETH',
    remedy: 'Correct it',
  },
  {
    name: 'a setting of a wrong type',
    settings: '{ "clustering": { "n_iter": "many" } }',
    where: 'clustering.n_iter',
    found: '"many"',
    expected: 'whole number',
    remedy: 'Correct it',
  },
  {
    name: 'a setting out of range',
    settings: '{ "ISI": { "binwidth": 0 } }',
    where: 'ISI.binwidth',
    found: '0',
    expected: 'above 0',
    remedy: 'Correct it',
  },
  {
    name: 'a settings file that is no Hjson',
    settings: '{\n  "n_jobs": [1,\n}',
    where: 'settings.json',
    found: /./,
    expected: 'Hjson',
    remedy: 'Correct the line',
  },
  {
    name: 'a missing settings file',
    args: ['no-such-settings.json'],
    where: 'no-such-settings.json',
    found: 'nothing there',
    expected: 'settings file',
    remedy: 'waveform_all.npy',
  },
  {
    name: 'a truncated .npy',
    spoil: (data) => truncateSync(path.join(data, 'waveform_all.npy'), 5000),
    where: 'waveform_all.npy',
    found: '5000 bytes',
    expected: 'bytes',
    remedy: /./,
  },
  {
    name: 'a corrupt .npy',
    spoil: (data) =>
      writeFileSync(path.join(data, 'session_index.npy'), 'PK\x03\x04 something else altogether'),
    where: 'session_index.npy',
    found: /./,
    expected: /npy/i,
    remedy: /./,
  },
  {
    name: 'a given motion of a wrong shape',
    spoil: (data) => writeNumbers(data, 'motion.npy', [3, 5], zeros(15)),
    settings: '{ "waveformCorrection": { "path_to_motion": "motion.npy" } }',
    where: 'motion.npy',
    found: '(3, 5)',
    expected: /\(3,\)/,
    remedy: /./,
  },
  {
    name: 'a given motion while the first features lack Waveform',
    spoil: (data) => writeNumbers(data, 'motion.npy', [3], zeros(3)),
    settings:
      '{ "waveformCorrection": { "path_to_motion": "motion.npy" }, "motionEstimation": { "features": [["AutoCorr"]] } }',
    where: 'motionEstimation.features',
    found: 'AutoCorr',
    expected: 'Waveform',
    remedy: 'Waveform',
  },
  {
    name: 'a problem that cannot fit in memory',
    spoil: (data) => {
      const units = 1_000_000;
      for (const [name, descr, shape, size] of [
        ['waveform_all.npy', '<f4', `(${units}, 1, 1)`, 4 * units],
        ['session_index.npy', '<i8', `(${units},)`, 8 * units],
        ['channel_locations.npy', '<f8', '(1, 2)', 16],
      ] as const) {
        writeRaw(path.join(data, name), descr, shape, Buffer.alloc(0));
        truncateSync(path.join(data, name), 128 + size);
      }
      remove('peth.npy')(data);
    },
    where: 'data',
    found: 'similarities between 1000000 units',
    expected: 'GB, the limit for this run',
    remedy: 'more memory',
  },
  ...['abc', '0', '-3'].map((memory) => ({
    name: `a memory limit of ${memory}`,
    args: [`--memory=${memory}`],
    where: 'option --memory',
    found: `"${memory}"`,
    expected: 'a number of GB above 0',
    remedy: '--memory 8',
  })),
  {
    name: 'a memory limit below what is possible',
    args: ['--memory=0.001'],
    where: 'data',
    found: 'needs about',
    expected: 'the limit for this run',
    remedy: '--memory',
  },
];

let root: string;
let good: string;
let output: string;
let earlier: Record<string, string>;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'dant-bad-'));
  good = path.join(root, 'good');
  output = path.join(root, 'results');
  const size = ['--sessions', '3', '--units', String(UNITS), '--samples', String(SAMPLES), '--spikes', '200'];
  const simulated = await dant(['simulate', good, '--quiet', ...size]);
  expect(simulated).toMatchObject({ code: 0, stderr: '' });
  const run = await dant(['run', good, '--output', output, '--no-figures', '--quiet']);
  expect(run.code).toBe(0);
  earlier = snapshotOfFolder(output);
  expect(Object.keys(earlier)).toContain('Output.npz');
}, 120_000);

afterAll(() => rmSync(root, { recursive: true }));

/** A spoilt copy of the good recording, and the arguments that `dant run` gets for it. */
function prepare({ spoil, settings, args = [] }: Case): { data: string; args: string[] } {
  const data = path.join(mkdtempSync(path.join(root, 'case-')), 'data');
  cpSync(good, data, { recursive: true });
  spoil?.(data);
  const [first] = args;
  if (first && !first.startsWith('-')) return { data, args: [...args] };
  if (settings === undefined) return { data, args: [data, ...args] };
  const file = path.join(data, 'settings.json');
  writeFileSync(file, settings);
  return { data, args: [file, ...args] };
}

const matching = (part: string | RegExp) =>
  part instanceof RegExp ? expect.stringMatching(part) : expect.stringContaining(part);

describe('dant run ends with exit code 2 and leaves an earlier result alone: ', () => {
  test.each(CASES)('$name', async (bad) => {
    const { args } = prepare(bad);
    const { code, stdout, stderr } = await dant(['run', ...args, '--output', output, '--json', '--quiet']);
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({
      kind: 'input',
      where: matching(bad.where),
      found: matching(bad.found),
      expected: matching(bad.expected),
      remedy: matching(bad.remedy),
    });
    for (const part of [error.where, error.found, error.expected, error.remedy])
      expect(stderr).toContain(part);
    expect(code).toBe(2);
    expect(snapshotOfFolder(output)).toEqual(earlier);
  });

  test('an output folder that cannot be written', async () => {
    const file = path.join(root, 'a-file');
    writeFileSync(file, 'mine');
    const blocked = path.join(file, 'results');
    const { code, stdout } = await dant(['run', good, '--output', blocked, '--json', '--quiet']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      kind: 'input',
      where: expect.stringContaining('a-file'),
      expected: expect.stringMatching(/folder/),
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('the folder of the recording as the one for the results', async () => {
    const before = snapshotOfFolder(good);
    const link = path.join(root, 'link');
    symlinkSync(good, link);
    const { code, stdout } = await dant(['run', good, '--output', link, '--json', '--quiet']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      where: link,
      found: expect.stringContaining('folder of the recording'),
    });
    expect(snapshotOfFolder(good)).toEqual(before);
  });
});

describe('dant check finds the same', () => {
  test.each(['a missing unit', 'NaN in spike times', 'a truncated .npy', 'a setting out of range'])(
    '%s',
    async (name) => {
      const bad = CASES.find((one) => one.name === name)!;
      const { code, stdout } = await dant(['check', ...prepare(bad).args, '--json', '--quiet']);
      expect(JSON.parse(stdout).error).toMatchObject({
        where: matching(bad.where),
        found: matching(bad.found),
      });
      expect(code).toBe(2);
    },
  );
});

describe('dant convert ends with exit code 2 and leaves the data folder alone', () => {
  test.each([
    ['a missing spikeInfo.mat', undefined],
    ['an older spikeInfo.mat, which is no HDF5', Buffer.from('MATLAB 5.0 MAT-file, Platform: GLNXA64')],
    ['a truncated spikeInfo.mat', readFileSync(SPIKE_INFO).subarray(0, 4000)],
    ['a corrupt spikeInfo.mat', readFileSync(SPIKE_INFO).fill(0xff, 600, 3000)],
  ])('%s', async (_name, content) => {
    const folder = mkdtempSync(path.join(root, 'mat-'));
    const file = path.join(folder, 'spikeInfo.mat');
    if (content) writeFileSync(file, content);
    const data = path.join(folder, 'data');
    cpSync(good, data, { recursive: true });
    const before = snapshotOfFolder(data);
    const { code, stdout } = await dant(['convert', file, data, '--force', '--json', '--quiet']);
    expect(JSON.parse(stdout).error).toMatchObject({
      kind: 'input',
      where: expect.stringContaining('spikeInfo.mat'),
      found: expect.stringMatching(/./),
      expected: expect.stringMatching(/./),
      remedy: expect.stringMatching(/./),
    });
    expect(code).toBe(2);
    expect(snapshotOfFolder(data)).toEqual(before);
  });
});

describe('dant score ends with exit code 2', () => {
  test.each([
    ['a truncated Output.npz', 100],
    ['an empty Output.npz', 0],
  ])('%s', async (_name, length) => {
    const results = mkdtempSync(path.join(root, 'npz-'));
    cpSync(output, results, { recursive: true });
    truncateSync(path.join(results, 'Output.npz'), length);
    const { code, stdout } = await dant(['score', results, '--json']);
    expect(JSON.parse(stdout).error).toMatchObject({
      kind: 'input',
      where: expect.stringContaining('Output.npz'),
      found: expect.stringMatching(/./),
      expected: expect.stringMatching(/zip|npz/i),
      remedy: expect.stringMatching(/./),
    });
    expect(code).toBe(2);
  });
});

describe('what is only worth a warning', () => {
  test('unknown settings are named together with the nearest known ones', async () => {
    const { args } = prepare({
      ...CASES[0],
      spoil: undefined,
      settings: '{ "clustering": { "max_distanse": 50 } }',
    });
    const { code, stderr } = await dant(['check', ...args, '--quiet']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/Warning: .*"clustering.max_distanse".*"clustering.max_distance"/);
  });

  test('units with fewer than 2 spikes are counted', async () => {
    const silence = (data: string) => {
      writeNumbers(data, 'spike_times/Unit1.npy', [0], []);
      writeNumbers(data, 'spike_times/Unit2.npy', [1], [12]);
    };
    const { args } = prepare({ ...CASES[0], spoil: silence });
    const results = path.join(root, 'silent');
    const { code, stderr } = await dant(['run', ...args, '--output', results, '--no-figures', '--quiet']);
    expect(code).toBe(0);
    expect(stderr).toContain(`Warning: 2 of ${UNITS} units have fewer than 2 spikes`);
  });

  test('units without a waveform, and positions in m, are told by check and run', async () => {
    const spoil = (data: string) => {
      change(data, 'waveform_all.npy', (values) => values.fill(0, 0, 2 * CHANNELS * SAMPLES));
      change(data, 'channel_locations.npy', (values) => values.set(values.map((y) => y / 1e6)));
    };
    const { args } = prepare({ ...CASES[0], spoil });
    const results = ['--output', path.join(root, 'doubtful'), '--no-figures', '--quiet'];
    const check = await dant(['check', ...args]);
    const run = await dant(['run', ...args, ...results]);
    for (const said of [check.stdout + check.stderr, run.stderr]) {
      expect(said).toMatch(/channel_locations.npy: the 64 channels extend over .* are they in mm or m/);
      expect(said.match(/2 of 24 units have a waveform of zeros/g)).toHaveLength(1);
    }
    expect([check.code, run.code]).toEqual([0, 0]);
  });
});
