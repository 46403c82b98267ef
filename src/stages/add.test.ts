import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshotOfFolder } from '../../test/cli/snapshot-of-folder.ts';
import { splitRecording } from '../../test/support/split-recording.ts';
import { InputError, StoppedError } from '../core/errors.ts';
import { openFile } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { addSessions } from './add.ts';
import { runFolder } from './run.ts';
import { scoreFolder } from './score.ts';
import { simulateFolder } from './simulate.ts';

let root: string;
const at = (...parts: string[]) => join(root, ...parts);
const quiet = { figures: false };

async function numbers(...path: string[]): Promise<number[]> {
  const source = await openFile(at(...path));
  if (!source) throw new Error(`${at(...path)} is missing`);
  return [...(await readNpyAs(source, 'float64')).data];
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
  const settings = { waveformCorrection: { n_nearest_channels: 16 }, n_jobs: 1 };
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
    expect((await readdir(at('grown', 'Data'))).sort()).toEqual(names);
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

  it('compares what running compares: similarities of candidates with new units are the same', async () => {
    await addSessions(at('result'), at('sixth'), { ...quiet, output: at('other') });
    const peaks = await numbers('other', 'AutoCorr_similarity_matrix.npy');
    const whole = await numbers('whole', 'AutoCorr_similarity_matrix.npy');
    const [units, all] = [Math.sqrt(peaks.length), Math.sqrt(whole.length)];
    const old = (await numbers('result', 'IdxCluster.npy')).length;
    let compared = 0;
    for (let a = 0; a < units; a++) {
      for (let b = old; b < units; b++) {
        const z = peaks[a * units + b];
        expect(z).toBe(peaks[b * units + a]);
        if (z === 0) continue;
        compared++;
        expect(z).toBeCloseTo(whole[a * all + b], 8);
      }
    }
    expect(compared).toBeGreaterThan(old);
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

  it('fewer spike trains than units', async () => {
    const name = await changed('silent', (folder) => rm(join(folder, 'spike_times/Unit3.npy')));
    await refused(name, 'Unit3.npy');
  });

  it('no PETH where the result has one', async () => {
    const name = await changed('dull', (folder) => rm(join(folder, 'peth.npy')));
    await refused(name, 'peth.npy');
  });

  it('sessions that are there already', () => refused('old', 'units that'));

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

  it('anything, to a result without its corrected waveforms, or without its end', async () => {
    const lacking = await changed(
      'lacking',
      (folder) => rm(join(folder, 'waveforms_corrected.npy')),
      'result',
    );
    await refused('sixth', 'waveforms_corrected.npy', lacking);
    const unfinished = await changed('unfinished', (folder) => rm(join(folder, 'Output.npz')), 'result');
    await refused('sixth', 'Output.npz', unfinished);
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
