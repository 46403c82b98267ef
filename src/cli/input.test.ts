import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../core/errors.ts';
import { readInput } from './input.ts';

let folder: string;
const before = process.cwd();
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dant-input-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const settingsFile = (text: string) => {
  const file = path.join(folder, 'settings.json');
  writeFileSync(file, text);
  return file;
};

describe('what is tracked', () => {
  test('a folder is tracked with the defaults, even when it holds a settings file', async () => {
    settingsFile('{ "n_jobs": 1 }');
    const input = await readInput(folder, {});
    expect(input.fromFile).toBe(false);
    expect(input.userSettings).toEqual({
      path_to_data: folder,
      output_folder: path.join(before, 'DANT_Output'),
    });
    expect(input.notes).toEqual([expect.stringContaining('settings.json is not read')]);
  });

  test('a settings file holds', async () => {
    const file = settingsFile('{ path_to_data: "data", n_jobs: 1 // one\n }');
    const input = await readInput(file, {});
    expect(input).toMatchObject({ fromFile: true, source: file, notes: [] });
    expect(input.userSettings).toMatchObject({ path_to_data: path.join(folder, 'data'), n_jobs: 1 });
  });

  test.each([
    ['nothing', 'missing', 'nothing there'],
    ['a data file', 'waveform_all.npy', 'a data file'],
  ])('%s is bad input', async (_what, name, found) => {
    writeFileSync(path.join(folder, 'waveform_all.npy'), '');
    const error = await readInput(path.join(folder, name), {}).catch((e) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ where: path.join(folder, name), found });
  });

  test('a spikeInfo.mat is referred to dant convert', async () => {
    const file = path.join(folder, 'spikeInfo.mat');
    writeFileSync(file, '');
    await expect(readInput(file, {})).rejects.toThrow(`dant convert ${file}`);
  });
});

describe('options over settings', () => {
  test('--output, --preset and --set win over the file', async () => {
    const file = settingsFile(
      '{ "output_folder": "a", "preset": "reference", clustering: { n_iter: 3, max_distance: 7 } }',
    );
    const { userSettings } = await readInput(file, {
      output: 'b',
      preset: 'recommended',
      set: ['clustering.n_iter=5', 'ISI.binwidth = 2'],
    });
    expect(userSettings).toMatchObject({
      output_folder: path.resolve('b'),
      preset: 'recommended',
      clustering: { n_iter: 5, max_distance: 7 },
      ISI: { binwidth: 2 },
    });
  });

  test('--set is checked on its own: the file has the setting that it must go with', async () => {
    const file = settingsFile('{ "ISI": { "binwidth": 0.1 } }');
    const { userSettings } = await readInput(file, { set: ['ISI.window=0.5'] });
    expect(userSettings).toMatchObject({ ISI: { window: 0.5, binwidth: 0.1 } });
  });

  test('values are read as in a settings file; text and paths need no quotes', async () => {
    const { userSettings } = await readInput(folder, {
      set: [
        'clustering.features=["Waveform", "ISI"]',
        'autoCuration.auto_merge=true',
        'spikeLocation.location_algorithm=center_of_mass',
        'waveformCorrection.path_to_motion=motion.npy',
      ],
    });
    expect(userSettings).toMatchObject({
      clustering: { features: ['Waveform', 'ISI'] },
      autoCuration: { auto_merge: true },
      spikeLocation: { location_algorithm: 'center_of_mass' },
      waveformCorrection: { path_to_motion: path.resolve('motion.npy') },
    });
  });

  test('an unknown key is warned about with the nearest known one, and ignored', async () => {
    const { userSettings, warnings } = await readInput(folder, { set: ['clusterring.n_iter=5'] });
    expect(warnings).toEqual([expect.stringMatching(/"clusterring.n_iter".*"clustering.n_iter"/)]);
    expect(userSettings).not.toHaveProperty('clusterring');
  });

  test.each([
    ['n_jobs', 'KEY=VALUE'],
    ['clustering.n_iter=0', 'clustering.n_iter'],
    ['clustering=3', 'a group of settings'],
    ['n_jobs=', "--set 'n_jobs=-1'"],
    ['clustering.n_iter=many', 'clustering.n_iter'],
    ['clustering.features=[Waveform', 'clustering.features'],
    ['clustering.features=["Wavefrom"]', 'clustering.features'],
  ])('--set %s is bad input that names the option', async (assignment, text) => {
    const error = await readInput(folder, { set: [assignment] }).catch((e) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain('--set');
    expect(error.message).toContain(text);
  });

  test.each([
    ['--output', { output: '' }],
    ['--output', { output: '~/results' }],
    ['--set, setting "output_folder"', { set: ['output_folder='] }],
    ['--set, setting "path_to_data"', { set: ['path_to_data=~'] }],
    [
      '--set, setting "waveformCorrection.path_to_motion"',
      { set: ['waveformCorrection.path_to_motion=~/m.npy'] },
    ],
  ])('%s refuses a path that nobody meant: %o', async (where, options) => {
    const error = await readInput(folder, options).catch((e) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error.where).toBe(where);
    expect(error.found).toMatch(/an empty path|which the shell did not expand/);
  });

  test('folders whose names begin with ~ are folders', async () => {
    const { userSettings } = await readInput(folder, { output: './~', set: ['path_to_data=~a'] });
    expect(userSettings).toMatchObject({
      output_folder: path.resolve('~'),
      path_to_data: path.resolve('~a'),
    });
  });

  test('an unknown preset is bad input', async () => {
    await expect(readInput(folder, { preset: 'best' })).rejects.toThrow(/--preset.*"best".*"recommended"/);
  });
});

describe('without an argument', () => {
  afterEach(() => process.chdir(before));

  test('settings.json here is used when there is one, else the data here', async () => {
    mkdirSync(path.join(folder, 'here'));
    process.chdir(path.join(folder, 'here'));
    expect((await readInput(undefined, {})).fromFile).toBe(false);
    writeFileSync('settings.json', '{}');
    expect((await readInput(undefined, {})).fromFile).toBe(true);
  });
});
