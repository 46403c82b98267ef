/** A finished result with the recording it came from, as whoever looks at neurons needs them: in pieces, on demand. */
import { toFileLabels } from '../core/curation/cluster-labels.ts';
import { InputError } from '../core/errors.ts';
import { amplitudeAt } from '../core/features/spike-location.ts';
import type { Motion } from '../core/motion/motion.ts';
import { FEATURE_NAMES, type FeatureName, resolveSettings, type Settings } from '../core/settings.ts';
import { correctedDepths } from '../core/similarity/nearby-pairs.ts';
import { pathIn, type Store } from './byte-source.ts';
import { resultFingerprint } from './fingerprint.ts';
import { inferFeatures } from './infer-features.ts';
import { readMotionBands, type SavedBand } from './motion-bands.ts';
import { type NpyFile, openNpy, readNpyAs } from './npy.ts';
import { SavedResult, type SavedRun } from './read-result.ts';
import { checkSessions } from './sessions.ts';
import { openSimilarity, type SimilarityAccess } from './similarity-access.ts';
import { readUnits, type UnitRow } from './units-table.ts';
import { SIMILARITY_FILES } from './write-clustering.ts';

/** How pairs are compared: by a feature, or by all of them weighted. */
export type Measure = 'weighted' | FeatureName;

/** What was tracked on its own: the recording, or one of several shanks. */
export interface TrackedShank {
  /** Undefined for a recording that was tracked as a whole. */
  readonly shankId?: number;
  /** In the order of the features. */
  readonly weights: Float64Array;
  readonly threshold: number;
  readonly motion: Motion;
  /** How certain the motion is; none where that is not known. */
  readonly bands: readonly SavedBand[];
}

export interface TrackedProbe {
  /** (channels, 2) µm */
  readonly locations: Float64Array;
  /** (channels,) */
  readonly shanks: Int32Array;
}

/** Arrays are (units,) unless said; labels count from 1 here, as people see them. */
export interface TrackedFolder {
  readonly store: Store;
  /** The recording; undefined when it is not at hand. */
  readonly data?: Store;
  readonly saved: SavedResult;
  readonly units: number;
  readonly sessions: Int32Array;
  readonly sessionCount: number;
  /** Automatic neuron, -1 unmatched. */
  readonly labels: Int32Array;
  /** (units, 3) µm */
  readonly locations: Float64Array;
  /** y without the motion of the session, µm. */
  readonly correctedY: Float64Array;
  /** As the result has it: of a point source in µV·µm, else in µV. */
  readonly amplitude: Float64Array;
  /** Peak-to-trough on the peak channel as the location has it, µV; NaN where positions of channels are not at hand. */
  readonly peakAmplitude: Float64Array;
  readonly peakChannels: Int32Array;
  readonly unitShanks: Int32Array;
  readonly shanks: readonly TrackedShank[];
  /** Features of the final clustering. */
  readonly features: readonly FeatureName[];
  /** `weighted`, then the features. */
  readonly measures: readonly Measure[];
  /** (measures,) in that order. */
  readonly similarity: readonly SimilarityAccess[];
  /** Match confidence, 0..1. */
  readonly confidence?: Float64Array;
  readonly rows?: readonly UnitRow[];
  /** What the run was, as far as the folder tells. */
  readonly run?: SavedRun;
  readonly settings: Settings;
  /** Recognises the automatic result (fingerprint.ts). */
  readonly fingerprint: string;
  readonly probe?: TrackedProbe;
  /** (units, channels, samples) */
  readonly rawWaveforms?: NpyFile;
  /** (units, channels, samples), or with templates as a fourth axis. */
  readonly correctedWaveforms?: NpyFile;
  readonly autoCorr?: NpyFile;
  readonly isi?: NpyFile;
  readonly peth?: NpyFile;
}

/**
 * Opens a result of ours or of pyDANT.
 * @param store the output folder
 * @param data the input folder; without it raw waveforms and channel positions are not there
 * @throws InputError when there is no result, files do not belong together, or nothing tells the sessions of the units
 */
export async function openTrackedFolder(store: Store, data?: Store): Promise<TrackedFolder> {
  const saved = await SavedResult.open(store);
  const { units } = saved;
  const open = async (folder: Store | undefined, name: string) => {
    const source = await folder?.open(name);
    return source && openNpy(source);
  };
  const [run, rows, rawWaveforms] = await Promise.all([
    saved.run(),
    readUnits(store, units),
    open(data, 'waveform_all.npy'),
  ]);
  if (data && rawWaveforms?.shape[0] !== units) {
    throw new InputError({
      where: pathIn(data, 'waveform_all.npy'),
      found: rawWaveforms ? `${rawWaveforms.shape[0]} units` : 'no such file',
      expected: `the ${units} units of ${store.name || 'the result'}`,
      remedy: 'Give the data folder that was tracked with --data.',
    });
  }
  const sessions = await sessionsOf(store, data, units, run, rows);
  const sessionCount = checkSessions(sessions, store.name);
  const [labels, locations, amplitude, peakChannels, unitShanks] = await Promise.all([
    saved.labels(),
    saved.locations(),
    saved.amplitude(),
    saved.peakChannels(),
    saved.unitShanks(),
  ]);
  const shanks = await shanksOf(saved, unitShanks);
  const similarity = new Map<Measure, SimilarityAccess>();
  for (const measure of ['weighted', ...FEATURE_NAMES] as const) {
    const name = measure === 'weighted' ? 'SimilarityMatrix' : SIMILARITY_FILES[measure];
    const access = await openSimilarity(store, name, units);
    if (access) similarity.set(measure, access);
  }
  if (!similarity.has('weighted')) {
    throw new InputError({
      where: pathIn(store, 'SimilarityMatrix.npy'),
      found: 'no such file',
      expected: 'the folder of a finished run',
      remedy: 'Check the path, or run dant again.',
    });
  }
  const features = run?.features ?? (await inferFeatures(similarity, shanks, unitShanks));
  const measures = (['weighted', ...features] as const).filter((measure) => similarity.has(measure));
  const confidence = await store.open('UnitConfidence.npy');
  const depths = new Float64Array(units);
  for (const { shankId, motion } of shanks) {
    const corrected = correctedDepths(locations, sessions, motion);
    for (let u = 0; u < units; u++)
      if (shankId === undefined || unitShanks[u] === shankId) depths[u] = corrected[u];
  }
  const settings = settingsOf(run);
  const probe = data && (await probeOf(data));
  const fileLabels = toFileLabels(labels);
  return {
    store,
    data,
    saved,
    units,
    sessions,
    sessionCount,
    labels: fileLabels,
    locations,
    correctedY: depths,
    amplitude,
    peakAmplitude: amplitudesAtPeak({ locations, amplitude, peakChannels }, settings, probe),
    peakChannels,
    unitShanks,
    shanks,
    features,
    measures,
    similarity: measures.map((measure) => similarity.get(measure)!),
    confidence: confidence && (await readNpyAs(confidence, 'float64')).data,
    rows,
    run,
    settings,
    fingerprint: await resultFingerprint(fileLabels, peakChannels),
    probe,
    rawWaveforms,
    correctedWaveforms: await open(store, 'waveforms_corrected.npy'),
    autoCorr: await open(store, 'auto_corr.npy'),
    isi: await open(store, 'isi.npy'),
    peth: (await open(store, 'peth.npy')) ?? (await open(data, 'peth.npy')),
  };
}

function amplitudesAtPeak(
  { locations, amplitude, peakChannels }: Pick<TrackedFolder, 'locations' | 'amplitude' | 'peakChannels'>,
  { spikeLocation: { location_algorithm } }: Settings,
  probe: TrackedProbe | undefined,
): Float64Array {
  return amplitude.map((ptt, unit) => {
    const [x, y, z] = locations.subarray(3 * unit, 3 * unit + 3);
    const channel = peakChannels[unit];
    const [cx, cy] = probe?.locations.subarray(2 * channel, 2 * channel + 2) ?? [NaN, NaN];
    return amplitudeAt({ x, y, z, ptt }, { x: cx, y: cy }, location_algorithm);
  });
}

/** Names of arrays of which a result may have any; those that are of the wrong length are of another run. */
async function sessionsOf(
  store: Store,
  data: Store | undefined,
  units: number,
  run: SavedRun | undefined,
  rows: readonly UnitRow[] | undefined,
): Promise<Int32Array> {
  const source = await data?.open('session_index.npy');
  const sessions =
    run?.sessions ??
    (source && (await readNpyAs(source, 'int32')).data) ??
    (rows && Int32Array.from(rows, ({ session }) => session));
  if (sessions?.length === units) return sessions;
  throw new InputError({
    where: store.name,
    found: sessions
      ? `the sessions of ${sessions.length} units`
      : 'nothing that tells the session of each unit',
    expected: `the session of each of the ${units} units, in Output.npz or in the data folder`,
    remedy: 'Give the data folder that was tracked with --data.',
  });
}

async function shanksOf(saved: SavedResult, unitShanks: Int32Array): Promise<TrackedShank[]> {
  const [motions, weights, thresholds] = await Promise.all([
    saved.motions(),
    saved.weights(),
    saved.thresholds(),
  ]);
  const ids = [...new Set(unitShanks)].sort((a, b) => a - b);
  const features = weights.shape[weights.shape.length - 1] ?? 0;
  if (thresholds.length !== motions.length || weights.data.length !== motions.length * features) {
    throw new InputError({
      where: pathIn(saved.store, 'SimilarityThreshold.npy'),
      found: `${thresholds.length} thresholds and ${weights.data.length} weights for ${motions.length} motions`,
      expected: 'one of each for every shank that was tracked',
      remedy: 'The files come from different runs: run again.',
    });
  }
  const parts = motions.map((motion, i) => ({ shankId: motions.length > 1 ? ids[i] : undefined, motion }));
  const bands = await readMotionBands(saved.store, parts);
  return parts.map((part, i) => ({
    ...part,
    bands: bands[i],
    weights: weights.data.subarray(i * features, (i + 1) * features),
    threshold: thresholds[i],
  }));
}

/** The settings of the run; the defaults where the folder does not tell. */
function settingsOf(run: SavedRun | undefined): Settings {
  const context = { hasPeth: true, fromFile: false };
  try {
    return resolveSettings((run?.params ?? {}) as Record<string, unknown>, context).settings;
  } catch (error) {
    // Settings of another version say nothing that is needed here.
    if (error instanceof InputError) return resolveSettings({}, context).settings;
    throw error;
  }
}

async function probeOf(data: Store): Promise<TrackedProbe | undefined> {
  const locations = await data.open('channel_locations.npy');
  if (!locations) return undefined;
  const { data: positions } = await readNpyAs(locations, 'float64');
  const shanks = await data.open('channel_shanks.npy');
  return {
    locations: positions,
    shanks: shanks ? (await readNpyAs(shanks, 'int32')).data : new Int32Array(positions.length / 2).fill(1),
  };
}
