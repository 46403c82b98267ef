/** Adding sessions to a finished result. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { inStage, type RunContext, type RunEvent } from '../core/context.ts';
import { type Dataset, joinSources, type StreamedDataset, waveformSource } from '../core/dataset.ts';
import { InputError } from '../core/errors.ts';
import type { PossibleMerge } from '../core/growing/assign-new.ts';
import type { Established } from '../core/growing/established.ts';
import { type Grown, growResult } from '../core/growing/grow.ts';
import type { Kernels } from '../core/kernels/kernels.ts';
import { resolveSettings, type Settings, type UserSettings } from '../core/settings.ts';
import { pathIn } from '../io/byte-source.ts';
import { readDataset, readDatasetShape } from '../io/dataset.ts';
import { requireMemory } from '../io/memory-estimate.ts';
import { FileStore } from '../io/node/file-store.ts';
import {
  type JoinedPart,
  joinedDataFolder,
  joinRecordings,
  joinUnitRows,
} from '../io/node/join-recordings.ts';
import { memoryLimit } from '../io/node/memory-limit.ts';
import { readNpyAs } from '../io/npy.ts';
import { SavedResult } from '../io/read-result.ts';
import { RECORDED_FILE } from '../io/recorded-channels.ts';
import { finishReplacing } from '../io/replace-files.ts';
import { savedPairs } from '../io/saved-pairs.ts';
import { readUnits, type UnitRow } from '../io/units-table.ts';
import { openWaveforms } from '../io/waveform-file.ts';
import { writeTrackingResult } from '../io/write-result.ts';
import { createKernels, threadsOf } from '../workers/node.ts';
import { beginWriting } from './begin-writing.ts';
import type { AddOptions, AddSummary } from './stage-options.ts';
import { savedFeatures } from './stage-state.ts';
import { startStopwatch } from './stopwatch.ts';
import { streamedWaveforms } from './streamed-waveforms.ts';

/**
 * Adds the sessions of a data folder to a finished result, which keeps its neurons: old units keep their labels, new ones join them or
 * found new ones. Only pairs with new units are compared, and only new units are preprocessed. Beside the result, under
 * `Data/`, stands the recording of all sessions.
 *
 * @param outputFolder what a run, or an earlier addition, wrote
 * @param newData data folder whose sessions 1..n become N + 1 .. N + n
 * @throws InputError when the two do not fit or something is missing; StoppedError when the signal is aborted. The result is
 *   then as it was
 */
export async function addSessions(
  outputFolder: string,
  newData: string,
  options: AddOptions = {},
): Promise<AddSummary> {
  const stopwatch = startStopwatch();
  const warnings: string[] = [];
  const onEvent = (event: RunEvent) => {
    stopwatch.onEvent(event);
    if (event.kind === 'warning') warnings.push(event.text);
    options.onEvent?.(event);
  };
  const { signal } = options;
  const source = new FileStore(outputFolder);
  await finishReplacing(source);
  const target = new FileStore(resolve(options.output ?? outputFolder));
  const { saved, settings: oldSettings, sessions, sessionCount } = await openEstablished(source);
  const oldData = new FileStore(options.dataFolder ?? oldSettings.path_to_data);
  const fresh = new FileStore(resolve(newData));
  const settings: Settings = {
    ...oldSettings,
    path_to_data: joinedDataFolder(target.name),
    output_folder: target.name,
  };
  await requireSameProbe(oldData, fresh, source);
  const shape = await readDatasetShape(fresh);
  requireMemory({ ...shape, units: shape.units + saved.units }, settings, memoryLimit(), source.name, {
    nearby: true,
  });
  await target.checkWritable();
  const threads = threadsOf(settings.n_jobs);
  const kernels = await createKernels({ kernels: settings.kernels, threads });
  try {
    const context: RunContext = { kernels, onEvent, signal };
    const { old, dataset } = await inStage(context, 'read', async () => ({
      old: await readEstablished(saved, settings, sessions, sessionCount, oldData),
      dataset: await readFresh(fresh, settings, kernels, options),
    }));
    requireSamePeth(old, dataset, fresh);
    const grown = await growResult(old, dataset, settings, context);
    requireNew(old, grown, fresh, source);
    const parts: [JoinedPart, JoinedPart] = [
      { folder: oldData.name, units: saved.units, sessionCount, sessions },
      {
        folder: fresh.name,
        units: dataset.units,
        sessionCount: dataset.sessionCount,
        sessions: dataset.sessions,
      },
    ];
    for (const merge of grown.possibleMerges) onEvent({ kind: 'warning', text: possibleMergeText(merge) });
    const extra = beginWriting(grown.result, context, {
      streamed:
        settings.save_waveforms === 'always'
          ? (blocks) => streamedWaveforms(joined(old, dataset, grown), blocks, undefined, context)
          : 'none',
      unitRows: await joinedRows(parts),
      runTimeSec: stopwatch.total(),
      figures: options.figures ?? true,
      also: (staging) => joinRecordings(parts, joinedDataFolder(staging.name), settings.path_to_data, signal),
    });
    await writeTrackingResult(target, grown.result, extra);
    return summarize(old, grown, {
      seconds: stopwatch.seconds,
      totalSeconds: stopwatch.total(),
      warnings,
      threads,
    });
  } finally {
    await kernels.close();
  }
}

/** What cannot be had from elsewhere. */
const NEEDED_FILES = ['ClusteringResults.npz', 'motion_constant.npy', 'CurationPairs.npy'];

/** What `Output.npz` says about the result, checked. */
async function openEstablished(store: FileStore) {
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

async function readEstablished(
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

function readFresh(
  fresh: FileStore,
  settings: Settings,
  kernels: Kernels,
  { signal, onEvent }: AddOptions,
): Promise<Dataset> {
  return readDataset(fresh, {
    settings,
    leastSessions: 1,
    allocate: kernels.float32,
    signal,
    progress: (done, total) => onEvent?.({ kind: 'progress', stage: 'read', step: 'waveforms', done, total }),
  });
}

/** Waveforms can be compared on the same channels only. */
async function requireSameProbe(old: FileStore, fresh: FileStore, result: FileStore): Promise<void> {
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

function requireSamePeth(old: Established, { peth }: Dataset, fresh: FileStore): void {
  if (!peth || !old.features.peth || peth.bins === old.features.peth.bins) return;
  throw new InputError({
    where: pathIn(fresh, 'peth.npy'),
    found: `${peth.bins} bins`,
    expected: `${old.features.peth.bins} bins, as the result has`,
    remedy: 'Compute the PETH with the same events, window and bins.',
  });
}

/** The same sessions twice would match themselves. */
function requireNew(old: Established, { result }: Grown, fresh: FileStore, store: FileStore): void {
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

/** The recording of all sessions, to write its waveforms. */
function joined(
  old: Established,
  fresh: Dataset,
  { result: { sessions, sessionCount } }: Grown,
): StreamedDataset {
  return {
    ...fresh,
    units: sessions.length,
    sessions,
    sessionCount,
    waveforms: joinSources(
      old.waveforms(Int32Array.from(old.sessions.keys())),
      waveformSource(fresh.waveforms),
    ),
  };
}

function possibleMergeText({ labels, units, score }: PossibleMerge): string {
  const [a, b] = labels.map((label, i) => (label < 0 ? `unit ${units[i]}` : `neuron ${label + 1}`));
  return `With the new sessions, ${a} and ${b} look like one (similarity ${score.toFixed(2)}); they stay apart: look at them.`;
}

/** `units.csv` of all sessions, when there is one. */
async function joinedRows(parts: readonly JoinedPart[]): Promise<readonly UnitRow[] | undefined> {
  return joinUnitRows(
    await Promise.all(parts.map(({ folder, units }) => readUnits(new FileStore(folder), units))),
    parts,
  );
}

function summarize(
  old: Established,
  { result, possibleMerges }: Grown,
  rest: Pick<AddSummary, 'seconds' | 'totalSeconds' | 'threads' | 'warnings'>,
): AddSummary {
  const { labels, clusterCount, matchedPairs } = result.curation;
  const oldUnits = old.features.units;
  const fresh = labels.subarray(oldUnits);
  const joined = fresh.filter((label) => label >= 0 && label < old.curation.clusterCount).length;
  return {
    outputFolder: result.settings.output_folder,
    dataFolder: result.settings.path_to_data,
    newUnits: fresh.length,
    newSessions: result.sessionCount - old.sessionCount,
    units: labels.length,
    sessions: result.sessionCount,
    joined,
    newNeurons: clusterCount - old.curation.clusterCount,
    unmatched: fresh.filter((label) => label < 0).length,
    clusters: clusterCount,
    matches: matchedPairs.length / 2,
    motion: [...result.motion.constant.subarray(old.sessionCount)],
    possibleMerges: possibleMerges.map(({ labels: [a, b], units, score }) => ({
      neurons: [a < 0 ? -1 : a + 1, b < 0 ? -1 : b + 1],
      units: [...units],
      similarity: score,
    })),
    ...rest,
    peakMemory: process.resourceUsage().maxRSS * 1024,
    kernels: result.kernels,
  };
}
