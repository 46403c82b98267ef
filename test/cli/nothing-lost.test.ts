/** Files that are there already are replaced only by what is meant to replace them. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dant, MAIN } from './dant.ts';
import { snapshotOfFolder } from './snapshot-of-folder.ts';

const SPIKE_INFO = fileURLToPath(new URL('../golden/spikeInfo.mat', import.meta.url));
const SIZE = ['--sessions', '2', '--units', '16', '--spikes', '100', '--samples', '16', '--quiet'];

let root: string;
let data: string;
let results: string;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'dant-lost-'));
  data = path.join(root, 'data');
  results = path.join(root, 'results');
  expect(await dant(['simulate', data, ...SIZE])).toMatchObject({ code: 0 });
  const run = await dant(['run', data, '--output', results, '--no-figures', '--quiet']);
  expect(run).toMatchObject({ code: 0 });
}, 60_000);

afterAll(() => rmSync(root, { recursive: true }));

/** A copy of a folder. */
function copyOf(folder: string): string {
  const copy = path.join(mkdtempSync(path.join(root, 'case-')), path.basename(folder));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Runs a command that must be refused, and leave a folder as it was; what it says. */
async function refused(args: readonly string[], folder: string): Promise<string> {
  const before = snapshotOfFolder(folder);
  const { code, stderr } = await dant(args);
  expect(stderr).toContain('to do:');
  expect(code).toBe(2);
  expect(snapshotOfFolder(folder)).toEqual(before);
  return stderr;
}

describe('recordings are written', () => {
  test.each([
    ['convert', (out: string) => ['convert', SPIKE_INFO, out]],
    ['simulate', (out: string) => ['simulate', out, ...SIZE]],
  ])('by dant %s over another one with --force alone', async (_name, args) => {
    const folder = copyOf(data);
    expect(await refused(args(folder), folder)).toContain('--force');
    const before = snapshotOfFolder(folder);
    expect(await dant([...args(folder), '--force'])).toMatchObject({ code: 0 });
    expect(snapshotOfFolder(folder)).not.toEqual(before);
  });

  test('into no file', async () => {
    const folder = mkdtempSync(path.join(root, 'file-'));
    const file = path.join(folder, 'file');
    writeFileSync(file, 'mine');
    for (const place of [file, path.join(file, 'below')]) {
      await refused(['simulate', place, ...SIZE], folder);
      await refused(['run', data, '--output', place, '--no-figures', '--quiet'], folder);
      await refused(['run', place], folder);
      await refused(['report', results, path.join(place, 'x')], folder);
      await refused(['settings', '--init', path.join(place, 'x')], folder);
    }
  });

  test('over no file of a result', async () => {
    const folder = copyOf(results);
    expect(await refused(['simulate', folder, ...SIZE], folder)).toContain('peth.npy');
    expect(await refused(['convert', SPIKE_INFO, folder], folder)).toContain('peth.npy');
  });

  test('into a folder with other things, which stay', async () => {
    const folder = path.join(root, 'notes');
    mkdirSync(path.join(folder, 'mine'), { recursive: true });
    expect(await dant(['convert', SPIKE_INFO, folder])).toMatchObject({ code: 0 });
    expect(Object.keys(snapshotOfFolder(folder))).toContain('mine');
  });
});

describe('dant report', () => {
  test('replaces an earlier report, and no other file', async () => {
    const folder = copyOf(results);
    const report = path.join(folder, 'report.html');
    for (const _ of [1, 2]) expect(await dant(['report', folder, report])).toMatchObject({ code: 0 });
    const said = await refused(['report', folder, path.join(folder, 'Output.npz')], folder);
    expect(said).toContain('Output.npz');
    expect(said).toContain('.html');
  });
});

describe('dant settings --init', () => {
  /** Runs where files of more than 512 bytes cannot be written. */
  const withoutRoom = (args: readonly string[], cwd: string) =>
    new Promise<{ code: unknown; stderr: string }>((resolve) => {
      const command = 'ulimit -f 1; exec "$0" "$@"';
      execFile('sh', ['-c', command, process.execPath, MAIN, ...args], { cwd }, (error, _stdout, stderr) =>
        resolve({ code: error?.code, stderr }),
      );
    });

  test.skipIf(process.platform === 'win32')(
    'leaves an earlier file, or none, when there is no room',
    async () => {
      const folder = mkdtempSync(path.join(root, 'init-'));
      const full = await withoutRoom(['settings', '--init'], folder);
      expect(full).toMatchObject({ code: 2, stderr: expect.stringContaining('Error in') });
      expect(readdirSync(folder)).toEqual([]);
      writeFileSync(path.join(folder, 'settings.json'), 'mine');
      expect(await withoutRoom(['settings', '--init', '--force'], folder)).toMatchObject({ code: 2 });
      expect(readFileSync(path.join(folder, 'settings.json'), 'utf8')).toBe('mine');
      expect(readdirSync(folder)).toEqual(['settings.json']);
    },
  );

  test('makes no folders', async () => {
    const folder = mkdtempSync(path.join(root, 'init-'));
    await refused(['settings', '--init', path.join(folder, 'new', 'settings.json')], folder);
  });
});

test('dant export refuses a damaged log of curation, unless it shall pass over it', async () => {
  const folder = copyOf(results);
  writeFileSync(path.join(folder, 'Curation.jsonl'), 'garbage\n{\n');
  const csv = ['export', folder, '--to', 'csv', '--quiet'];
  const { code, stderr } = await dant(csv);
  expect(code).toBe(2);
  expect(stderr).toMatch(/Curation.jsonl, line 1/);
  expect(await dant([...csv, '--automatic'])).toEqual({ code: 0, stdout: '', stderr: '' });
});

test.each([
  ['run', ['run', 'DATA', '--no-figures', '--output']],
  ['export', ['export', 'RESULTS', '--to', 'csv', '--output']],
  ['report', ['report', 'RESULTS']],
  ['simulate', ['simulate']],
  ['score', ['score', 'RESULTS', '--data']],
])('dant %s fills no folder that nobody named', async (_name, args) => {
  const here = mkdtempSync(path.join(root, 'here-'));
  const known = args.map((arg) => ({ DATA: data, RESULTS: results })[arg] ?? arg);
  for (const place of ['', '~/new']) {
    const { code, stderr } = await dant([...known, place], { cwd: here });
    expect(stderr).toMatch(/found: {4}(an empty path|.*which the shell did not expand)/);
    expect(code).toBe(2);
    expect(readdirSync(here)).toEqual([]);
  }
});
