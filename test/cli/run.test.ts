/** What the commands print, write and end with. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dant, startDant } from './dant.ts';
import { snapshotOfFolder } from './snapshot-of-folder.ts';

let root: string;
let data: string;
let results: string;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'dant-cli-'));
  data = path.join(root, 'data');
  results = path.join(root, 'results');
  const size = ['--sessions', '3', '--units', '36', '--samples', '32', '--spikes', '300'];
  expect(await dant(['simulate', data, ...size, '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
}, 60_000);

afterAll(() => rmSync(root, { recursive: true }));

const run = (...args: string[]) => dant(['run', data, '--output', results, '--no-figures', ...args]);

describe('dant run', () => {
  test('tells its stages on standard error and a summary on standard output', async () => {
    const { code, stdout, stderr } = await run();
    expect(code).toBe(0);
    for (const stage of ['Reading', 'Preprocessing', 'Motion', 'Clustering', 'Curation', 'Writing']) {
      expect(stderr).toMatch(new RegExp(`^\\[ +\\d+\\.\\d s\\] ${stage} …$`, 'm'));
      expect(stderr).toMatch(new RegExp(`${stage} done in \\d+\\.\\d s$`, 'm'));
    }
    expect(stdout).toMatch(
      /^Found \d+ neurons in more than one session: \d+ matched pairs among 36 units of 3 sessions\./,
    );
    for (const row of ['Preset +recommended', 'Weights +Waveform', 'Threshold', 'Motion', 'Time', 'Memory']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${row}`, 'm'));
    }
    expect(stdout).toContain(`Results in ${results}\n`);
    expect(stdout).not.toContain('Overview');
    expect(stdout + stderr).not.toContain('\x1b');
    expect(existsSync(path.join(results, 'Output.npz'))).toBe(true);
  });

  test('writes the same sparse files on threads of their own as without', async () => {
    const sparse = async (threads: number) => {
      const folder = path.join(root, `nearby-${threads}`);
      const settings = ['clustering.candidates=nearby', `n_jobs=${threads}`].flatMap((one) => ['--set', one]);
      const ended = await dant(['run', data, '--output', folder, '--no-figures', '--quiet', ...settings]);
      expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
      const names = ['SimilarityMatrix', 'DistanceMatrix', 'waveform_similarity_matrix'];
      return names.map((name) => readFileSync(path.join(folder, `${name}.npz`)));
    };
    const [one, two] = [await sparse(1), await sparse(2)];
    one.forEach((bytes, i) => {
      expect(bytes.equals(two[i])).toBe(true);
    });
  });

  test('says nothing with --quiet', async () => {
    expect(await run('--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('prints one JSON document with --json', async () => {
    const { code, stdout, stderr } = await run('--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      command: 'run',
      result: {
        units: 36,
        sessions: 3,
        outputFolder: results,
        shanks: 1,
        settings: { preset: 'recommended' },
      },
    });
    expect(stderr).toContain('Preprocessing');
  });

  test('takes settings from a file, and options over them', async () => {
    const file = path.join(root, 'settings.json');
    writeFileSync(file, '{ path_to_data: "data", output_folder: "other", clustering: { n_iter: 3 } }');
    const { code, stdout } = await dant(
      ['run', file, '--no-figures', '--json', '--quiet', '--set', 'clustering.max_distance=80'],
      { cwd: tmpdir() },
    );
    expect(code).toBe(0);
    const { result } = JSON.parse(stdout);
    expect(result.outputFolder).toBe(path.join(root, 'other'));
    expect(result.settings).toMatchObject({
      preset: 'reference',
      clustering: { n_iter: 3, max_distance: 80 },
    });
  });

  test('without an argument tracks the current folder into DANT_Output', async () => {
    const here = path.join(root, 'here');
    mkdirSync(here);
    expect(
      await dant(['simulate', '.', '--units', '20', '--sessions', '2', '--spikes', '50', '--quiet'], {
        cwd: here,
      }),
    ).toMatchObject({ code: 0 });
    const { code } = await dant(['run', '--no-figures', '--quiet'], { cwd: here });
    expect(code).toBe(0);
    expect(existsSync(path.join(here, 'DANT_Output', 'Output.npz'))).toBe(true);
  });

  test('warns about unknown keys of --set', async () => {
    const { code, stdout, stderr } = await run('--set', 'clusterring.n_iter=3');
    expect(code).toBe(0);
    expect(stderr).toContain('Warning: --set: unknown setting "clusterring.n_iter"');
    expect(stdout).toContain('did you mean "clustering.n_iter"?');
  });

  test('goes on when nobody reads what it prints', async () => {
    const running = startDant(['run', data, '--output', results, '--no-figures']);
    running.process.stdout?.destroy();
    running.process.stderr?.destroy();
    expect((await running.ended).code).toBe(0);
  });
});

describe('stopping', () => {
  let large: string;
  beforeAll(async () => {
    large = path.join(root, 'large');
    const size = [
      '--probe',
      'np2',
      '--channels',
      '96',
      '--sessions',
      '6',
      '--units',
      '600',
      '--spikes',
      '100',
    ];
    expect(await dant(['simulate', large, ...size, '--no-peth', '--quiet'])).toMatchObject({ code: 0 });
  }, 60_000);

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends a run within its stage, with 130, and changes nothing',
    async (signal) => {
      const before = snapshotOfFolder(results);
      const running = startDant(['run', large, '--output', results, '--no-figures']);
      await running.saysOnStderr('Motion …');
      running.process.kill(signal);
      const { code, stdout, stderr } = await running.ended;
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      expect(stderr).toContain(`Stopped. Nothing was changed in ${results}.`);
      expect(stderr).not.toContain('Clustering …');
      expect(snapshotOfFolder(results)).toEqual(before);
    },
  );

  test('a stop while figures are drawn is a stop like any other', async () => {
    const before = snapshotOfFolder(results);
    const running = startDant(['run', large, '--output', results]);
    await running.saysOnStderr('Figures …');
    running.process.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain(`Stopped. Nothing was changed in ${results}.`);
    expect(snapshotOfFolder(results)).toEqual(before);
  });

  test('the second Ctrl-C ends at once', async () => {
    const running = startDant(['run', large, '--output', results, '--no-figures', '--json']);
    await running.saysOnStderr('Motion …');
    running.process.kill('SIGINT');
    running.process.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 130, error: { kind: 'stopped' } });
  });
});

describe('dant check', () => {
  test('describes a recording and writes nothing', async () => {
    const before = snapshotOfFolder(root);
    const { code, stdout } = await dant(['check', data], { cwd: root });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}Recording +36 units, 3 sessions, 64 channels × 32 samples$/m);
    expect(stdout).toMatch(/^ {2}Spikes +10,800 \(300 per unit\)$/m);
    expect(stdout).toMatch(/^ {2}Memory of a run +about \d+ MB$/m);
    expect(snapshotOfFolder(root)).toEqual(before);
  });

  test('gives units per session, memory and time as JSON', async () => {
    const { result } = JSON.parse((await dant(['check', data, '--json', '--quiet'])).stdout);
    expect(result.unitsPerSession.reduce((sum: number, units: number) => sum + units, 0)).toBe(36);
    expect(result.memory).toBeGreaterThan(1e6);
    expect(result.seconds).toBeGreaterThan(0);
  });
});

describe('dant convert', () => {
  const spikeInfo = fileURLToPath(new URL('../golden/spikeInfo.mat', import.meta.url));

  test('turns spikeInfo.mat into a data folder that can be checked', async () => {
    const converted = path.join(root, 'converted');
    const { code, stdout } = await dant(['convert', spikeInfo, converted]);
    expect(code).toBe(0);
    expect(stdout).toContain(converted);
    const few = ['--set', 'waveformCorrection.n_nearest_channels=1'];
    const check = await dant(['check', converted, ...few, '--json', '--quiet']);
    expect(JSON.parse(check.stdout)).toMatchObject({ ok: true, result: { dataFolder: converted } });
  });
});

describe('dant score', () => {
  test('compares a result with the truth', async () => {
    await run('--quiet');
    const { code, stdout } = await dant(['score', results]);
    expect(code).toBe(0);
    for (const row of ['Precision', 'Recall', 'F1', 'Adjusted Rand index', 'Motion error'])
      expect(stdout).toContain(row);
    const { result } = JSON.parse((await dant(['score', results, '--data', data, '--json'])).stdout);
    expect(result.pairs.precision).toBeGreaterThan(0.5);
  });

  test('without truth is bad input', async () => {
    const real = path.join(root, 'real');
    cpSync(data, real, { recursive: true });
    rmSync(path.join(real, 'neuron_id.npy'));
    const { code, stderr } = await dant(['score', results, '--data', real]);
    expect(code).toBe(2);
    expect(stderr).toContain('neuron_id.npy');
  });
});

describe('dant simulate', () => {
  const size = ['--sessions', '2', '--units', '12', '--spikes', '20', '--samples', '16', '--quiet'];

  test('gives the same bytes for the same seed, and others for another', async () => {
    const contents = async (name: string, seed: string) => {
      const folder = path.join(root, name);
      expect(await dant(['simulate', folder, ...size, '--seed', seed])).toMatchObject({ code: 0 });
      return Object.values(snapshotOfFolder(folder)).map((line) => line.split(' ').at(-1));
    };
    expect(await contents('a', '5')).toEqual(await contents('b', '5'));
    expect(await contents('c', '6')).not.toEqual(await contents('d', '5'));
  });

  test('replaces a recording only with --force', async () => {
    const folder = path.join(root, 'kept');
    await dant(['simulate', folder, ...size]);
    const before = snapshotOfFolder(folder);
    const { code, stderr } = await dant(['simulate', folder, ...size, '--seed', '2']);
    expect(code).toBe(2);
    expect(stderr).toContain('--force');
    expect(snapshotOfFolder(folder)).toEqual(before);
    expect(await dant(['simulate', folder, ...size, '--seed', '2', '--force'])).toMatchObject({ code: 0 });
    expect(snapshotOfFolder(folder)).not.toEqual(before);
  });
});

test('dant simulate refuses options that leave a session without units, and makes nothing', async () => {
  const folder = path.join(root, 'too-few');
  const { code, stderr } = await dant(['simulate', folder, '--sessions', '5', '--units', '2']);
  expect(stderr).toMatch(/found: {4}no unit in session \d\n {2}expected: .*option "units" \(2\)/);
  expect(code).toBe(2);
  expect(existsSync(folder)).toBe(false);
});

describe('dant settings', () => {
  test('prints a settings file that runs', async () => {
    const { code, stdout } = await dant(['settings']);
    expect(code).toBe(0);
    writeFileSync(path.join(data, 'printed.json'), stdout);
    expect(await dant(['check', path.join(data, 'printed.json'), '--quiet'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    rmSync(path.join(data, 'printed.json'));
  });

  test('--init writes a file, and never over another without --force', async () => {
    const folder = mkdtempSync(path.join(root, 'init-'));
    const file = path.join(folder, 'settings.json');
    expect(await dant(['settings', '--init'], { cwd: folder })).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toBe((await dant(['settings'])).stdout);
    writeFileSync(file, 'mine');
    const { code, stderr } = await dant(['settings', '--init'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('settings.json');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await dant(['settings', '--init', '--force'], { cwd: folder })).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).not.toBe('mine');
  });

  test('into a pipe that closes early is no error', async () => {
    const running = startDant(['settings']);
    running.process.stdout?.destroy();
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });
});
