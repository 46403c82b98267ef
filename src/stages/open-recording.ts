/** The door: settings checked, files checked, memory checked, before anything is computed or written. */
import type { RunContext } from '../core/context.ts';
import type { Dataset, StreamedDataset } from '../core/dataset.ts';
import type { Kernels } from '../core/kernels/kernels.ts';
import type { Motion } from '../core/motion/motion.ts';
import { resolveSettings, type Settings, type UserSettings } from '../core/settings.ts';
import { noCommonBin, unitsWithoutCommonBin } from '../core/similarity/feature-similarity.ts';
import { comparesNearby } from '../core/track-nearby.ts';
import { pathIn } from '../io/byte-source.ts';
import {
  type DatasetShape,
  hasPeth,
  openStreamedDataset,
  readDataset,
  readDatasetShape,
} from '../io/dataset.ts';
import { type ComparedShanks, type MemoryEstimate, requireMemory } from '../io/memory-estimate.ts';
import { readGivenMotion } from '../io/motion-files.ts';
import { FileStore, requireFile } from '../io/node/file-store.ts';
import { usualMemoryLimit } from '../io/node/memory-limit.ts';
import { requireOtherFolder } from '../io/node/places.ts';
import { ObservedStore } from '../io/observed-store.ts';
import { checkUnitSessions, readUnits, UNITS_FILE, type UnitRow } from '../io/units-table.ts';
import type { ShankMode, StageOptions } from './stage-options.ts';

/** Settings and sizes of a recording whose data have not been read yet. */
export interface OpenedRecording {
  readonly settings: Settings;
  readonly data: ObservedStore;
  readonly output: FileStore;
  readonly shape: DatasetShape;
  readonly memory: MemoryEstimate;
  /** Memory that may be used, bytes. */
  readonly memoryLimit: number;
  /** Whether only nearby pairs are compared, and waveforms read piece by piece. */
  readonly nearby: boolean;
  readonly warnings: readonly string[];
}

export interface OpenOptions extends StageOptions {
  /** Memory that may be used, bytes; default 70 % of what the machine has. */
  readonly memory?: number;
  /** Whether all pairs are compared, whatever the settings say; default false. */
  readonly allPairs?: boolean;
  /** Whether figures will be drawn; default false. */
  readonly figures?: boolean;
  /** How shanks are treated, as in `RunOptions`. */
  readonly shanks?: ShankMode;
  readonly shank?: number;
}

/**
 * Resolves the settings against the input folder and makes sure that the recording fits in memory.
 * @throws InputError when settings or files are wrong, or memory does not suffice
 */
export async function openRecording(
  userSettings: UserSettings,
  options: OpenOptions = {},
): Promise<OpenedRecording> {
  const { fromFile = true, source } = options;
  // The data folder decides about defaults, so its key is checked first.
  const first = resolveSettings(userSettings, { hasPeth: false, fromFile, source });
  const data = new ObservedStore(new FileStore(first.settings.path_to_data));
  const { settings, warnings: ofSettings } = resolveSettings(userSettings, {
    hasPeth: await hasPeth(data),
    fromFile,
    source,
  });
  requireOtherFolder(data.name, settings.output_folder);
  const shape = await readDatasetShape(data);
  const nearby = !options.allPairs && comparesNearby(settings, shape.units);
  const limit = options.memory ?? usualMemoryLimit();
  const memory = requireMemory(shape, settings, limit, data.name, {
    nearby,
    compared: comparedShanks(shape, options),
    figures: options.figures,
  });
  const doubt = shape.doubt && `${pathIn(data, 'channel_locations.npy')}: ${shape.doubt}`;
  const warnings = doubt ? [...ofSettings, doubt] : ofSettings;
  for (const text of warnings) options.onEvent?.({ kind: 'warning', text });
  const output = new FileStore(settings.output_folder);
  return { settings, data, output, shape, memory, memoryLimit: limit, nearby, warnings };
}

function comparedShanks(
  { shanks = 1 }: DatasetShape,
  { shank, shanks: mode = 'auto' }: OpenOptions,
): ComparedShanks {
  if (shank !== undefined) return 'one';
  return mode === 'together' || shanks === 1 ? 'together' : 'each';
}

/** What a run reads besides the recording itself. */
export interface ReadAside {
  readonly given?: Motion;
  readonly unitRows?: readonly UnitRow[];
}

/** Reads and checks everything a run needs. */
export async function readRecording(
  opened: OpenedRecording,
  kernels: Kernels,
  options: StageOptions = {},
): Promise<{ dataset: Dataset } & ReadAside> {
  const { data, settings } = opened;
  const dataset = await readDataset(data, {
    settings,
    allocate: kernels.float32,
    signal: options.signal,
    progress: (done, total) =>
      options.onEvent?.({ kind: 'progress', stage: 'read', step: 'waveforms', done, total }),
  });
  const { peth, probe } = dataset;
  // Of several shanks, units of two are not compared with each other, as a rule: what lacks a bin is told when it is needed.
  const disjoint = peth && !probe.hasShanks ? unitsWithoutCommonBin(peth) : undefined;
  if (disjoint) throw noCommonBin(disjoint, pathIn(data, 'peth.npy'));
  return { dataset, ...(await readAside(opened, dataset)) };
}

/** As `readRecording`, but for the waveforms, which are read piece by piece later. */
export async function readStreamedRecording(
  opened: OpenedRecording,
): Promise<{ dataset: StreamedDataset } & ReadAside> {
  const dataset = await openStreamedDataset(opened.data, { settings: opened.settings });
  return { dataset, ...(await readAside(opened, dataset)) };
}

/** As one or the other, as the recording is compared. */
export async function readEither(opened: OpenedRecording, kernels: Kernels, options: StageOptions = {}) {
  if (opened.nearby) {
    const { dataset: streamed, ...aside } = await readStreamedRecording(opened);
    return { dataset: streamed, streamed, whole: undefined, ...aside };
  }
  const { dataset: whole, ...aside } = await readRecording(opened, kernels, options);
  return { dataset: whole, whole, streamed: undefined, ...aside };
}

async function readAside(
  { data, settings, shape }: OpenedRecording,
  dataset: Pick<Dataset, 'sessions' | 'sessionCount'>,
): Promise<ReadAside> {
  const unitRows = await readUnits(data, shape.units);
  const path = settings.waveformCorrection.path_to_motion;
  if (unitRows) checkUnitSessions(unitRows, dataset.sessions, pathIn(data, UNITS_FILE));
  if (path === '') return { unitRows };
  const file = await requireFile(
    path,
    'the motion that waveformCorrection.path_to_motion names',
    'Correct the path, or set it to "" to start without known motion.',
  );
  return { given: await readGivenMotion(file, dataset.sessionCount), unitRows };
}

/** The context of the core, from the options of a stage. */
export function runContext(kernels: Kernels, options: StageOptions): RunContext {
  return { kernels, onEvent: options.onEvent, signal: options.signal };
}
