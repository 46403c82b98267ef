/** `dant import` on folders of the disk, as a person would use it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planRecording } from '../../src/core/simulation/simulate.ts';
import { FileStore } from '../../src/io/node/file-store.ts';
import { writeSortedFolder } from '../support/sorted-folders.ts';
import { dant } from './dant.ts';

const PHY = path.join(import.meta.dirname, '../../../shared/real/phy_template');

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'dant-import-'));
  const plan = planRecording({
    probe: 'small',
    channels: 32,
    sessions: 2,
    neuronsPerSession: 8,
    presence: 0.95,
    peth: false,
    firing: { medianHz: 20, durationMs: 4000 },
    amplitude: { min: 80 },
  });
  for (const [s, day] of ['2024-03-01/kilosort4', '20240302'].entries()) {
    await writeSortedFolder(new FileStore(path.join(folder, day)), plan, s + 1, {
      version: s === 0 ? 'ks4' : 'ks2.5',
      sampleRateHz: 30_000,
      durationMs: 4000,
      raw: s === 0 ? plan : undefined,
      mean: s === 0 ? undefined : 'c_waves',
    });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (...parts: string[]) => path.join(folder, ...parts);

describe('dant import', () => {
  test('makes a folder that can be tracked, and says what it took from where', async () => {
    const { code, stdout, stderr } = await dant(['import', 'data', '-s', '2024-03-01', '-s', '20240302'], {
      cwd: folder,
    });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('units of 2 sessions');
    expect(stdout).toContain('1  2024-03-01');
    expect(stdout).toContain('2  2024-03-02');
    expect(stderr).toContain('different origin (raw, mean)');
    const units = readFileSync(at('data', 'units.csv'), 'utf8').split('\n');
    expect(units[1]).toMatch(/^0,1,2024-03-01,2024-03-01,/);
    expect(
      (await dant(['check', 'data', '--set', 'waveformCorrection.n_nearest_channels=16'], { cwd: folder }))
        .code,
    ).toBe(0);
  });

  test('reads a table of sessions, relative to it', async () => {
    writeFileSync(
      at('sessions.csv'),
      'folder,date,label,gain\n2024-03-01/kilosort4,2024-03-01,before,\n20240302,2024-03-02,after,2\n',
    );
    const args = [
      'import',
      at('table'),
      '--sessions',
      at('sessions.csv'),
      '--waveforms',
      'templates',
      '--json',
    ];
    const { code, stdout } = await dant(args);
    expect(code).toBe(0);
    const { result } = JSON.parse(stdout) as { result: { sessions: { label: string; source: string }[] } };
    expect(result.sessions.map(({ label, source }) => [label, source])).toEqual([
      ['before', 'templates'],
      ['after', 'templates'],
    ]);
  });

  test('leaves nothing behind when a session cannot be used, and replaces a recording only when told', async () => {
    writeFileSync(at('bad.csv'), 'folder\n20240302\nnowhere\n');
    const bad = await dant(['import', at('none'), '--sessions', at('bad.csv')]);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('no such folder');
    expect(existsSync(at('none'))).toBe(false);
    const before = readdirSync(at('data'));
    const again = await dant(['import', at('data'), '-s', at('20240302')]);
    expect(again.stderr).toContain('--force');
    expect(readdirSync(at('data'))).toEqual(before);
  });

  test.each([
    [[], 'no session'],
    [['-s', 'x', '--sessions', 'y'], 'one of them'],
    [['-s', 'x', '--gain', '0'], '--gain'],
    [['-s', 'x', '--window', '1'], 'two times in ms'],
    [['-s', 'x', '--labels', 'good', '--good-only'], 'both --good-only and --labels'],
    [['--sessions', 'gone.csv'], 'no such file'],
  ])('%o is refused', async (args, text) => {
    const { code, stderr } = await dant(['import', at('none'), ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });

  test.runIf(existsSync(PHY))('reads a public folder of phy without its raw recording', async () => {
    const out = at('phy');
    expect((await dant(['import', out, '-s', PHY])).stderr).toContain('--gain');
    const args = ['import', out, '-s', PHY, '--gain', '1', '--labels', 'n_spikes>=5'];
    const { code, stdout } = await dant(args);
    expect(code).toBe(0);
    expect(stdout).toContain('of 62 clusters; templates.npy, 64 templates, unwhitened');
    expect(stdout).toContain('25,000 Hz');
  });
});
