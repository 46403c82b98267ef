import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshotOfFolder } from '../../test/cli/snapshot-of-folder.ts';
import { splitRecording } from '../../test/support/split-recording.ts';
import { InputError, StoppedError } from '../core/errors.ts';
import { Motion } from '../core/motion/motion.ts';
import type { UserSettings } from '../core/settings.ts';
import { openFile } from '../io/node/file-store.ts';
import { openNpy, readNpyAs } from '../io/npy.ts';
import { openNpz } from '../io/npz.ts';
import { addSessions } from './add.ts';
import { runFolder } from './run.ts';
import { scoreFolder } from './score.ts';
import { simulateFolder } from './simulate.ts';

let root: string;
const at = (...parts: string[]) => join(root, ...parts);
const quiet = { figures: false };
const settings = { waveformCorrection: { n_nearest_channels: 16 }, n_jobs: 1 };

async function numbers(...path: string[]): Promise<number[]> {
  const source = await openFile(at(...path));
  if (!source) throw new Error(`${at(...path)} is missing`);
  return [...(await readNpyAs(source, 'float64')).data];
}

/** Elements of a sparse matrix, row by row. */
async function elements(
  folder: string,
  name: string,
): Promise<[row: number, column: number, value: number][]> {
  const source = await openFile(at(folder, `${name}.npz`));
  if (!source) throw new Error(`${name}.npz is missing in ${folder}`);
  const file = await openNpz(source);
  const [indptr, indices] = await Promise.all(
    ['indptr', 'indices'].map((part) => file.readAs(part, 'int32')),
  );
  const { data } = await file.readAs('data', 'float64');
  const list: [number, number, number][] = [];
  for (let row = 0; row + 1 < indptr.data.length; row++)
    for (let i = indptr.data[row]; i < indptr.data[row + 1]; i++) list.push([row, indices.data[i], data[i]]);
  return list;
}

/** Of the matched pairs of a result. */
async function probabilities(folder: string): Promise<Map<string, number>> {
  const pairs = await numbers(folder, 'MatchedPairs.npy');
  const values = await numbers(folder, 'MatchProbability.npy');
  return new Map(values.map((value, m) => [`${pairs[2 * m]} ${pairs[2 * m + 1]}`, value]));
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dant-add-'));
  await simulateFolder(at('all'), {
    sessions: 7,
    neuronsPerSession: 40,
    samples: 32,
    firing: { durationMs: 200_000 },
    seed: 11,
  });
  await splitRecording(at('all'), at('old'), 1, 5);
  await splitRecording(at('all'), at('sixth'), 6, 6);
  await splitRecording(at('all'), at('last'), 7, 7);
  const run = (data: string, output: string) =>
    runFolder(
      { ...settings, path_to_data: at(data), output_folder: at(output) },
      { ...quiet, fromFile: false },
    );
  await run('all', 'whole');
  await run('old', 'result');
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** No neuron has changed its number; units without one may have found a new one. */
function expectKept(labels: readonly number[], grown: readonly number[]) {
  const last = Math.max(...labels);
  labels.forEach((label, unit) => {
    if (label > 0) expect(grown[unit]).toBe(label);
    else expect(grown[unit] === -1 || grown[unit] > last).toBe(true);
  });
}

describe('adding sessions', () => {
  it('one after the other gives what tracking all of them together gives, and keeps old labels', async () => {
    const labels = await numbers('result', 'IdxCluster.npy');
    const motion = await numbers('result', 'motion_constant.npy');
    const first = await addSessions(at('result'), at('sixth'), { ...quiet, output: at('grown') });
    expect(first).toMatchObject({ sessions: 6, newSessions: 1, dataFolder: at('grown', 'Data') });
    expect(first.joined).toBeGreaterThan(10);
    const once = await numbers('grown', 'IdxCluster.npy');
    expectKept(labels, once);
    expect((await numbers('grown', 'motion_constant.npy')).slice(0, 5)).toEqual(motion);

    const second = await addSessions(at('grown'), at('last'), quiet);
    expect(second).toMatchObject({ sessions: 7, outputFolder: at('grown') });
    const twice = await numbers('grown', 'IdxCluster.npy');
    expectKept(once, twice);
    expect(second.clusters).toBe(Math.max(...twice));
    const [grown, whole] = [await scoreFolder(at('grown')), await scoreFolder(at('whole'))];
    expect(grown.pairs.f1).toBeGreaterThan(whole.pairs.f1 - 0.01);
    expect(grown.motionError?.max).toBeLessThan(4);
  });

  it('puts the recording of all sessions together', async () => {
    const names = (await readdir(at('all'))).sort();
    expect((await readdir(at('grown', 'Data'))).sort()).toEqual([...names, 'joined.json'].sort());
    const { sources } = JSON.parse(await readFile(at('grown', 'Data', 'joined.json'), 'utf8'));
    expect(sources).toMatchObject(
      ['old', 'sixth', 'last'].map((name, i) => ({ folder: at(name), sessions: i > 0 ? 1 : 5 })),
    );
    for (const name of names.filter((file) => file.endsWith('.npy'))) {
      expect(await numbers('grown', 'Data', name), name).toEqual(await numbers('all', name));
    }
    for (const name of await readdir(at('all', 'spike_times'))) {
      const [a, b] = ['all', 'grown/Data'].map((folder) => readFile(at(folder, 'spike_times', name)));
      expect((await a).equals(await b), name).toBe(true);
    }
    expect((await readdir(at('grown', 'Data', 'spike_times'))).length).toBe(
      (await readdir(at('all', 'spike_times'))).length,
    );
  });

  it('leaves nothing of an earlier recording of all sessions', async () => {
    await cp(at('result'), at('less'), { recursive: true });
    await cp(at('last'), at('bare'), { recursive: true });
    for (const name of ['neuron_id.npy', 'true_motion.npy']) await rm(at('bare', name));
    await addSessions(at('less'), at('sixth'), quiet);
    expect(await readdir(at('less', 'Data'))).toContain('neuron_id.npy');
    await addSessions(at('less'), at('bare'), quiet);
    const names = await readdir(at('less', 'Data'));
    expect(names.filter((name) => /^(neuron_id|true_motion)/.test(name))).toEqual([]);
    // Tracked again without what was added: the spike trains of the larger recording go.
    const folders = { path_to_data: at('old'), output_folder: at('less') };
    await runFolder({ ...settings, ...folders }, { ...quiet, fromFile: false });
    const { units } = await addSessions(at('less'), at('sixth'), quiet);
    expect(await readdir(at('less', 'Data', 'spike_times'))).toHaveLength(units);
  });

  it('follows a jump of the probe, also of sessions that are added together, and says where sessions fit none', async () => {
    const constant = [0, 5, -17, -157, -156];
    await simulateFolder(at('jumped'), {
      sessions: 5,
      neuronsPerSession: 60,
      samples: 32,
      firing: { durationMs: 100_000 },
      motion: new Motion(5, { constant }),
      seed: 3,
    });
    await splitRecording(at('jumped'), at('before'), 1, 3);
    await splitRecording(at('jumped'), at('after'), 4, 5);
    const output = at('jump');
    await runFolder(
      { ...settings, path_to_data: at('before'), output_folder: output },
      { ...quiet, fromFile: false },
    );
    const { warnings } = await addSessions(output, at('after'), quiet);
    expect(warnings).toEqual([]);
    const { motionError, pairs } = await scoreFolder(output);
    expect(motionError?.max).toBeLessThan(4);
    expect(pairs.f1).toBeGreaterThan(0.9);
    const foreign = await addSessions(output, at('last'), { ...quiet, output: at('foreign') });
    expect(foreign.warnings.join()).toContain('Session 6 does not fit the others');
  });

  it('compares what running compares: similarities of candidates with new units are the same', async () => {
    await addSessions(at('result'), at('sixth'), { ...quiet, output: at('other') });
    const old = (await numbers('result', 'IdxCluster.npy')).length;
    const all = (await numbers('whole', 'IdxCluster.npy')).length;
    for (const name of ['AutoCorr_similarity_matrix']) {
      const whole = await numbers('whole', `${name}.npy`);
      const compared = await elements('other', name);
      let withNew = 0;
      for (const [a, b, z] of compared) {
        expect(z).toBeCloseTo(whole[a * all + b], 8);
        if (Math.max(a, b) >= old) withNew++;
      }
      expect(withNew).toBeGreaterThan(old);
    }
  });

  it('keeps all similarities of old units', async () => {
    const old = (await numbers('result', 'IdxCluster.npy')).length;
    for (const name of ['SimilarityMatrix', 'waveform_similarity_matrix']) {
      const before = await numbers('result', `${name}.npy`);
      const after = (await elements('other', name)).filter(([a, b]) => Math.max(a, b) < old);
      for (const [a, b, z] of after) expect(z).toBeCloseTo(before[a * old + b], 12);
      const sessions = await numbers('old', 'session_index.npy');
      const pairs = await numbers('result', 'SimilarityPairs.npy');
      const apart = pairs.filter((unit, i) => i % 2 === 0 && sessions[unit] !== sessions[pairs[i + 1]]);
      expect(after.length).toBe(2 * apart.length + old);
    }
  });

  it('keeps the probability of old matches, and gives every new one its own', async () => {
    const [before, after] = await Promise.all(['result', 'other'].map(probabilities));
    for (const [pair, probability] of before) expect(after.get(pair)).toBe(probability);
    expect(after.size).toBeGreaterThan(before.size);
    for (const probability of after.values()) expect(probability).toBeGreaterThan(0.2);
  });

  it('goes on from a result of nearby candidates, and from one without corrected waveforms', async () => {
    const nearby: UserSettings = {
      ...settings,
      clustering: { candidates: 'nearby' },
      save_waveforms: 'never',
    };
    await runFolder(
      { ...nearby, path_to_data: at('old'), output_folder: at('nearby') },
      { ...quiet, fromFile: false },
    );
    const labels = await numbers('nearby', 'IdxCluster.npy');
    const before = snapshotOfFolder(at('nearby'));
    await addSessions(at('nearby'), at('sixth'), { ...quiet, output: at('near-6') });
    expect(snapshotOfFolder(at('nearby'))).toEqual(before);
    await addSessions(at('near-6'), at('last'), quiet);
    expectKept(labels, await numbers('near-6', 'IdxCluster.npy'));
    const [grown, whole] = [await scoreFolder(at('near-6')), await scoreFolder(at('whole'))];
    expect(grown.pairs.f1).toBeGreaterThan(whole.pairs.f1 - 0.01);
  });

  it('tells the same whatever kernels compute, and however many threads', async () => {
    const grownBy = async (name: string, changes: UserSettings) => {
      await runFolder(
        { ...settings, ...changes, path_to_data: at('old'), output_folder: at(name) },
        { ...quiet, fromFile: false },
      );
      await addSessions(at(name), at('sixth'), { ...quiet, output: at(`${name}-6`) });
      return {
        labels: await numbers(`${name}-6`, 'IdxCluster.npy'),
        similarity: await elements(`${name}-6`, 'SimilarityMatrix'),
      };
    };
    const plain = await grownBy('plain', { kernels: 'plain' });
    const one = await grownBy('one', { n_jobs: 1 });
    const two = await grownBy('two', { n_jobs: 2 });
    expect(two).toEqual(one);
    expect(plain.labels).toEqual(one.labels);
    plain.similarity.forEach(([, , z], i) => {
      expect(z).toBeCloseTo(one.similarity[i][2], 4);
    });
  });

  it('writes corrected waveforms of all units when they are asked for', async () => {
    await runFolder(
      { ...settings, save_waveforms: 'always', path_to_data: at('old'), output_folder: at('with') },
      { ...quiet, fromFile: false },
    );
    await addSessions(at('with'), at('sixth'), quiet);
    const units = (await numbers('with', 'IdxCluster.npy')).length;
    const source = await openFile(at('with', 'waveforms_corrected.npy'));
    expect(source && (await openNpy(source)).shape.slice(0, 1)).toEqual([units]);
    expect(await readdir(at('other'))).not.toContain('waveforms_corrected.npy');
  });
});

describe('what cannot be added', () => {
  /** Expects one message and an untouched result. */
  async function refused(fresh: string, text: string, result = 'result', options = {}) {
    const before = snapshotOfFolder(at(result));
    const attempt = addSessions(at(result), at(fresh), { ...quiet, ...options });
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(text);
    expect(snapshotOfFolder(at(result))).toEqual(before);
  }
  const changed = async (name: string, change: (folder: string) => Promise<unknown>, of = 'sixth') => {
    await cp(at(of), at(name), { recursive: true });
    await change(at(name));
    return name;
  };

  it('another channel map', async () => {
    const name = await changed('moved', async (folder) => {
      const file = join(folder, 'channel_locations.npy');
      const bytes = await readFile(file);
      bytes.writeDoubleLE(777, bytes.length - 8);
      await writeFile(file, bytes);
    });
    await refused(name, 'same channel map');
  });

  it('more than fits in memory', () => refused('sixth', 'of memory', 'result', { memory: 1e6 }));

  it('fewer spike trains than units', async () => {
    const name = await changed('silent', (folder) => rm(join(folder, 'spike_times/Unit3.npy')));
    await refused(name, 'Unit3.npy');
  });

  it('no PETH where the result has one', async () => {
    const name = await changed('dull', (folder) => rm(join(folder, 'peth.npy')));
    await refused(name, 'peth.npy');
  });

  it('sessions that are there already, even one among new ones', async () => {
    await refused('old', 'session 1 with the units of session 1');
    await splitRecording(at('all'), at('overlapping'), 4, 6);
    await refused('overlapping', 'session 1 with the units of session 4');
  });

  it('anything, when the data of the result are gone', async () => {
    await rename(at('old'), at('away'));
    await refused('sixth', '--data');
    const summary = await addSessions(at('result'), at('sixth'), {
      ...quiet,
      output: at('found'),
      dataFolder: at('away'),
    });
    expect(summary.sessions).toBe(6);
    await rename(at('away'), at('old'));
  });

  it('anything, to a result without its clustering, or without its end', async () => {
    const lacking = await changed('lacking', (folder) => rm(join(folder, 'ClusteringResults.npz')), 'result');
    await refused('sixth', 'ClusteringResults.npz', lacking);
    const unfinished = await changed('unfinished', (folder) => rm(join(folder, 'Output.npz')), 'result');
    await refused('sixth', 'Output.npz', unfinished);
  });

  it('anything, while another process writes into the folder', async () => {
    const lock = at('result', '.dant-lock');
    await writeFile(lock, JSON.stringify({ host: 'another', process: 1, started: 'now' }));
    await refused('sixth', 'process 1 on another');
    await rm(lock);
  });

  it.each(['sixth', 'old'])('a recording that the grown result would be written into: %s', (recording) =>
    refused('sixth', 'the folder of the recording', 'result', { output: at(recording) }),
  );

  it('anything, to neurons that were changed in their file', async () => {
    await cp(at('result'), at('edited'), { recursive: true });
    const file = at('edited', 'IdxCluster.npy');
    const bytes = await readFile(file);
    const labels = new BigInt64Array(bytes.buffer, bytes.byteOffset + 128, (bytes.length - 128) / 8);
    labels.forEach((label, unit) => {
      if (label === 3n) labels[unit] = -1n;
    });
    await writeFile(file, bytes);
    await refused('sixth', 'neuron 3 with 0 units', 'edited');
  });

  it('anything, into a folder whose Data is somebody’s recording', async () => {
    await cp(at('result'), at('own'), { recursive: true });
    await cp(at('old'), at('own', 'Data'), { recursive: true });
    await refused('sixth', 'not of an earlier addition', 'own');
  });

  it('and a stop leaves the result as it was', async () => {
    const before = snapshotOfFolder(at('result'));
    const controller = new AbortController();
    const attempt = addSessions(at('result'), at('sixth'), {
      ...quiet,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'stage' && event.stage === 'write') controller.abort();
      },
    });
    await expect(attempt).rejects.toThrow(StoppedError);
    expect(snapshotOfFolder(at('result'))).toEqual(before);
  });
});
