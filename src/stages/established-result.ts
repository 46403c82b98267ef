/** What a result and new sessions must be, so that the one can be added to the other. */
import { existsSync } from 'node:fs';
import type { Dataset } from '../core/dataset.ts';
import { InputError } from '../core/errors.ts';
import type { Established } from '../core/growing/established.ts';
import type { Grown } from '../core/growing/grow.ts';
import { resolveSettings, type Settings, type UserSettings } from '../core/settings.ts';
import { pathIn } from '../io/byte-source.ts';
import { readDatasetShape } from '../io/dataset.ts';
import type { FileStore } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { SavedResult } from '../io/read-result.ts';
import { RECORDED_FILE } from '../io/recorded-channels.ts';
import { savedPairs } from '../io/saved-pairs.ts';
import { openWaveforms } from '../io/waveform-file.ts';
import { savedFeatures } from './stage-state.ts';

/** What cannot be had from elsewhere. */
const NEEDED_FILES = ['ClusteringResults.npz', 'motion_constant.npy', 'CurationPairs.npy'];

/** What `Output.npz` says about the result, checked. */
export async function openEstablished(store: FileStore) {
  const saved = await SavedResult.open(store);
  const run = await saved.run();
  if (!run) {
    throw new InputError({
      where: pathIn(store, 'Output.npz'),
      found: 'no such file',
      expected: 'the result of a finished run',
      remedy: 'Run dant again: an interrupted run has left the folder unfinished.',
    });
  }
  if ((await saved.shanks()).size > 0) {
    throw new InputError({
      where: store.name,
      found: 'a result of several shanks',
      expected: 'a result of one shank, or of shanks tracked together',
      remedy: 'Join the data folders and run dant on all sessions.',
    });
  }
  const { settings } = resolveSettings(run.params as UserSettings, {
    hasPeth: true,
    fromFile: false,
    source: `${pathIn(store, 'Output.npz')}, array Params`,
  });
  const [threshold] = await saved.thresholds();
  if (!Number.isFinite(threshold)) {
    throw new InputError({
      where: pathIn(store, 'SimilarityThreshold.npy'),
      found: String(threshold),
      expected: 'the similarity above which two units are one neuron',
      remedy: 'The run could not learn it from so few matches: run dant on all sessions together.',
    });
  }
  return { saved, settings, sessions: run.sessions, sessionCount: run.sessionCount };
}

export async function readEstablished(
  saved: SavedResult,
  settings: Settings,
  sessions: Int32Array,
  sessionCount: number,
  data: FileStore,
): Promise<Established> {
  const { store } = saved;
  for (const name of NEEDED_FILES) {
    if (await store.open(name)) continue;
    throw new InputError({
      where: pathIn(store, name),
      found: 'no such file',
      expected: 'all files of the result that sessions are added to',
      remedy: 'Run dant again on the data of the result, or on all sessions together.',
    });
  }
  const labels = await saved.labels();
  const { pairs, types } = await saved.curation();
  const [motion] = await saved.motions();
  const { features } = settings.clustering;
  return {
    sessions,
    sessionCount,
    features: await savedFeatures(saved),
    motion,
    waveforms: await openWaveforms(data),
    clustering: {
      features,
      weights: (await saved.weights()).data,
      threshold: (await saved.thresholds())[0],
      leafOrder: (await saved.leafOrder()) as Int32Array,
    },
    curation: {
      labels,
      clusterCount: labels.reduce((count, label) => Math.max(count, label + 1), 0),
      matchedPairs: await saved.matchedPairs(),
      curationPairs: pairs,
      curationTypes: Uint8Array.from(types),
    },
    matchProbability: await saved.matchProbability(),
    pairs: () => savedPairs(saved, features),
  };
}

/** Waveforms can be compared on the same channels only. */
export async function requireSameProbe(old: FileStore, fresh: FileStore, result: FileStore): Promise<void> {
  if (!existsSync(old.name)) {
    throw new InputError({
      where: old.name,
      found: 'no such folder',
      expected: `the recording that ${result.name} was made from`,
      remedy: 'Put it back, or say where it is now with --data.',
    });
  }
  for (const store of [old, fresh]) {
    if (!(await store.open(RECORDED_FILE))) continue;
    throw new InputError({
      where: pathIn(store, RECORDED_FILE),
      found: 'sessions that recorded different channels',
      expected: 'sessions that recorded all channels',
      remedy: 'Import all sessions into one data folder and run dant on it.',
    });
  }
  const waveforms = async (store: FileStore) => readDatasetShape(store);
  const [a, b] = [await waveforms(old), await waveforms(fresh)];
  if (a.samples !== b.samples) {
    throw new InputError({
      where: pathIn(fresh, 'waveform_all.npy'),
      found: `waveforms of ${b.samples} samples`,
      expected: `${a.samples} samples, as in ${pathIn(old, 'waveform_all.npy')}`,
      remedy: 'Cut all waveforms to the same window around the spike.',
    });
  }
  for (const name of ['channel_locations.npy', 'channel_shanks.npy']) {
    const [was, is] = await Promise.all([numbers(old, name), numbers(fresh, name)]);
    const differs = was.length !== is.length || was.some((value, i) => value !== is[i]);
    if (!differs) continue;
    const at = was.length === is.length ? was.findIndex((value, i) => value !== is[i]) : -1;
    const perChannel = name === 'channel_locations.npy' ? 2 : 1;
    throw new InputError({
      where: pathIn(fresh, name),
      found:
        at < 0
          ? `${is.length / perChannel} channels`
          : `${is[at]} for channel ${Math.floor(at / perChannel)}`,
      expected: `${at < 0 ? `${was.length / perChannel} channels` : was[at]}, as in ${pathIn(old, name)}`,
      remedy: 'Sessions can be added only when they were recorded with the same channel map.',
    });
  }
}

async function numbers(store: FileStore, name: string): Promise<Float64Array> {
  const source = await store.open(name);
  return source ? (await readNpyAs(source, 'float64')).data : new Float64Array(0);
}

export function requireSamePeth(old: Established, { peth }: Dataset, fresh: FileStore): void {
  if (!peth || !old.features.peth || peth.bins === old.features.peth.bins) return;
  throw new InputError({
    where: pathIn(fresh, 'peth.npy'),
    found: `${peth.bins} bins`,
    expected: `${old.features.peth.bins} bins, as the result has`,
    remedy: 'Compute the PETH with the same events, window and bins.',
  });
}

/** The same sessions twice would match themselves. */
export function requireNew(old: Established, { result }: Grown, fresh: FileStore, store: FileStore): void {
  const { locations } = result.features;
  const oldUnits = old.features.units;
  const added = locations.subarray(3 * oldUnits);
  for (let unit = 0; 3 * unit + added.length <= 3 * oldUnits; unit++) {
    if (!added.every((value, i) => value === locations[3 * unit + i])) continue;
    const session = old.sessions[unit];
    throw new InputError({
      where: fresh.name,
      found: `units that ${store.name} has already, from session ${session} on`,
      expected: 'sessions that are new',
      remedy: 'Nothing needs to be done if an earlier `dant add` was interrupted at its very end.',
    });
  }
}
