/** Writing the result of a run as an output folder (docs/files.md). */
import type { Waveforms } from '../core/dataset.ts';
import { throwIfStopped } from '../core/errors.ts';
import { wantsWaveforms } from '../core/motion/corrected-waveforms.ts';
import {
  isMultiShank,
  type MultiShankResult,
  type ResultPart,
  type ShankResult,
  type TrackingResult,
} from '../core/result.ts';
import { listDeep, type Store, stoppable, subStore } from './byte-source.ts';
import { allEnded, concurrently } from './concurrently.ts';
import { type NpyOutput, npyChunks } from './npy-writer.ts';
import { npzChunks } from './npz.ts';
import { replaceFiles } from './replace-files.ts';
import { blocksOfShanks, blocksOfTracking, type ResultBlocks, unitConfidence } from './result-blocks.ts';
import { earlierResultFiles, shankFolder, shankFolders } from './result-folder.ts';
import { encodeUnits, resultUnits, UNITS_FILE, type UnitRow } from './units-table.ts';
import { WriteAhead } from './write-ahead.ts';
import { clusteringArchive, clusteringFiles, motionFiles, sparseFiles } from './write-clustering.ts';
import { curationFiles } from './write-curation.ts';
import {
  centeredWaveforms,
  correctedWaveforms,
  featureArrays,
  type NamedArrays,
  type ResultFile,
} from './write-features.ts';
import { intermediateFiles } from './write-intermediate.ts';
import { LARGEST_PICKLE, outputMembers, type RunTimes } from './write-output-npz.ts';

export interface ResultExtra extends RunTimes {
  /** The waveforms as they came: needed for `waveforms_centered.npy`, which is written when the settings ask for it. */
  readonly waveforms?: Waveforms;
  /** `units.csv` of the input, whose columns are carried over. */
  readonly unitRows?: readonly UnitRow[];
  /** Waveforms of a result that does not hold them, or that none are written. @param which indices among all units; all when left out */
  readonly streamed?: 'none' | ((blocks: ResultBlocks, which?: Int32Array) => StreamedWaveforms);
  /** More files of the result that are being written to where these are. */
  readonly beside?: Promise<void>;
  /** Names of those of them that would be written here otherwise. */
  readonly elsewhere?: ReadonlySet<string>;
  /** Writes more files of the result, such as figures, before all of them are put in place. */
  readonly also?: (store: Store) => Promise<void>;
  /** Files beside an earlier result that go with it unless they are written again. */
  readonly replaces?: () => Promise<readonly string[]>;
  /** Takes a line for the log. */
  readonly log?: (text: string) => void;
  /** Called after every file, with the number of files written so far. */
  readonly progress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Writes a result; one of several shanks in the order of all units, and that of every shank under `Shank<ID>/`, with
 * `original_unit_indices.npy`. What was there before stays until everything is written; `Output.npz` comes last.
 *
 * @throws InputError when the folder cannot be written; StoppedError when the signal is aborted
 */
export async function writeResult(
  store: Store,
  result: TrackingResult | MultiShankResult,
  extra: ResultExtra,
): Promise<void> {
  await replaceResult(store, extra.signal, async (staging) => {
    await writeWhole(staging, result, extra);
    await extra.also?.(staging);
    return { extra };
  });
}

export interface ComputedResult {
  readonly result: TrackingResult | MultiShankResult;
  readonly extra: ResultExtra;
}

/**
 * Computes a result and writes it as `writeResult` does; the parts that `compute` tells are written while it goes on.
 *
 * @param compute gives the result, and what else there is to write; it may write more files to `staging` itself
 * @returns what `compute` gives
 * @throws as `writeResult`, and whatever `compute` throws; what was there before is then as it was
 */
export async function writeWhileComputing<Computed extends ComputedResult>(
  store: Store,
  compute: (onPart: (part: ResultPart) => void, staging: Store) => Promise<Computed>,
  signal?: AbortSignal,
): Promise<Computed> {
  return replaceResult(store, signal, async (staging) => {
    const ahead = new WriteAhead(staging, signal);
    try {
      const computed = await compute(ahead.add, staging);
      const { result, extra } = computed;
      const writing = writeWhole(staging, result, extra, ahead.files);
      // Nothing may be written any more when one of them fails.
      await allEnded([ahead.finished(), writing, extra.beside]);
      await extra.also?.(staging);
      return computed;
    } catch (error) {
      await ahead.abandon();
      throw error;
    }
  });
}

/** @param written files that are there already */
async function writeWhole(
  staging: Store,
  result: TrackingResult | MultiShankResult,
  extra: ResultExtra,
  written?: ReadonlySet<string>,
): Promise<void> {
  if (!isMultiShank(result)) return writeBlocks(staging, blocksOfTracking(result), extra, { written });
  for (const shank of result.shanks) {
    await writeShank(subStore(staging, shankFolder(shank.shankId)), shank, extra);
  }
  await writeBlocks(staging, blocksOfShanks(result), extra);
}

/** Writes the result of one shank under `Shank<ID>/`, as `writeResult` does, and nothing else. */
export async function writeShankResult(store: Store, shank: ShankResult, extra: ResultExtra): Promise<void> {
  const folder = subStore(store, shankFolder(shank.shankId));
  await replaceResult(folder, extra.signal, async (staging) => {
    await writeShank(staging, shank, extra);
    await extra.also?.(staging);
    return { extra };
  });
}

async function writeShank(store: Store, { units, result }: ShankResult, extra: ResultExtra): Promise<void> {
  const indices = npyChunks({ dtype: 'int64', shape: [units.length], data: units });
  await store.write('original_unit_indices.npy', indices);
  await writeBlocks(store, blocksOfTracking(result), extra, { which: units });
}

/** Writes the merged result of several shanks whose own folders are there already, and stay as they are. */
export async function writeMergedResult(
  store: Store,
  result: MultiShankResult,
  extra: ResultExtra,
): Promise<void> {
  const earlier = async () => (await earlierResultFiles(store)).filter((path) => !path.includes('/'));
  await replaceFiles(store, { earlier, mark: 'Output.npz' }, async (staging) => {
    await writeBlocks(staging, blocksOfShanks(result), extra);
    await extra.also?.(staging);
    throwIfStopped(extra.signal);
  });
}

async function replaceResult<T extends { readonly extra: ResultExtra }>(
  store: Store,
  signal: AbortSignal | undefined,
  write: (staging: Store) => Promise<T>,
): Promise<T> {
  const shanks = await shankFolders(store);
  let extra: ResultExtra | undefined;
  const earlier = async () => [...(await earlierResultFiles(store)), ...((await extra?.replaces?.()) ?? [])];
  const value = await replaceFiles(store, { earlier, mark: 'Output.npz' }, async (staging) => {
    const written = await write(staging);
    throwIfStopped(signal);
    extra = written.extra;
    return written;
  });
  for (const folder of shanks) if ((await listDeep(store, folder)).length === 0) await store.remove(folder);
  return value;
}

/** Waveforms that are made when they are written, in pieces of whole units. */
export interface StreamedWaveforms {
  readonly centered: () => AsyncIterable<Float32Array>;
  readonly corrected: () => AsyncIterable<Float32Array>;
}

/** The waveforms, centred and corrected, as far as the settings ask for them. */
function waveformFiles(blocks: ResultBlocks, extra: ResultExtra, which?: Int32Array): NamedArrays {
  if (extra.streamed === 'none') return {};
  const { settings, features, units } = blocks;
  const corrected = correctedWaveforms(blocks, settings.waveformCorrection.n_templates);
  const [, channels, samples] = corrected.shape;
  const streamed = extra.streamed?.(blocks, which);
  const files: Record<string, NpyOutput> = {};
  const shape = [units, channels, samples];
  if (settings.centering_waveforms && wantsWaveforms(settings, shape)) {
    if (streamed) files.waveforms_centered = { dtype: 'float32', shape, data: streamed.centered };
    else if (extra.waveforms)
      files.waveforms_centered = centeredWaveforms(extra.waveforms, features.peakChannels, which);
  }
  if (wantsWaveforms(settings, corrected.shape)) {
    files.waveforms_corrected = streamed
      ? { dtype: 'float32', shape: corrected.shape, data: streamed.corrected }
      : corrected;
  }
  return files;
}

/** Of more units memory counts more than time. */
const MOST_SIDE_BY_SIDE = 10_000;

/**
 * @param options.which indices among all units of those of a shank
 * @param options.written files that are there already
 */
async function writeBlocks(
  store: Store,
  blocks: ResultBlocks,
  extra: ResultExtra,
  { which, written }: { readonly which?: Int32Array; readonly written?: ReadonlySet<string> } = {},
): Promise<void> {
  const { settings, features, units } = blocks;
  const arrays: NamedArrays = {
    ...featureArrays(features),
    ...waveformFiles(blocks, extra, which),
    ...motionFiles(blocks),
    ...clusteringFiles(blocks),
    ...curationFiles(blocks),
    RunTimeSec: { dtype: 'float64', shape: [], data: [extra.runTimeSec] },
  };
  const table = () => resultUnits({ ...blocks, confidence: unitConfidence(blocks) }, extra.unitRows, which);
  const all: ResultFile[] = [
    ...Object.entries(arrays).map(([name, array]) => [`${name}.npy`, () => npyChunks(array)] as const),
    [UNITS_FILE, () => [encodeUnits(table())]],
    ...sparseFiles(blocks).map(({ name, members }) => [`${name}.npz`, () => npzChunks(members())] as const),
    ['ClusteringResults.npz', () => clusteringArchive(blocks)],
    ...(settings.save_intermediate_results ? intermediateFiles(blocks) : []),
    ['Output.npz', () => npzChunks(outputMembers(blocks, extra))],
  ];
  const files = all.filter(([name]) => !written?.has(name) && !extra.elsewhere?.has(name));
  if (units > LARGEST_PICKLE) {
    extra.log?.(
      `Output.npz has no pickled copy (arr_0), as there are more than ${LARGEST_PICKLE} units: read its plain arrays.`,
    );
  }
  let done = 0;
  const write = async (i: number) => {
    const [name, chunks] = files[i];
    await store.write(name, stoppable(chunks(), extra.signal));
    extra.progress?.(++done);
  };
  // One is made while another is written.
  await concurrently(files.length, write, units > MOST_SIDE_BY_SIDE ? 1 : 2);
}
