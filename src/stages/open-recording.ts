/** The door: settings checked, files checked, memory checked, before anything is computed or written. */
import type { RunContext } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { InputError } from '../core/errors.ts';
import type { Kernels } from '../core/kernels/kernels.ts';
import type { Motion } from '../core/motion/motion.ts';
import { resolveSettings, type Settings, type UserSettings } from '../core/settings.ts';
import { pathIn } from '../io/byte-source.ts';
import { type DatasetShape, hasPeth, readDataset, readDatasetShape } from '../io/dataset.ts';
import { type MemoryEstimate, requireMemory } from '../io/memory-estimate.ts';
import { readGivenMotion } from '../io/motion-files.ts';
import { FileStore, openFile } from '../io/node/file-store.ts';
import { memoryLimit } from '../io/node/memory-limit.ts';
import { ObservedStore } from '../io/observed-store.ts';
import { checkUnitSessions, readUnits, UNITS_FILE, type UnitRow } from '../io/units-table.ts';
import type { StageOptions } from './stage-options.ts';

/** Settings and sizes of a recording whose data have not been read yet. */
export interface OpenedRecording {
  readonly settings: Settings;
  readonly data: ObservedStore;
  readonly output: FileStore;
  readonly shape: DatasetShape;
  readonly memory: MemoryEstimate;
  readonly warnings: readonly string[];
}

/**
 * Resolves the settings against the input folder and makes sure that the recording fits in memory.
 * @throws InputError when settings or files are wrong, or memory does not suffice
 */
export async function openRecording(
  userSettings: UserSettings,
  options: StageOptions = {},
): Promise<OpenedRecording> {
  const { fromFile = true, source } = options;
  // The data folder decides about defaults, so its key is checked first.
  const first = resolveSettings(userSettings, { hasPeth: false, fromFile, source });
  const data = new ObservedStore(new FileStore(first.settings.path_to_data));
  const { settings, warnings } = resolveSettings(userSettings, {
    hasPeth: await hasPeth(data),
    fromFile,
    source,
  });
  const shape = await readDatasetShape(data);
  const memory = requireMemory(shape, settings, memoryLimit(), data.name);
  for (const text of warnings) options.onEvent?.({ kind: 'warning', text });
  return { settings, data, output: new FileStore(settings.output_folder), shape, memory, warnings };
}

/** Reads and checks everything a run needs. */
export async function readRecording(
  { data, settings, shape }: OpenedRecording,
  kernels: Kernels,
  options: StageOptions = {},
): Promise<{ dataset: Dataset; given?: Motion; unitRows?: readonly UnitRow[] }> {
  const unitRows = await readUnits(data, shape.units);
  const dataset = await readDataset(data, {
    settings,
    allocate: kernels.float32,
    signal: options.signal,
    progress: (done, total) =>
      options.onEvent?.({ kind: 'progress', stage: 'read', step: 'waveforms', done, total }),
  });
  const path = settings.waveformCorrection.path_to_motion;
  if (unitRows) checkUnitSessions(unitRows, dataset.sessions, pathIn(data, UNITS_FILE));
  if (path === '') return { dataset, unitRows };
  const file = await openFile(path);
  if (!file) {
    throw new InputError({
      where: path,
      found: 'no such file',
      expected: 'the motion that waveformCorrection.path_to_motion names',
      remedy: 'Correct the path, or set it to "" to start without known motion.',
    });
  }
  return { dataset, given: await readGivenMotion(file, dataset.sessionCount), unitRows };
}

/** The context of the core, from the options of a stage. */
export function runContext(kernels: Kernels, options: StageOptions): RunContext {
  return { kernels, onEvent: options.onEvent, signal: options.signal };
}
