import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoppedError } from '../core/errors.ts';
import { ndarray } from '../core/ndarray.ts';
import type { UserSettings } from '../core/settings.ts';
import { openFile } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { checkData } from './check.ts';
import { computeAllSimilarityMatrix, finalClustering, iterativeClustering } from './clustering.ts';
import { autoCuration } from './curation.ts';
import { Motion } from './motion.ts';
import { computeWaveformFeatures, initializeMotion, motionEstimation } from './motion-estimation.ts';
import { mergeMultishankOutputs } from './multi-shank.ts';
import { preprocess } from './preprocess.ts';
import { runDANT, runDANTMultiShank, runFolder } from './run.ts';
import { scoreFolder } from './score.ts';
import { simulateFolder } from './simulate.ts';

let root: string;
let userSettings: UserSettings;
const at = (...parts: string[]) => join(root, ...parts);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dant-stages-'));
  await simulateFolder(at('data'), {
    sessions: 3,
    neuronsPerSession: 12,
    samples: 32,
    firing: { durationMs: 120_000 },
    seed: 3,
  });
  userSettings = {
    path_to_data: at('data'),
    waveformCorrection: { n_nearest_channels: 16 },
    motionEstimation: { repeat_last_feature_set: true, stop_early: true },
    n_jobs: 1,
  };
});
afterAll(() => rm(root, { recursive: true, force: true }));

const settingsFor = (folder: string): UserSettings => ({ ...userSettings, output_folder: at(folder) });

async function npy(path: string) {
  const source = await openFile(path);
  if (!source) throw new Error(`${path} is missing`);
  return readNpyAs(source, 'float64');
}

/** Files of a folder that two ways of working must agree in; those that hold times are left out. */
async function comparable(folder: string): Promise<string[]> {
  const names = await readdir(at(folder));
  return names
    .filter((name) => /\.(npy|npz|json)$/.test(name) && !/^(RunTimeSec|Output)\./.test(name))
    .sort();
}

describe('functions on folders', () => {
  it('give stage by stage the files of a whole run', async () => {
    const summary = await runFolder(settingsFor('whole'), { figures: false });
    const staged = settingsFor('staged');
    await preprocess(staged);
    const motion = await motionEstimation(staged);
    await finalClustering(staged);
    const curation = await autoCuration(staged);
    expect(curation.clusterCount).toBe(summary.clusters);
    expect(summary.clusters).toBeGreaterThan(5);
    const names = await comparable('whole');
    expect(await comparable('staged')).toEqual(names);
    for (const name of names) {
      const [a, b] = await Promise.all(['whole', 'staged'].map((folder) => readFile(at(folder, name))));
      expect(a.equals(b), name).toBe(true);
    }
    expect((await Motion.load(at('whole'))).constant).toEqual(motion.constant);
  });

  it('say which stage has to come first', async () => {
    await expect(motionEstimation(settingsFor('empty'))).rejects.toThrow('Call preprocess first');
    await expect(autoCuration(settingsFor('empty'))).rejects.toThrow('Call finalClustering first');
  });

  it('compute similarities and clusters of given waveforms', async () => {
    const staged = settingsFor('given');
    await preprocess(staged);
    const waveforms = await npy(at('data', 'waveform_all.npy'));
    const { similarityMatrixAll, featureNamesAll } = await computeAllSimilarityMatrix(staged, waveforms, [
      'waveform',
      'autocorr',
    ]);
    expect(featureNamesAll).toEqual(['Waveform', 'AutoCorr']);
    const units = waveforms.shape[0];
    expect(similarityMatrixAll.shape).toEqual([units, units, 2]);
    expect(similarityMatrixAll.data[0]).toBe(6);
    expect((await npy(at('given', 'PETH_similarity_matrix.npy'))).data.every((v) => v === 0)).toBe(true);
    const clustering = await iterativeClustering(staged, ['Waveform'], waveforms);
    expect([...clustering.weights]).toEqual([1]);
    await expect(iterativeClustering(staged, ['Wavefrom'], waveforms)).rejects.toThrow('Waveform, ISI');
  });

  it('correct waveforms for a motion, and start from none', async () => {
    const staged = settingsFor('corrected');
    await preprocess(staged);
    const waveforms = await npy(at('data', 'waveform_all.npy'));
    expect((await initializeMotion(staged, waveforms)).constant).toEqual(new Float64Array(3));
    const corrected = await computeWaveformFeatures(
      staged,
      waveforms,
      new Motion(3, { constant: [0, 20, -20] }),
    );
    expect(corrected.templates).toHaveLength(2);
    const written = await npy(at('corrected', 'waveforms_corrected.npy'));
    expect(written.shape).toEqual([...waveforms.shape, 2]);
    expect(written.data[0]).toBe(corrected.templates[0][0]);
    const wrong = ndarray(new Float64Array(8), [2, 2, 2]);
    await expect(computeWaveformFeatures(staged, wrong, new Motion(3))).rejects.toThrow(RangeError);
  });

  it('score a result against the truth of its own data folder', async () => {
    await runDANT(settingsFor('scored'), { fromFile: false });
    const { pairs, motionError } = await scoreFolder(at('scored'));
    expect(pairs.precision).toBeGreaterThan(0.8);
    expect(pairs.recall).toBeGreaterThan(0.6);
    expect(motionError?.rms).toBeLessThan(5);
    expect(await readdir(at('scored', 'Figures'))).toContain('Overview.png');
  });

  it('check a recording and write nothing', async () => {
    const summary = await checkData(settingsFor('unwritten'));
    expect(summary).toMatchObject({ sessions: 3, samples: 32, hasPeth: true, shankIds: [1] });
    expect(summary.unitsPerSession.reduce((a, b) => a + b)).toBe(summary.units);
    expect(summary.spikes).toBeGreaterThan(1000);
    await expect(readdir(at('unwritten'))).rejects.toThrow('ENOENT');
  });

  it('leave an earlier result as it was when they are stopped', async () => {
    await runDANT(settingsFor('stopped'));
    const before = await readFile(at('stopped', 'Output.npz'));
    const controller = new AbortController();
    const run = runDANT(settingsFor('stopped'), {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'stage' && event.stage === 'figures') controller.abort();
      },
    });
    await expect(run).rejects.toThrow(StoppedError);
    expect((await readFile(at('stopped', 'Output.npz'))).equals(before)).toBe(true);
    expect((await readdir(at('stopped'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('merge shanks that were tracked apart into the files of the whole', async () => {
    await simulateFolder(at('shanks'), {
      probe: 'np2-four-shank',
      sessions: 2,
      neuronsPerSession: 24,
      samples: 24,
      firing: { durationMs: 60_000 },
      peth: false,
      seed: 9,
    });
    const settings = { ...settingsFor('merged'), path_to_data: at('shanks') };
    const summary = await runDANTMultiShank(settings, { figures: false });
    expect(summary.shanks).toBe(4);
    const names = await comparable('merged');
    const before = await Promise.all(names.map((name) => readFile(at('merged', name))));
    const unitShanks = (await npy(at('merged', 'unit_shanks.npy'))).data;
    const merged = await mergeMultishankOutputs(settings, [1, 2, 3, 4], unitShanks);
    expect(merged.clusterCount).toBe(summary.clusters);
    for (const [i, name] of names.entries()) {
      if (name === 'resultIter.json' || name === 'SimilarityForCorretion.npz') continue;
      expect((await readFile(at('merged', name))).equals(before[i]), name).toBe(true);
    }
    const turned = await mergeMultishankOutputs(settings, [3, 1, 4, 2], unitShanks);
    expect(turned.labels).toEqual(merged.labels);
    expect((await readFile(at('merged', 'motion.npy'))).equals(before[names.indexOf('motion.npy')])).toBe(
      true,
    );
    await expect(mergeMultishankOutputs(settings, [1, 2], unitShanks)).rejects.toThrow('got shanks 1, 2');
    await expect(runDANTMultiShank(userSettings)).rejects.toThrow('channel_shanks.npy');
  });
});
