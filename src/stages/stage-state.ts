/** What the single stages find in the output folder, and how they put their own part there. */
import type { RunContext } from '../core/context.ts';
import type { Dataset, Waveforms } from '../core/dataset.ts';
import { InputError } from '../core/errors.ts';
import { Motion } from '../core/motion/motion.ts';
import type { NdArray } from '../core/ndarray.ts';
import { centerWaveforms, usedFeatures } from '../core/preprocess.ts';
import type {
  ClusteringResult,
  CorrectedWaveforms,
  CurationResult,
  TrackingResult,
  UnitFeatures,
} from '../core/result.ts';
import type { Settings, UserSettings } from '../core/settings.ts';
import { type Comparison, compareAll } from '../core/similarity/comparison.ts';
import { FeatureSimilarities } from '../core/similarity/feature-similarity.ts';
import { uncorrected } from '../core/similarity/waveform-similarity.ts';
import { type ByteSource, pathIn, type Store } from '../io/byte-source.ts';
import { readMotion } from '../io/motion-files.ts';
import { whileLocked } from '../io/node/folder-lock.ts';
import { readNpyAs } from '../io/npy.ts';
import { npyChunks } from '../io/npy-writer.ts';
import { SavedResult } from '../io/read-result.ts';
import type { UnitRow } from '../io/units-table.ts';
import type { NamedArrays } from '../io/write-features.ts';
import { openKernels } from './open-kernels.ts';
import { type OpenedRecording, openRecording, readRecording } from './open-recording.ts';
import type { StageOptions } from './stage-options.ts';

/** A recording with everything that any stage needs at hand. */
export interface StageState extends OpenedRecording {
  readonly dataset: Dataset;
  readonly given?: Motion;
  /** `units.csv` of the input. */
  readonly unitRows?: readonly UnitRow[];
  readonly context: RunContext;
}

/** Opens and reads a recording, lets `work` do its stage, and closes the kernels again. */
export async function withRecording<T>(
  userSettings: UserSettings,
  options: StageOptions,
  work: (state: StageState) => Promise<T>,
): Promise<T> {
  const opened = await openRecording(userSettings, { ...options, allPairs: true });
  return withKernels(opened, options, async (context) =>
    work({ ...opened, ...(await readRecording(opened, context.kernels, options)), context }),
  );
}

/** Makes sure that the output folder can be written, by nobody else meanwhile, lets `work` use kernels, and closes them again. */
export async function withKernels<T>(
  { output, settings }: OpenedRecording,
  { onEvent, signal }: StageOptions,
  work: (context: RunContext) => Promise<T>,
): Promise<T> {
  await output.checkWritable();
  return whileLocked(output.name, async () => {
    const open = await openKernels(settings, signal);
    try {
      return await work({ kernels: open.kernels, onEvent, signal });
    } finally {
      await open.close();
    }
  });
}

/** A file of the output folder. @throws InputError that says which stage writes it */
export async function requireStageFile(store: Store, name: string, writtenBy: string): Promise<ByteSource> {
  const source = await store.open(name);
  if (source) return source;
  throw new InputError({
    where: pathIn(store, name),
    found: 'no such file',
    expected: `what ${writtenBy} writes`,
    remedy: `Call ${writtenBy} first.`,
  });
}

/** Writes arrays as `<name>.npy`. A folder whose stages are not all done must not look finished: `Output.npz` goes first. */
export async function writeArrays(store: Store, arrays: NamedArrays): Promise<void> {
  await store.remove('Output.npz');
  for (const [name, array] of Object.entries(arrays)) await store.write(`${name}.npy`, npyChunks(array));
}

/** The unit features that `preprocess` wrote. @throws InputError when they are missing or of other units */
export async function loadFeatures(
  store: Store,
  settings: Settings,
  dataset: Pick<Dataset, 'units' | 'peth'>,
): Promise<UnitFeatures> {
  const used = usedFeatures(settings);
  await requireStageFile(store, 'locations.npy', 'preprocess');
  if (used.has('AutoCorr')) await requireStageFile(store, 'auto_corr.npy', 'preprocess');
  if (used.has('ISI')) await requireStageFile(store, 'isi.npy', 'preprocess');
  const saved = await SavedResult.open(store, { finished: false });
  if (saved.units !== dataset.units) {
    throw new InputError({
      where: pathIn(store, 'locations.npy'),
      found: `the locations of ${saved.units} units`,
      expected: `those of the ${dataset.units} units of the input folder`,
      remedy: 'Call preprocess again.',
    });
  }
  return { ...(await savedFeatures(saved)), peth: used.has('PETH') ? dataset.peth : undefined };
}

/** The unit features of an output folder. */
export async function savedFeatures(saved: SavedResult): Promise<UnitFeatures> {
  return {
    units: saved.units,
    locations: await saved.locations(),
    amplitude: await saved.amplitude(),
    peakChannels: await saved.peakChannels(),
    unitShanks: await saved.unitShanks(),
    autoCorr: await saved.autoCorr(),
    isi: await saved.isi(),
    peth: await saved.peth(),
    silentUnits: [],
  };
}

/** The final clustering of an output folder. */
export async function savedClustering(saved: SavedResult, settings: Settings): Promise<ClusteringResult> {
  const { labels, clusterCount, leafOrder, pairs } = await saved.clustering();
  const { features } = settings.clustering;
  const weights = (await saved.weights()).data;
  const featureSimilarity: Float64Array[] = [];
  for (const name of features) featureSimilarity.push(await saved.featureSimilarity(name));
  return {
    features,
    weights,
    threshold: (await saved.thresholds())[0],
    similarity: await saved.similarityMatrix(),
    featureSimilarity,
    pairs: { count: pairs.length / 2, units: pairs },
    labels,
    clusterCount,
    leafOrder,
    weightHistory: [weights],
  };
}

/** The waveforms that stages after preprocessing work on. */
function stageWaveforms({ dataset, settings, context }: StageState, features: UnitFeatures): Waveforms {
  return settings.centering_waveforms
    ? centerWaveforms(dataset.waveforms, features.peakChannels, context)
    : dataset.waveforms;
}

/** Comparison of all pairs of units; single stages know no other. */
export function comparisonOf(state: StageState, features: UnitFeatures): Comparison {
  const { dataset, settings, context } = state;
  return compareAll({ ...dataset, waveforms: stageWaveforms(state, features) }, features, settings, context);
}

/** Similarities of the units, computed as they are asked for. */
export function similaritiesOf(
  { dataset, settings, context }: StageState,
  features: UnitFeatures,
): FeatureSimilarities {
  const { n_nearest_channels } = settings.waveformCorrection;
  return new FeatureSimilarities(features, dataset.probe, n_nearest_channels, context);
}

/** The motion that `motionEstimation` wrote. */
export async function loadMotion(store: Store): Promise<Motion> {
  await requireStageFile(store, 'motion_constant.npy', 'motionEstimation');
  return readMotion(store);
}

/** The corrected waveforms that `motionEstimation` wrote. */
export async function loadCorrected(store: Store): Promise<CorrectedWaveforms> {
  const source = await requireStageFile(store, 'waveforms_corrected.npy', 'motionEstimation');
  return toTemplates(await readNpyAs(source, 'float32'));
}

/** (units, channels, samples) or (units, channels, samples, templates) waveforms, template by template. */
export function toTemplates({ data, shape }: NdArray<ArrayLike<number>>): CorrectedWaveforms {
  const [units, channels, samples, count] = shape;
  if (count === undefined) {
    const waveforms = data instanceof Float32Array ? data : Float32Array.from(data);
    return uncorrected({ data: waveforms, units, channels, samples });
  }
  const size = units * channels * samples;
  const templates = Array.from({ length: count }, (_, r) => {
    const template = new Float32Array(size);
    for (let i = 0; i < size; i++) template[i] = data[i * count + r];
    return template;
  });
  return { units, channels, samples, templates, interpolated: true };
}

/** A result of which some stages have not run yet: their parts are empty. */
export function partialResult(
  { dataset, settings, context }: StageState,
  features: UnitFeatures,
  parts: Partial<TrackingResult>,
): TrackingResult {
  return {
    settings,
    sessions: dataset.sessions,
    sessionCount: dataset.sessionCount,
    features,
    rounds: [],
    motion: new Motion(dataset.sessionCount),
    corrected: uncorrected(dataset.waveforms),
    clustering: NO_CLUSTERING,
    curation: NO_CURATION,
    confidence: { matchProbability: new Float64Array(0), unitConfidence: new Float64Array(0) },
    warnings: [],
    kernels: context.kernels.name,
    ...parts,
  };
}

/** What stands for a clustering that has not run. */
export const NO_CLUSTERING: ClusteringResult = {
  features: [],
  weights: new Float64Array(0),
  threshold: Number.POSITIVE_INFINITY,
  similarity: new Float64Array(0),
  featureSimilarity: [],
  pairs: { count: 0, units: new Int32Array(0) },
  labels: new Int32Array(0),
  clusterCount: 0,
  leafOrder: new Int32Array(0),
  weightHistory: [],
};

const NO_CURATION: CurationResult = {
  labels: new Int32Array(0),
  clusterCount: 0,
  matchedPairs: new Int32Array(0),
  curationPairs: new Int32Array(0),
  curationTypes: new Uint8Array(0),
};
