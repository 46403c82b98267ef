import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UserSettings } from '../core/settings.ts';
import { mergeShanks } from './merge-shanks.ts';
import { runDANTMultiShank, runFolder } from './run.ts';
import { simulateFolder } from './simulate.ts';

let root: string;
const at = (...parts: string[]) => join(root, ...parts);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dant-shanks-'));
  await simulateFolder(at('data'), {
    probe: 'np2-four-shank',
    sessions: 3,
    neuronsPerSession: 40,
    samples: 24,
    firing: { durationMs: 60_000 },
    peth: true,
    seed: 9,
  });
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Files of a result in all of its folders; times, and the rounds of motion that only the folders of shanks tell, are left out. */
async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(at(folder), { recursive: true });
  return names
    .filter((name) => /\.(npy|npz|csv|json)$/.test(name))
    .filter(
      (name) => !/(Output\.npz|RunTimeSec\.npy)$|^(SimilarityForCorretion\.npz|resultIter\.json)$/.test(name),
    )
    .sort();
}

it.each([
  ['all pairs', 'all', 'auto'],
  ['nearby pairs', 'nearby', 'auto'],
  ['all pairs, no waveforms,', 'all', 'never'],
] as const)(
  'shanks that are tracked apart by %s give the files of a run of all',
  async (_, candidates, save) => {
    const settings = (folder: string): UserSettings => ({
      path_to_data: at('data'),
      output_folder: at(folder),
      waveformCorrection: { n_nearest_channels: 16 },
      clustering: { candidates },
      save_waveforms: save,
      n_jobs: 1,
    });
    const summary = await runDANTMultiShank(settings('whole'), { figures: false });
    expect(summary.matches).toBeGreaterThan(20);
    for (const shank of [1, 2, 3, 4]) await runFolder(settings('apart'), { shank, figures: false });
    const merged = await mergeShanks(at('apart'), { figures: false });
    expect(merged).toMatchObject({
      units: summary.units,
      clusters: summary.clusters,
      matches: summary.matches,
    });
    const names = await filesOf('whole');
    expect(await filesOf('apart')).toEqual(names);
    expect(names.includes('SimilarityMatrix.npz')).toBe(candidates === 'nearby');
    expect(names.includes('waveforms_corrected.npy')).toBe(save === 'auto');
    expect(names.length).toBeGreaterThan(100);
    for (const name of names)
      expect((await readFile(at('apart', name))).equals(await readFile(at('whole', name))), name).toBe(true);
    await rm(at('apart', 'Shank2', 'ClusteringResults.npz'));
    await expect(mergeShanks(at('apart'), { figures: false })).rejects.toThrow('ClusteringResults.npz');
    for (const folder of ['whole', 'apart']) await rm(at(folder), { recursive: true });
  },
);
