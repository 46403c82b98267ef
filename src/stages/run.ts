/** The whole method on folders: read, track, write, draw. */
import { inStage, type RunContext, type RunEvent } from '../core/context.ts';
import type { Dataset, StreamedDataset } from '../core/dataset.ts';
import { InputError } from '../core/errors.ts';
import { type Motion, motionRange } from '../core/motion/motion.ts';
import { trackShank, trackShankNearby } from '../core/one-shank.ts';
import {
  isMultiShank,
  type MultiShankResult,
  type ResultPart,
  type TrackingResult,
  type UnitPairs,
} from '../core/result.ts';
import type { UserSettings } from '../core/settings.ts';
import { trackShanks, trackShanksNearby } from '../core/shanks.ts';
import { track } from '../core/track.ts';
import { trackNearby } from '../core/track-nearby.ts';
import { pathIn, type Store, subStore } from '../io/byte-source.ts';
import { whileLocked } from '../io/node/folder-lock.ts';
import { shankFolder } from '../io/result-folder.ts';
import { writeResult, writeShankResult, writeWhileComputing } from '../io/write-result.ts';
import { beginWriting } from './begin-writing.ts';
import { FolderCheckpoints } from './checkpoints.ts';
import { FigureThread } from './draw-aside.ts';
import { openKernels } from './open-kernels.ts';
import { type OpenedRecording, openRecording, readEither } from './open-recording.ts';
import { packageVersion } from './package-version.ts';
import type { RunOptions, RunSummary, ShankMode } from './stage-options.ts';
import { type Stopwatch, startStopwatch } from './stopwatch.ts';
import { streamedWaveforms } from './streamed-waveforms.ts';
import { SparseFilesThreads } from './write-aside.ts';

/**
 * Runs the standard pipeline, all units as if on one shank.
 *
 * @param userSettings what `settings.json` holds; `path_to_data` and `output_folder` name the folders
 * @throws InputError for bad input, before anything is written; StoppedError when the signal is aborted: an earlier result is
 *   then as it was
 */
export function runDANT(
  userSettings: UserSettings,
  options: Omit<RunOptions, 'shanks'> = {},
): Promise<RunSummary> {
  return runFolder(userSettings, { ...options, shanks: 'together' });
}

/**
 * Runs the pipeline for every shank of the probe on its own and merges the results. `path_to_data` must hold
 * `channel_shanks.npy`.
 *
 * @throws as `runDANT`
 */
export function runDANTMultiShank(
  userSettings: UserSettings,
  options: Omit<RunOptions, 'shanks'> = {},
): Promise<RunSummary> {
  return runFolder(userSettings, { ...options, shanks: 'each' });
}

/** Runs the pipeline, shanks as `options.shanks` says (default `auto`). @throws as `runDANT` */
export async function runFolder(userSettings: UserSettings, options: RunOptions = {}): Promise<RunSummary> {
  const stopwatch = startStopwatch();
  const warnings: string[] = [];
  const onEvent = (event: RunEvent) => {
    stopwatch.onEvent(event);
    if (event.kind === 'warning') warnings.push(event.text);
    options.onEvent?.(event);
  };
  const { figures = true } = options;
  const opened = await openRecording(userSettings, { ...options, figures, onEvent });
  await opened.output.checkWritable();
  const { shank: shankId } = options;
  if (shankId !== undefined && opened.settings.motionEstimation.pool_shanks !== 'none') {
    throw new InputError({
      where: 'setting "motionEstimation.pool_shanks"',
      found: `"${opened.settings.motionEstimation.pool_shanks}", and one shank to be tracked alone`,
      expected: '"none", or all shanks in one run',
      remedy: 'Pooling needs the pairs of all shanks: leave out `--shank`, and the column shank of a list.',
    });
  }
  const place = shankId === undefined ? opened.output : subStore(opened.output, shankFolder(shankId));
  return whileLocked(place.name, () =>
    runInto(place, opened, { ...options, onEvent }, { stopwatch, warnings }),
  );
}

/** What is told of a run at its end. */
interface Course {
  readonly stopwatch: Stopwatch;
  readonly warnings: readonly string[];
}

async function runInto(
  place: Store,
  opened: OpenedRecording,
  options: RunOptions & Required<Pick<RunOptions, 'onEvent'>>,
  { stopwatch, warnings }: Course,
): Promise<RunSummary> {
  const { onEvent, shank: shankId } = options;
  const open = await openKernels(opened.settings, options.signal);
  const { kernels, threads } = open;
  const checkpoints = new FolderCheckpoints(place, opened.data, {
    mode: options.checkpoints ?? 'auto',
    resume: options.resume ?? false,
    program: `dant ${packageVersion()} with ${kernels.name} kernels`,
    elapsed: () => stopwatch.total(),
    log: (text) => onEvent({ kind: 'log', text }),
    warn: (text) => onEvent({ kind: 'warning', text }),
  });
  const figures = (options.figures ?? true) ? new FigureThread() : undefined;
  const sparseFiles = new SparseFilesThreads(threads);
  try {
    await checkpoints.announce();
    const { memoryLimit } = opened;
    const context: RunContext = { kernels, onEvent, signal: options.signal, checkpoints, memoryLimit };
    const { given, unitRows, ...read } = await inStage(context, 'read', () =>
      readEither(opened, kernels, options),
    );
    const { dataset } = read;
    onEvent({
      kind: 'log',
      text: `Preset ${opened.settings.preset}; ${kernels.name} kernels, ${threads} thread${threads > 1 ? 's' : ''}.`,
    });
    const extraOf = (computed: TrackingResult | MultiShankResult) =>
      beginWriting(computed, context, {
        waveforms: read.whole?.waveforms,
        streamed:
          read.streamed && ((blocks, which) => streamedWaveforms(read.streamed, blocks, which, context)),
        unitRows,
        runTimeSec: stopwatch.total(),
        figures,
      });
    let result: TrackingResult | MultiShankResult;
    const apart = separateShanks(
      dataset,
      shankId === undefined ? (options.shanks ?? 'auto') : 'each',
      opened,
    );
    if (shankId !== undefined) {
      const shank = read.streamed
        ? await trackShankNearby(read.streamed, opened.settings, context, shankId, given)
        : await trackShank(read.whole, opened.settings, context, shankId, given);
      result = shank.result;
      await writeShankResult(opened.output, shank, extraOf(result));
    } else if (apart) {
      result = read.streamed
        ? await trackShanksNearby(read.streamed, opened.settings, context, given)
        : await trackShanks(read.whole, opened.settings, context, given);
      await writeResult(opened.output, result, extraOf(result));
    } else {
      const compute = async (write: (part: ResultPart) => void, staging: Store) => {
        // While clusters and weights alternate there is a core to load what drawing takes.
        const onTracking = (event: RunEvent) => {
          if (event.kind === 'stage' && event.stage === 'motion' && event.state === 'begin')
            figures?.prepare();
          onEvent(event);
        };
        const onPart = (part: ResultPart) => {
          if (part.kind === 'moved' && threads > 1) figures?.drawMotion(part.result);
          // Putting the leaves in order takes one thread: figures, which do not show it, are drawn meanwhile.
          if (part.kind === 'drawable' && figures?.canDraw(part.result))
            figures.draw(part.result, options.signal);
          write(part);
        };
        const onNearby = (part: ResultPart) => {
          if (part.kind === 'nearbySimilarities') sparseFiles.begin(part, staging.name, options.signal);
        };
        try {
          const computed = read.streamed
            ? await trackNearby(read.streamed, opened.settings, { ...context, onPart: onNearby }, given)
            : await track(read.whole, opened.settings, { ...context, onEvent: onTracking, onPart }, given);
          const beside = sparseFiles.finished();
          return {
            result: computed,
            extra: { ...extraOf(computed), beside, elsewhere: sparseFiles.files },
          };
        } catch (error) {
          // Nothing may be written any more.
          await sparseFiles.close();
          throw error;
        }
      };
      ({ result } = await writeWhileComputing(opened.output, compute, options.signal));
    }
    await checkpoints.remove();
    const summary = summarize(opened, dataset, result, { stopwatch, threads, warnings });
    return { ...summary, outputFolder: place.name };
  } finally {
    await figures?.close();
    await sparseFiles.close();
    await open.close();
  }
}

function separateShanks(
  dataset: Pick<Dataset, 'probe'>,
  mode: ShankMode,
  { data }: OpenedRecording,
): boolean {
  if (mode === 'each' && !dataset.probe.hasShanks) {
    throw new InputError({
      where: pathIn(data, 'channel_shanks.npy'),
      found: 'no such file',
      expected: 'the shank of every channel, to track each shank on its own',
      remedy: 'Add the file, or track all units together (`--shanks together`, `runDANT`).',
    });
  }
  return mode === 'each' || (mode === 'auto' && new Set(dataset.probe.shanks).size > 1);
}

function summarize(
  { settings, output }: OpenedRecording,
  dataset: Dataset | StreamedDataset,
  result: TrackingResult | MultiShankResult,
  run: { stopwatch: Stopwatch; threads: number; warnings: readonly string[] },
): RunSummary {
  const multi = isMultiShank(result);
  const { user, system } = process.cpuUsage();
  const parts: { shank?: number; of: TrackingResult }[] = multi
    ? result.shanks.map(({ shankId, result: of }) => ({ shank: shankId, of }))
    : [{ of: result }];
  return {
    settings,
    units: result.features.units,
    sessions: dataset.sessionCount,
    channels: dataset.waveforms.channels,
    samples: dataset.waveforms.samples,
    shanks: parts.length,
    clusters: multi ? result.clusterCount : result.curation.clusterCount,
    candidatePairs: parts.reduce((sum, { of: { clustering } }) => sum + candidateCount(clustering.pairs), 0),
    matches: (multi ? result.matchedPairs : result.curation.matchedPairs).length / 2,
    weights: parts.flatMap(({ shank, of }) =>
      of.clustering.features.map((feature, f) => ({
        ...(shank !== undefined && { shank }),
        feature,
        weight: of.clustering.weights[f],
      })),
    ),
    thresholds: parts.map(({ of }) => of.clustering.threshold),
    motionRange: rangeOf(
      parts.map(({ of }) => of.motion),
      dataset.probe.locations,
    ),
    seconds: run.stopwatch.seconds,
    totalSeconds: run.stopwatch.total(),
    processorSeconds: (user + system) / 1e6,
    // maxRSS is in kilobytes on every platform.
    peakMemory: process.resourceUsage().maxRSS * 1024,
    kernels: result.kernels,
    threads: run.threads,
    warnings: run.warnings,
    outputFolder: output.name,
  };
}

const candidateCount = ({ count, sampledFrom }: UnitPairs) => sampledFrom ?? count;

function rangeOf(motions: readonly Motion[], channelLocations: Float64Array): [number, number] {
  const ranges = motions.map((motion) => motionRange(motion, channelLocations));
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
}
