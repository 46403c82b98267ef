/** A finished result and the units of new sessions: only pairs with new units are compared. */
import { notingWarnings } from '../checkpoints.ts';
import { breathe, inStage, type RunContext } from '../context.ts';
import { pairsWithinClusters } from '../curation/cluster-labels.ts';
import { type Dataset, waveformSource } from '../dataset.ts';
import { sessionWarnings } from '../evaluation/tracking-warnings.ts';
import { templatePositions } from '../motion/corrected-waveforms.ts';
import { preprocessUnits } from '../preprocess.ts';
import type { ClusteringResult, Histogram, TrackingResult, UnitFeatures } from '../result.ts';
import type { Settings } from '../settings.ts';
import { nearbyLayout } from '../similarity/nearby-layout.ts';
import { correctedDepths } from '../similarity/nearby-pairs.ts';
import { comparedCandidates } from '../similarity/pair-list.ts';
import { nearestChannelsOnShank } from '../similarity/waveform-similarity.ts';
import { assignNew, type PossibleMerge } from './assign-new.ts';
import { openWindows } from './compared-windows.ts';
import type { Established } from './established.ts';
import {
  type FoundMotion,
  findMotion,
  type MotionSearch,
  type SearchRounds,
  searchRounds,
} from './find-motion.ts';
import { growConfidence } from './grow-confidence.ts';
import { growSimilarities } from './grow-similarities.ts';
import { pairWeigher, type WeighPairs } from './list-pairs.ts';
import type { KnownPairs } from './new-pairs.ts';

export interface Grown {
  /** All units, old ones first; without waveforms. */
  readonly result: TrackingResult;
  readonly possibleMerges: readonly PossibleMerge[];
  /** (new units,) the old unit that each goes with when a person changes its neuron; -1 where its neuron has none. */
  readonly followed: Int32Array;
}

/** A result whose new units are known, and whose motion in the new sessions is being searched for. */
export interface Growth {
  readonly search: SearchRounds;
  /** All that follows from what the search found. @throws StoppedError when the signal is aborted */
  readonly finish: (found: FoundMotion) => Promise<Grown>;
}

/**
 * Adds sessions to a result. Weights, threshold, old motion and old labels stay as they are.
 *
 * @param fresh the new sessions, 1..n; they become N + 1 .. N + n
 * @throws InputError when the settings do not fit the data; StoppedError when the signal is aborted
 */
export async function growResult(
  old: Established,
  fresh: Dataset,
  settings: Settings,
  runContext: RunContext,
): Promise<Grown> {
  const { context, warnings } = notingWarnings(runContext);
  const growth = await beginGrowth(old, fresh, settings, context);
  const { linear_correction } = settings.waveformCorrection;
  const [found] = await inStage(context, 'motion', () =>
    findMotion([growth.search], linear_correction, context),
  );
  const grown = await growth.finish(found);
  return { ...grown, result: { ...grown.result, warnings } };
}

/** The steps of `growResult` before the motion is searched for, and those after it; its warnings are not part of the result. */
export async function beginGrowth(
  old: Established,
  fresh: Dataset,
  settings: Settings,
  context: RunContext,
): Promise<Growth> {
  const preprocessed = await inStage(context, 'preprocessing', () =>
    preprocessUnits(fresh, settings, context),
  );
  const features = joinFeatures(old.features, preprocessed.features, context);
  const sessions = Int32Array.from([
    ...old.sessions,
    ...Array.from(fresh.sessions, (session) => session + old.sessionCount),
  ]);
  const { probe, sessionCount: newSessions } = fresh;
  const { clustering } = old;
  const { max_distance } = settings.clustering;
  const neighbours = nearestChannelsOnShank(probe, settings.waveformCorrection.n_nearest_channels);
  const representatives = latestOfNeurons(old.curation.labels, old.sessions);
  const { n_templates } = settings.waveformCorrection;
  const windows = openWindows(
    {
      ...{ probe, neighbours, sessions, maxDistance: max_distance, samples: fresh.waveforms.samples },
      ...{ locations: features.locations, peakChannels: features.peakChannels },
      positions: [...new Set(templatePositions(old.motion, probe.locations, n_templates))],
      old: {
        units: representatives,
        source: () => old.waveforms(representatives),
        motion: old.motion,
        centered: settings.centering_waveforms,
      },
      fresh: {
        units: Int32Array.from(fresh.sessions, (_, unit) => old.features.units + unit),
        source: () => waveformSource(preprocessed.waveforms),
        centered: false,
      },
    },
    context,
  );
  const search: MotionSearch = {
    ...{ features, sessions, newSessions, neighbours, representatives },
    ...{ channelLocations: probe.locations, windows: windows.under },
  };
  // Old waveforms are read while other features are compared, what is known of pairs while waveforms are: then this thread has little to
  // do. A failure is met where they are needed.
  const readsWaveforms = clustering.features.includes('Waveform');
  if (readsWaveforms) windows.readOld().catch(() => {});
  const weigh = pairWeigher(sessions, clustering.weights);
  const known = beginReading(readsWaveforms ? windows.filled : Promise.resolve(), old.pairs(), weigh);
  const finish = (found: FoundMotion) => {
    windows.release();
    return concludeGrowth(old, { fresh, features, sessions, weigh, known }, found, settings, context);
  };
  return { search: searchRounds(old, search, settings, context), finish };
}

/** The new sessions and what is known before their motion is. */
interface BegunGrowth {
  readonly fresh: Dataset;
  /** Of all units, old ones first. */
  readonly features: UnitFeatures;
  /** (units,) */
  readonly sessions: Int32Array;
  readonly weigh: WeighPairs;
  readonly known: AsyncIterable<KnownPairs>;
}

async function concludeGrowth(
  old: Established,
  { fresh, features, sessions, weigh, known }: BegunGrowth,
  { motion, round, compared }: FoundMotion,
  settings: Settings,
  context: RunContext,
): Promise<Grown> {
  const { clustering } = old;
  const { pairSimilarity } = round;
  const { sessionCount } = motion;
  const rounds = [round];
  context.onPart?.({ kind: 'moved', result: { sessions, sessionCount, features, rounds, motion } });

  const similarities = await inStage(context, 'clustering', async () => {
    const depths = correctedDepths(features.locations, sessions, motion);
    const layout = nearbyLayout(settings.clustering.max_distance, sessions, depths);
    return growSimilarities(layout, { clustering, known, weigh }, compared, context);
  });
  context.onPart?.({ kind: 'nearbySimilarities', features: clustering.features, ...similarities });
  await breathe(context.signal);
  const { similarity } = similarities;

  const { labels, clusterCount, possibleMerges, followed } = await inStage(context, 'curation', async () => {
    const { auto_merge, merge_factor } = settings.autoCuration;
    return assignNew(
      { oldLabels: old.curation.labels, sessions, compared, pairSimilarity, similarity },
      { threshold: clustering.threshold, mergeFactor: auto_merge ? merge_factor : undefined },
    );
  });
  const grown: ClusteringResult = {
    ...clustering,
    ...similarities,
    pairs: similarities.pairs ?? comparedCandidates(similarity, labels),
    labels,
    clusterCount,
    leafOrder: growOrder(clustering.leafOrder, labels),
    weightHistory: [clustering.weights],
  };
  const corrected = { units: features.units, ...sizeOf(fresh), templates: [], interpolated: true };
  const matchedPairs = pairsWithinClusters(labels);
  const drawable = {
    ...{ settings, sessions, sessionCount, features, rounds, motion, corrected, clustering: grown },
    curation: { ...old.curation, labels, clusterCount, matchedPairs },
  };
  context.onPart?.({ kind: 'drawable', result: drawable });
  await breathe(context.signal);
  const confidence = growConfidence(
    old,
    { labels, sessions, sessionCount, compared, pairSimilarity, similarity },
    matchedPairs,
  );
  for (const text of sessionWarnings({ ...drawable, confidence }, old.sessionCount))
    context.onEvent?.({ kind: 'warning', text });
  await breathe(context.signal);
  return {
    possibleMerges,
    followed,
    result: { ...drawable, confidence, warnings: [], kernels: context.kernels.name },
  };
}

/** The same parts, of which the first is read and weighed as soon as something else is done. */
function beginReading(
  before: Promise<void>,
  parts: AsyncIterable<KnownPairs>,
  weigh: WeighPairs,
): AsyncIterable<KnownPairs> {
  const rest = parts[Symbol.asyncIterator]();
  const next = async () => {
    const read = await rest.next();
    if (!read.done) weigh(read.value);
    return read;
  };
  const first = before.then(next);
  // A failure is met where the first part is asked for.
  first.catch(() => {});
  return following(first, rest);
}

async function* following<T>(first: Promise<IteratorResult<T>>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  for (let part = await first; !part.done; part = await rest.next()) yield part.value;
}

const sizeOf = ({ waveforms: { channels, samples } }: Dataset) => ({ channels, samples });

/** Units of a neuron that new units are compared with. */
const LATEST = 3;

/** The latest units of every neuron, and all units without one, ascending. */
function latestOfNeurons(labels: Int32Array, sessions: Int32Array): Int32Array {
  const order = [...labels.keys()].sort((a, b) => sessions[b] - sessions[a] || a - b);
  const taken = new Map<number, number>();
  const chosen = order.filter((unit) => {
    const label = labels[unit];
    const count = taken.get(label) ?? 0;
    taken.set(label, count + 1);
    return label < 0 || count < LATEST;
  });
  return Int32Array.from(chosen).sort();
}

function joinFeatures(a: UnitFeatures, b: UnitFeatures, { kernels }: RunContext): UnitFeatures {
  const histogram = (x?: Histogram, y?: Histogram) =>
    x && y && { data: join(x.data, y.data, kernels.float64), bins: x.bins };
  const float64 = (length: number) => new Float64Array(length);
  const int32 = (length: number) => new Int32Array(length);
  return {
    units: a.units + b.units,
    locations: join(a.locations, b.locations, float64),
    amplitude: join(a.amplitude, b.amplitude, float64),
    peakChannels: join(a.peakChannels, b.peakChannels, int32),
    unitShanks: join(a.unitShanks, b.unitShanks, int32),
    autoCorr: histogram(a.autoCorr, b.autoCorr),
    isi: histogram(a.isi, b.isi),
    peth: histogram(a.peth, b.peth),
    silentUnits: [...a.silentUnits, ...b.silentUnits.map((unit) => unit + a.units)],
  };
}

function join<T extends Float64Array | Int32Array>(a: T, b: T, make: (length: number) => T): T {
  const joined = make(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** The old order of units, each new unit after the last one of its neuron; those without an old neuron at the end. */
function growOrder(oldOrder: Int32Array, labels: Int32Array): Int32Array {
  const last = new Map<number, number>();
  oldOrder.forEach((unit, position) => {
    if (labels[unit] >= 0) last.set(labels[unit], position);
  });
  const fresh = Array.from({ length: labels.length - oldOrder.length }, (_, i) => oldOrder.length + i);
  const after = new Map<number, number[]>();
  const rest: number[] = [];
  for (const unit of fresh) {
    const position = last.get(labels[unit]);
    if (position === undefined) rest.push(unit);
    else after.set(position, [...(after.get(position) ?? []), unit]);
  }
  // Unmatched units, -1, come last.
  rest.sort((a, b) => (labels[a] >>> 0) - (labels[b] >>> 0) || a - b);
  const order = Array.from(oldOrder, (unit, position) => [unit, ...(after.get(position) ?? [])]).flat();
  return Int32Array.from([...order, ...rest]);
}
