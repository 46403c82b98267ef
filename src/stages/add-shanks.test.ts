import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshotOfFolder } from '../../test/cli/snapshot-of-folder.ts';
import { splitRecording } from '../../test/support/split-recording.ts';
import { InputError } from '../core/errors.ts';
import { CurationLogFile } from '../io/node/curation-log-file.ts';
import { openFile } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { addSessions } from './add.ts';
import { mergeShanks } from './merge-shanks.ts';
import { openTracked } from './open-tracked.ts';
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

  it('needs no merge: one would number its neurons anew, and is refused', async () => {
    const untouched = snapshotOfFolder(at('grown'));
    const attempt = mergeShanks(at('grown'), quiet);
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow('needs no merge');
    expect(snapshotOfFolder(at('grown'))).toEqual(untouched);
  });

  it('goes on without units on a shank, and with units on a new one', async () => {
    const shanks = await numbers('whole', 'unit_shanks.npy');
    const elsewhere = (unit: number) => shanks[unit] !== 3;
    await splitRecording(at('all'), at('fifth-3'), 5, 5, elsewhere);
    const summary = await addSessions(at('result'), at('fifth-3'), { ...quiet, output: at('grown-3') });
    expect(summary.warnings.join()).toContain('Session 5: too few of its units');
    const before = (await numbers('result', 'IdxCluster.npy')).length;
    const sessions = await numbers('all', 'session_index.npy');
    const fifth = [...sessions.keys()].filter((unit) => sessions[unit] === 5);
    // Units of the other shanks find the neurons that they find beside those of the third.
    await addSessions(at('result'), at('fifth'), { ...quiet, output: at('grown-all') });
    const all = (await numbers('grown-all', 'IdxCluster.npy')).slice(before);
    const some = (await numbers('grown-3', 'IdxCluster.npy')).slice(before);
    const most = Math.max(...(await numbers('result', 'IdxCluster.npy')));
    const old = (label: number) => (label > most ? 'new' : label);
    const expected = all.filter((_, i) => elsewhere(fifth[i]));
    expect(some.map(old)).toEqual(expected.map(old));
    expect(some.length).toBeLessThan(all.length);

    await splitRecording(at('all'), at('old-3'), 1, 4, elsewhere);
    await runFolder(
      { ...settings, path_to_data: at('old-3'), output_folder: at('result-3') },
      { ...quiet, fromFile: false },
    );
    const { warnings } = await addSessions(at('result-3'), at('fifth'), {
      ...quiet,
      output: at('grown-new'),
    });
    expect(warnings.join('\n')).toContain('Shank 3: only the new sessions have units there');
    const onNew = (await numbers('grown-new', 'IdxCluster.npy')).slice(-all.length);
    onNew.forEach((label, i) => {
      if (elsewhere(fifth[i])) expect(label > 0).toBe(all[i] > 0);
      else expect(label).toBe(-1);
    });
    // What they are next: a shank that nothing could be learned from.
    const next = await addSessions(at('grown-new'), at('last'), quiet);
    expect(next.warnings.join('\n')).toContain('Shank 3: the run could not learn');
    expect((await numbers('grown-new', 'Shank3', 'IdxCluster.npy')).every((label) => label === -1)).toBe(
      true,
    );
  });

  it('goes on with units on a new shank where motion is pooled', async () => {
    const shanks = await numbers('whole', 'unit_shanks.npy');
    const sessions = await numbers('all', 'session_index.npy');
    await splitRecording(at('all'), at('old-4'), 1, 4, (unit) => shanks[unit] !== 4);
    const pooled = { ...settings, motionEstimation: { pool_shanks: 'rigid' as const } };
    await runFolder(
      { ...pooled, path_to_data: at('old-4'), output_folder: at('pooled-4') },
      { ...quiet, fromFile: false },
    );
    await addSessions(at('pooled-4'), at('fifth'), quiet);
    const own = shanks.filter((_, unit) => sessions[unit] === 5);
    const labels = (await numbers('pooled-4', 'IdxCluster.npy')).slice(-own.length);
    expect(labels.every((label, i) => own[i] !== 4 || label === -1)).toBe(true);
    expect(labels.filter((label) => label > 0).length).toBeGreaterThan(20);
  });

  it('leaves new units unmatched on a shank that was too sparse to learn from', async () => {
    const [shanks, sessions] = [
      await numbers('whole', 'unit_shanks.npy'),
      await numbers('all', 'session_index.npy'),
    ];
    const third = [...shanks.keys()].filter((unit) => shanks[unit] === 3);
    // One unit in each of two sessions: nothing tells how alike two units of one neuron are.
    const few = [1, 2].map((session) => third.find((unit) => sessions[unit] === session));
    await splitRecording(at('all'), at('sparse'), 1, 4, (unit) => shanks[unit] !== 3 || few.includes(unit));
    await runFolder(
      { ...settings, path_to_data: at('sparse'), output_folder: at('result-sparse') },
      { ...quiet, fromFile: false },
    );
    expect((await numbers('result-sparse', 'Shank3', 'SimilarityThreshold.npy'))[0]).toBe(
      Number.POSITIVE_INFINITY,
    );
    const before = await numbers('result-sparse', 'IdxCluster.npy');
    const { warnings } = await addSessions(at('result-sparse'), at('fifth'), {
      ...quiet,
      output: at('grown-sparse'),
    });
    expect(warnings.join('\n')).toMatch(/Shank 3: the run could not learn/);
    const after = await numbers('grown-sparse', 'IdxCluster.npy');
    before.forEach((label, unit) => {
      if (label > 0) expect(after[unit]).toBe(label);
    });
    const all = await numbers('grown-all', 'IdxCluster.npy');
    const fresh = after.slice(before.length);
    const freshShanks = shanks.filter((_, unit) => sessions[unit] === 5);
    expect(fresh.length).toBe(freshShanks.length);
    fresh.forEach((label, i) => {
      if (freshShanks[i] === 3) expect(label).toBe(-1);
      else expect(label > 0).toBe(all[all.length - fresh.length + i] > 0);
    });
  });

  it('carries over what was curated of the whole', async () => {
    await cp(at('result'), at('hand'), { recursive: true });
    const labels = await numbers('hand', 'IdxCluster.npy');
    const [one, other] = [1, Math.max(...labels)].map((label) => labels.indexOf(label));
    const log = new CurationLogFile(at('hand'), await openTracked(at('hand')));
    const time = '2026-03-01T00:00:00.000Z';
    await log.append({ operation: 'merge', units: [one, other] }, { after: 0, id: 'merge', time });
    const { curation } = await addSessions(at('hand'), at('fifth'), quiet);
    expect(curation).toEqual({ operations: 1, confirmAgain: 0 });
    const grown = await openTracked(at('hand'));
    const { state } = (await new CurationLogFile(at('hand'), grown).current()).replayed;
    const merged = [...grown.labels.keys()].filter((unit) =>
      [grown.labels[one], grown.labels[other]].includes(grown.labels[unit]),
    );
    expect(merged.some((unit) => unit >= labels.length)).toBe(true);
    expect(new Set(merged.map((unit) => state.labels[unit]))).toEqual(new Set([Math.max(...labels) + 1]));
  });
});

describe('adding sessions to shanks whose motion was pooled', () => {
  it('finds one motion of all, and what a run of all sessions finds', async () => {
    const pooled = { ...settings, motionEstimation: { pool_shanks: 'rigid' as const } };
    for (const [data, output] of [
      ['all', 'pooled-whole'],
      ['old', 'pooled'],
    ])
      await runFolder(
        { ...pooled, path_to_data: at(data), output_folder: at(output) },
        { ...quiet, fromFile: false },
      );
    const before = await numbers('pooled', 'IdxCluster.npy');
    const { motion } = await addSessions(at('pooled'), at('fifth'), quiet);
    expect(motion).toHaveLength(4);
    for (const { constant } of motion) expect(constant).toEqual(motion[0].constant);
    await addSessions(at('pooled'), at('last'), quiet);
    const after = await numbers('pooled', 'IdxCluster.npy');
    before.forEach((label, unit) => {
      if (label > 0) expect(after[unit]).toBe(label);
    });
    const [grown, whole] = [await scoreFolder(at('pooled')), await scoreFolder(at('pooled-whole'))];
    expect(grown.pairs.f1).toBeGreaterThan(whole.pairs.f1 - 0.02);
    expect(grown.motionError?.max).toBeLessThan(4);
  });
});
