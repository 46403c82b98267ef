/** Adding sessions to a finished result. */
import { resolve } from 'node:path';
import { inStage, type RunContext, type RunEvent } from '../core/context.ts';
import { toFileLabels } from '../core/curation/cluster-labels.ts';
import { type Dataset, joinSources, type StreamedDataset, waveformSource } from '../core/dataset.ts';
import { growResult } from '../core/growing/grow.ts';
import { growShanks } from '../core/growing/grow-shanks.ts';
import type { Kernels } from '../core/kernels/kernels.ts';
import { isMultiShank, type ResultPart } from '../core/result.ts';
import type { Settings } from '../core/settings.ts';
import type { Store } from '../io/byte-source.ts';
import { allEnded } from '../io/concurrently.ts';
import { readDataset, readDatasetShape } from '../io/dataset.ts';
import { requireMemory } from '../io/memory-estimate.ts';
import { FileStore } from '../io/node/file-store.ts';
import { requireUnlocked, whileLocked } from '../io/node/folder-lock.ts';
import {
  earlierJoined,
  type JoinedPart,
  joinedDataFolder,
  joinRecordings,
  joinUnitRows,
} from '../io/node/join-recordings.ts';
import { usualMemoryLimit } from '../io/node/memory-limit.ts';
import { requireOtherFolder } from '../io/node/places.ts';
import { finishReplacing } from '../io/replace-files.ts';
import { readUnits, type UnitRow } from '../io/units-table.ts';
import { openWaveforms } from '../io/waveform-file.ts';
import { earlierCurated } from '../io/write-curated.ts';
import { writeWhileComputing } from '../io/write-result.ts';
import { type GrownRecording, possibleMergeText, summarizeAddition } from './add-report.ts';
import { beginWriting } from './begin-writing.ts';
import { CarriedCuration, type GrownUnits } from './carry-curation.ts';
import { FigureThread } from './draw-aside.ts';
import {
  type EstablishedUnits,
  openEstablished,
  readEstablished,
  readEstablishedShanks,
  requireNew,
  requireSamePeth,
  requireSameProbe,
} from './established-result.ts';
import { openKernels } from './open-kernels.ts';
import type { AddOptions, AddSummary } from './stage-options.ts';
import { startStopwatch } from './stopwatch.ts';
import { streamedWaveforms } from './streamed-waveforms.ts';
import { SparseFilesThreads } from './write-aside.ts';

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
  const source = new FileStore(outputFolder);
  const target = new FileStore(resolve(options.output ?? outputFolder));
  const fresh = new FileStore(resolve(newData));
  requireOtherFolder(fresh.name, target.name);
  await target.checkWritable();
  if (target.name !== resolve(outputFolder)) await requireUnlocked(outputFolder);
  return whileLocked(target.name, () => addTo(source, target, fresh, options));
}

async function addTo(
  source: FileStore,
  target: FileStore,
  fresh: FileStore,
  options: AddOptions,
): Promise<AddSummary> {
  const stopwatch = startStopwatch();
  const warnings: string[] = [];
  const onEvent = (event: RunEvent) => {
    stopwatch.onEvent(event);
    if (event.kind === 'warning') warnings.push(event.text);
    options.onEvent?.(event);
  };
  const { signal } = options;
  await finishReplacing(source);
  const established = await openEstablished(source);
  const { saved, shanks, settings: oldSettings, sessions, sessionCount } = established;
  const oldData = new FileStore(resolve(options.dataFolder ?? oldSettings.path_to_data));
  requireOtherFolder(oldData.name, target.name);
  const dataFolder = joinedDataFolder(target.name);
  const settings: Settings = {
    ...oldSettings,
    path_to_data: dataFolder,
    output_folder: target.name,
  };
  await requireSameProbe(oldData, fresh, source);
  const shape = await readDatasetShape(fresh);
  const limit = options.memory ?? usualMemoryLimit();
  requireMemory({ ...shape, units: shape.units + saved.units }, settings, limit, source.name, {
    nearby: true,
    grown: true,
    figures: options.figures ?? true,
    compared: shanks.size > 0 ? 'each' : 'together',
  });
  const kept = resolve(oldData.name) === resolve(dataFolder) ? saved.units : 0;
  const stale = await earlierJoined(new FileStore(dataFolder), kept);
  for (const text of established.warnings) onEvent({ kind: 'warning', text });
  const oldLabels = await saved.labels();
  const curation = await CarriedCuration.open(
    source,
    { labels: toFileLabels(oldLabels), peakChannels: await saved.peakChannels() },
    (text) => onEvent({ kind: 'warning', text }),
  );
  let carried: AddSummary['curation'];
  const open = await openKernels(settings, signal);
  const { kernels, threads } = open;
  const figures = (options.figures ?? true) ? new FigureThread() : undefined;
  // The motion of few sessions is searched for in little memory: there is room, however many pairs there are.
  const sparseFiles = new SparseFilesThreads(threads, Number.POSITIVE_INFINITY);
  try {
    const context: RunContext = { kernels, onEvent, signal };
    const read = await inStage(context, 'read', async () => {
      const of = { sessions, sessionCount, waveforms: await openWaveforms(oldData) };
      return {
        of,
        dataset: await readFresh(fresh, settings, kernels, options),
        old: shanks.size > 0 ? undefined : await readEstablished(saved, settings, of),
        shanks: await readEstablishedShanks(shanks, settings, of),
      };
    });
    const { dataset } = read;
    for (const old of read.old ? [read.old] : read.shanks.map((shank) => shank.old))
      requireSamePeth(old, dataset, fresh);
    // They load while the motion is found, which leaves a thread idle at times.
    figures?.prepare();
    sparseFiles.prepare();
    const parts: [JoinedPart, JoinedPart] = [
      { folder: oldData.name, units: saved.units, sessionCount, sessions },
      {
        folder: fresh.name,
        units: dataset.units,
        sessionCount: dataset.sessionCount,
        sessions: dataset.sessions,
      },
    ];
    const compute = async (onPart: (part: ResultPart) => void) => {
      const grown: GrownRecording = read.old
        ? await growResult(read.old, dataset, settings, { ...context, onPart })
        : await growShanks({ sessions, labels: oldLabels }, read.shanks, dataset, settings, context);
      requireNew(grown.result, saved.units, fresh, source);
      for (const merge of grown.possibleMerges) onEvent({ kind: 'warning', text: possibleMergeText(merge) });
      const extra = beginWriting(grown.result, context, {
        streamed:
          settings.save_waveforms === 'always'
            ? (blocks, which) => streamedWaveforms(joined(read.of, dataset, grown), blocks, which, context)
            : 'none',
        unitRows: await joinedRows(parts),
        runTimeSec: stopwatch.total(),
        figures,
      });
      const also = async (staging: Store) => {
        await extra.also?.(staging);
        carried = await curation?.write(unitsOf(grown), target, staging);
      };
      const replaces = async () => [
        ...stale.map((name) => `Data/${name}`),
        ...(await earlierCurated(target)),
      ];
      return { grown, result: grown.result, extra: { ...extra, also, replaces } };
    };
    const { grown } = await writeWhileComputing(
      target,
      async (_onPart, staging) => {
        // What the recordings hold does not depend on the result.
        const joining = joinRecordings(parts, joinedDataFolder(staging.name), settings.path_to_data, signal);
        // A failure is met where all are waited for.
        joining.catch(() => {});
        const onPart = (part: ResultPart) => {
          if (threads < 2) return;
          if (part.kind === 'moved') figures?.drawMotion(part.result);
          // How sure the matches are, which figures do not show, is worked out meanwhile.
          if (part.kind === 'drawable' && figures?.canDraw(part.result)) figures.draw(part.result, signal);
          if (part.kind === 'nearbySimilarities') sparseFiles.begin(part, staging.name, signal);
        };
        try {
          const computed = await compute(onPart);
          const beside = allEnded([joining, sparseFiles.finished()]);
          return { ...computed, extra: { ...computed.extra, beside, elsewhere: sparseFiles.files } };
        } catch (error) {
          // Nothing may be written any more.
          await sparseFiles.close();
          await Promise.allSettled([joining]);
          throw error;
        }
      },
      signal,
    );
    return summarizeAddition(oldLabels, sessionCount, grown, {
      curation: carried,
      seconds: stopwatch.seconds,
      totalSeconds: stopwatch.total(),
      warnings,
      threads,
    });
  } finally {
    await figures?.close();
    await sparseFiles.close();
    await open.close();
  }
}

function unitsOf({ result, followed }: GrownRecording): GrownUnits {
  const { labels } = isMultiShank(result) ? result : result.curation;
  const { sessions, features } = result;
  return { labels: toFileLabels(labels), peakChannels: features.peakChannels, sessions, followed };
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

/** The recording of all sessions, to write its waveforms. */
function joined(
  old: EstablishedUnits,
  fresh: Dataset,
  { result: { sessions, sessionCount } }: GrownRecording,
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

/** `units.csv` of all sessions, when there is one. */
async function joinedRows(parts: readonly JoinedPart[]): Promise<readonly UnitRow[] | undefined> {
  return joinUnitRows(
    await Promise.all(parts.map(({ folder, units }) => readUnits(new FileStore(folder), units))),
    parts,
  );
}
