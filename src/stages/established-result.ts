/** What a result and new sessions must be, so that the one can be added to the other. */
import { existsSync } from 'node:fs';
import type { Dataset } from '../core/dataset.ts';
import { InputError } from '../core/errors.ts';
import type { Established } from '../core/growing/established.ts';
import type { EstablishedShank } from '../core/growing/grow-shanks.ts';
import type { TrackingResult } from '../core/result.ts';
import { resolveSettings, type Settings, type UserSettings } from '../core/settings.ts';
import { pathIn } from '../io/byte-source.ts';
import { readDatasetShape } from '../io/dataset.ts';
import type { FileStore } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { SavedResult } from '../io/read-result.ts';
import { RECORDED_FILE } from '../io/recorded-channels.ts';
import { savedPairs } from '../io/saved-pairs.ts';
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
  const { settings } = resolveSettings(run.params as UserSettings, {
    hasPeth: true,
    fromFile: false,
    source: `${pathIn(store, 'Output.npz')}, array Params`,
  });
  const shanks = await saved.shanks();
  const unlearned = await shanksWithoutThreshold(shanks);
  if (shanks.size === 0 ? !(await hasThreshold(saved)) : unlearned.length === shanks.size) {
    throw new InputError({
      where: pathIn(store, 'SimilarityThreshold.npy'),
      found: 'no finite number',
      expected: 'the similarity above which two units are one neuron',
      remedy: 'The run could not learn it from so few matches: run dant on all sessions together.',
    });
  }
  const warnings = unlearned.map(
    (shankId) =>
      `Shank ${shankId}: the run could not learn from so few matches how similar the units of one neuron are; new units stay unmatched there. Run dant on all sessions together to match them.`,
  );
  return { saved, shanks, settings, sessions: run.sessions, sessionCount: run.sessionCount, warnings };
}

async function shanksWithoutThreshold(shanks: ReadonlyMap<number, SavedResult>): Promise<number[]> {
  const found: number[] = [];
  for (const [shankId, saved] of shanks) if (!(await hasThreshold(saved))) found.push(shankId);
  return found;
}

const hasThreshold = async (saved: SavedResult) => Number.isFinite((await saved.thresholds())[0]);

/** Reads every shank of a result of several. @param of all units of the result */
export async function readEstablishedShanks(
  shanks: ReadonlyMap<number, SavedResult>,
  settings: Settings,
  of: EstablishedUnits,
): Promise<EstablishedShank[]> {
  const found: EstablishedShank[] = [];
  for (const [shankId, saved] of shanks) {
    const units = await saved.originalUnits();
    if (!units) {
      throw new InputError({
        where: pathIn(saved.store, 'original_unit_indices.npy'),
        found: 'no such file',
        expected: 'which units of the recording the shank has',
        remedy: 'Run dant again: the folder of the shank is unfinished.',
      });
    }
    const old = await readEstablished(saved, settings, {
      sessions: Int32Array.from(units, (unit) => of.sessions[unit]),
      sessionCount: of.sessionCount,
      waveforms: (which) => of.waveforms(which.map((unit) => units[unit])),
    });
    found.push({ shankId, units, old });
  }
  return found;
}

/** What the recording of a result tells of its units. */
export type EstablishedUnits = Pick<Established, 'sessions' | 'sessionCount' | 'waveforms'>;

/** @param of the units of the result */
export async function readEstablished(
  saved: SavedResult,
  settings: Settings,
  of: EstablishedUnits,
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
  requireWholeNeurons(labels, pathIn(store, 'IdxCluster.npy'));
  const { pairs, types } = await saved.curation();
  const [motion] = await saved.motions();
  const { features } = settings.clustering;
  return {
    ...of,
    features: await savedFeatures(saved),
    motion,
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

/** @param labels (units,) from 0, -1 unmatched */
function requireWholeNeurons(labels: Int32Array, where: string): void {
  const counts: number[] = [];
  for (const label of labels) if (label >= 0) counts[label] = (counts[label] ?? 0) + 1;
  const wrong = Array.from(counts).findIndex((count) => !(count >= 2));
  if (wrong < 0) return;
  throw new InputError({
    where,
    found: `neuron ${wrong + 1} with ${counts[wrong] ?? 0} units`,
    expected: 'neurons of at least two units, numbered without gaps, as a run writes them',
    remedy: 'Files of a result are not to be changed: run dant again, and curate with `dant view`.',
  });
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

/**
 * A session twice would match itself. It is told by the depths of its units, which no two recordings have to the last bit.
 * @param grown of all units, old ones first
 * @param oldUnits how many of them the result has
 */
export function requireNew(
  { sessions, features: { locations } }: Pick<TrackingResult, 'sessions' | 'features'>,
  oldUnits: number,
  fresh: FileStore,
  store: FileStore,
): void {
  const oldSessionAt = new Map<number, number>();
  let oldSessions = 0;
  for (let unit = 0; unit < oldUnits; unit++) {
    oldSessionAt.set(locations[3 * unit + 1], sessions[unit]);
    oldSessions = Math.max(oldSessions, sessions[unit]);
  }
  /** Units of each new session, and how many of them are where units of an old one are, by the old one. */
  const found = new Map<number, { units: number; known: Map<number, number> }>();
  for (let unit = oldUnits; unit < sessions.length; unit++) {
    const session = found.get(sessions[unit]) ?? { units: 0, known: new Map<number, number>() };
    found.set(sessions[unit], session);
    session.units++;
    const old = oldSessionAt.get(locations[3 * unit + 1]);
    if (old !== undefined) session.known.set(old, (session.known.get(old) ?? 0) + 1);
  }
  for (const [session, { units, known }] of found) {
    const [old] = [...known].find(([, count]) => 2 * count > units) ?? [];
    if (old === undefined) continue;
    throw new InputError({
      where: fresh.name,
      found: `session ${session - oldSessions} with the units of session ${old} of ${store.name}`,
      expected: 'sessions that are new',
      remedy:
        'Leave it out. Nothing needs to be done if an earlier `dant add` of it was interrupted at its very end.',
    });
  }
}
