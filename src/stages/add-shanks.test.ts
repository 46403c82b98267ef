import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshotOfFolder } from '../../test/cli/snapshot-of-folder.ts';
import { splitRecording } from '../../test/support/split-recording.ts';
import { InputError } from '../core/errors.ts';
import { openFile } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { encodeNpy } from '../io/npy-writer.ts';
import { addSessions } from './add.ts';
import { runFolder } from './run.ts';
import { scoreFolder } from './score.ts';
import { simulateFolder } from './simulate.ts';

let root: string;
const at = (...parts: string[]) => join(root, ...parts);
const quiet = { figures: false };
const settings = { waveformCorrection: { n_nearest_channels: 12 }, n_jobs: 1 };

async function numbers(...path: string[]): Promise<number[]> {
  const source = await openFile(at(...path));
  if (!source) throw new Error(`${at(...path)} is missing`);
  return [...(await readNpyAs(source, 'float64')).data];
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dant-add-shanks-'));
  await simulateFolder(at('all'), {
    probe: 'np2-four-shank',
    sessions: 6,
    neuronsPerSession: 72,
    samples: 32,
    firing: { durationMs: 100_000 },
    seed: 5,
  });
  await splitRecording(at('all'), at('old'), 1, 4);
  await splitRecording(at('all'), at('fifth'), 5, 5);
  await splitRecording(at('all'), at('last'), 6, 6);
  for (const [data, output] of [
    ['all', 'whole'],
    ['old', 'result'],
  ])
    await runFolder(
      { ...settings, path_to_data: at(data), output_folder: at(output) },
      { ...quiet, fromFile: false },
    );
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

describe('adding sessions to shanks that were tracked apart', () => {
  it('grows every shank, and keeps the labels of the whole', async () => {
    const before = await numbers('result', 'IdxCluster.npy');
    const most = Math.max(...before);
    const first = await addSessions(at('result'), at('fifth'), { ...quiet, output: at('grown') });
    expect(first.motion.map(({ shank, constant }) => [shank, constant.length])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
    ]);
    await addSessions(at('grown'), at('last'), quiet);
    const after = await numbers('grown', 'IdxCluster.npy');
    before.forEach((label, unit) => {
      if (label > 0) expect(after[unit]).toBe(label);
      else expect(after[unit] === -1 || after[unit] > most).toBe(true);
    });
    const [grown, whole] = [await scoreFolder(at('grown')), await scoreFolder(at('whole'))];
    expect(grown.pairs.f1).toBeGreaterThan(whole.pairs.f1 - 0.02);
  });

  it('writes what a run of several shanks writes', async () => {
    const folders = (await readdir(at('whole'))).filter((name) => name.startsWith('Shank'));
    expect((await readdir(at('grown'))).filter((name) => name.startsWith('Shank'))).toEqual(folders);
    const labels = await numbers('grown', 'IdxCluster.npy');
    for (const folder of folders) {
      const units = await numbers('grown', folder, 'original_unit_indices.npy');
      expect(units).toEqual(await numbers('whole', folder, 'original_unit_indices.npy'));
      const own = await numbers('grown', folder, 'IdxCluster.npy');
      // The same neurons under labels of their own.
      const names = new Map(own.map((label, i) => [label, labels[units[i]]]));
      expect(own.map((label) => names.get(label))).toEqual(units.map((unit) => labels[unit]));
      expect(new Set(names.values()).size).toBe(names.size);
    }
    expect((await numbers('grown', 'Data', 'channel_shanks.npy')).length).toBe(384);
    expect((await numbers('grown', 'locations.npy')).length).toBe(3 * labels.length);
  });

  it('refuses pooled shanks, and sessions without units on a shank', async () => {
    await runFolder(
      {
        ...settings,
        motionEstimation: { pool_shanks: 'rigid' },
        path_to_data: at('old'),
        output_folder: at('pooled'),
      },
      { ...quiet, fromFile: false },
    );
    const refused = async (result: string, fresh: string, text: string) => {
      const before = snapshotOfFolder(at(result));
      const attempt = addSessions(at(result), at(fresh), quiet);
      await expect(attempt).rejects.toThrow(InputError);
      await expect(attempt).rejects.toThrow(text);
      expect(snapshotOfFolder(at(result))).toEqual(before);
    };
    await refused('pooled', 'fifth', 'pool_shanks');
    await splitRecording(at('all'), at('silent'), 5, 5);
    // All waveforms on the sites of one shank.
    const source = await openFile(at('silent', 'waveform_all.npy'));
    const { shape, data } = await readNpyAs(source as NonNullable<typeof source>, 'float32');
    const shanks = await numbers('silent', 'channel_shanks.npy');
    const samples = shape[2];
    data.forEach((_, i) => {
      if (shanks[Math.floor(i / samples) % shape[1]] === 3) data[i] = 0;
    });
    await writeFile(at('silent', 'waveform_all.npy'), encodeNpy({ dtype: 'float32', shape, data }));
    await refused('result', 'silent', 'no unit on shank 3');
  });
});
