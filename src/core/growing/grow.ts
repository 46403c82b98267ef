/** A finished result and the units of new sessions: only pairs with new units are compared. */
import { inStage, type RunContext } from '../context.ts';
import { pairsWithinClusters } from '../curation/cluster-labels.ts';
import type { Dataset } from '../dataset.ts';
import { correctTemplates, templatePositions } from '../motion/corrected-waveforms.ts';
import { createInterpolator } from '../motion/kriging.ts';
import { Motion, motionRange } from '../motion/motion.ts';
import { preprocessUnits } from '../preprocess.ts';
import type { CorrectedWaveforms, Histogram, MotionRound, TrackingResult, UnitFeatures } from '../result.ts';
import type { FeatureName, Settings } from '../settings.ts';
import { correctedDepths, getNearbyPairs } from '../similarity/nearby-pairs.ts';
import { nearestChannelsOnShank } from '../similarity/waveform-similarity.ts';
import { assignNew, type PossibleMerge } from './assign-new.ts';
import { type Comparable, compareNearOld, growSimilarity } from './compare-new.ts';
import { commonDisplacement, fittedMotion, mutualBest, weighted } from './new-motion.ts';

/** What of a result is needed to go on from it. */
export type Established = Pick<
  TrackingResult,
  'sessions' | 'sessionCount' | 'features' | 'motion' | 'corrected' | 'clustering' | 'curation'
>;

export interface Grown {
  /** All units, old ones first. */
  readonly result: TrackingResult;
  readonly possibleMerges: readonly PossibleMerge[];
}

const MOST_ROUNDS = 10;

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
  const warnings: string[] = [];
  const context: RunContext = {
    ...runContext,
    onEvent(event) {
      if (event.kind === 'warning') warnings.push(event.text);
      runContext.onEvent?.(event);
    },
  };
  const preprocessed = await inStage(context, 'preprocessing', () =>
    preprocessUnits(fresh, settings, context),
  );
  const oldUnits = old.features.units;
  const features = joinFeatures(old.features, preprocessed.features);
  const sessions = Int32Array.from([
    ...old.sessions,
    ...Array.from(fresh.sessions, (session) => session + old.sessionCount),
  ]);
  const { probe } = fresh;
  const neighbours = nearestChannelsOnShank(probe, settings.waveformCorrection.n_nearest_channels);
  const comparable: Comparable = { features, oldUnits, neighbours };
  const correct = corrector(old, preprocessed.waveforms, features, sessions, fresh, settings, context);

  const { round, motion, corrected } = await inStage(context, 'motion', () =>
    findMotion(old, comparable, sessions, correct, fresh, settings, context),
  );

  const { clustering } = old;
  const grown = await inStage(context, 'clustering', async () => {
    const featureSimilarity: Float64Array[] = [];
    for (const [f, name] of clustering.features.entries()) {
      const known = clustering.featureSimilarity[f];
      featureSimilarity.push(await growSimilarity(name, comparable, corrected, known, context));
    }
    const { units } = features;
    const similarity = context.kernels.float64(units * units);
    await context.kernels.weightedSum(featureSimilarity, clustering.weights, similarity, {
      signal: context.signal,
    });
    const pairs = getNearbyPairs(settings.clustering.max_distance, sessions, features.locations, motion);
    return { featureSimilarity, similarity, pairs };
  });

  const assignment = await inStage(context, 'curation', async () => {
    const { auto_merge, merge_factor } = settings.autoCuration;
    return assignNew(
      { oldLabels: old.curation.labels, sessions, ...grown },
      (auto_merge ? merge_factor : 1) * clustering.threshold,
    );
  });
  const { labels, clusterCount, possibleMerges } = assignment;
  return {
    possibleMerges,
    result: {
      settings,
      sessions,
      sessionCount: motion.sessionCount,
      features,
      rounds: [round],
      motion,
      corrected,
      clustering: {
        ...clustering,
        ...grown,
        labels,
        clusterCount,
        leafOrder: growOrder(clustering.leafOrder, labels),
      },
      curation: {
        ...old.curation,
        labels,
        clusterCount,
        matchedPairs: pairsWithinClusters(labels),
      },
      warnings,
      kernels: context.kernels.name,
    },
  };
}

type Correct = (motion: Motion) => Promise<CorrectedWaveforms>;

/** The waveforms of all units where the reference probes of the result would have seen them: the old ones as they are. */
function corrector(
  old: Established,
  waveforms: Dataset['waveforms'],
  features: UnitFeatures,
  sessions: Int32Array,
  { probe }: Dataset,
  settings: Settings,
  context: RunContext,
): Correct {
  const { kernels } = context;
  const { channels, samples, interpolated, templates: known } = old.corrected;
  const oldUnits = old.features.units;
  const size = channels * samples;
  const { n_templates } = settings.waveformCorrection;
  const positions = interpolated ? templatePositions(old.motion, probe.locations, n_templates) : [0];
  const all = known.map((template) => {
    const array = kernels.float32(features.units * size);
    array.set(template);
    return array;
  });
  const fresh = all.map((template) => template.subarray(oldUnits * size));
  const interpolator = createInterpolator(probe.locations, channels);
  const corrected = { units: features.units, channels, samples, templates: all, interpolated };
  return async (motion) => {
    if (!interpolated) {
      fresh[0].set(waveforms.data);
      return corrected;
    }
    await correctTemplates(
      waveforms,
      sessions.subarray(oldUnits),
      features.locations.subarray(3 * oldUnits),
      motion,
      new Map(fresh.map((template, r) => [template, positions[r]])),
      { interpolator, context },
    );
    return corrected;
  };
}

async function findMotion(
  old: Established,
  comparable: Comparable,
  sessions: Int32Array,
  correct: Correct,
  { probe, sessionCount }: Dataset,
  settings: Settings,
  context: RunContext,
): Promise<{ round: MotionRound; motion: Motion; corrected: CorrectedWaveforms }> {
  const { motionEstimation, waveformCorrection } = settings;
  const { locations } = comparable.features;
  const { clustering } = old;
  const still = new Array<number>(sessionCount).fill(0);
  let motion = new Motion(old.sessionCount + sessionCount, {
    linearScale: old.motion.linearScale,
    linear: [...old.motion.linear, ...still],
    constant: [...old.motion.constant, ...still],
  });
  let corrected = await correct(motion);
  const [low, high] = motionRange(old.motion, probe.locations);
  for (let i = 1; ; i++) {
    const depthsOf = { sessions, locations, motion, oldSessions: old.sessionCount };
    // Nothing is known of the new sessions at first: their probe may be anywhere it has been.
    const names = i === 1 ? firstFeatures(motionEstimation.features[0]) : clustering.features;
    const reach = motionEstimation.max_distance + (i === 1 ? high - low : 0);
    const depths = correctedDepths(locations, sessions, motion);
    const pairs = await compareNearOld(names, comparable, corrected, depths, reach, context);
    const weights = i === 1 ? Float64Array.from(names, () => 1 / names.length) : clustering.weights;
    const threshold = i === 1 ? Number.NEGATIVE_INFINITY : clustering.threshold;
    const similarity = weighted(pairs, weights);
    const used = mutualBest(pairs, similarity, sessions).map((best, p) =>
      best === 1 && similarity[p] > threshold ? 1 : 0,
    );
    const found =
      i === 1
        ? commonDisplacement(pairs, used, depthsOf, context)
        : fittedMotion(pairs, used, depthsOf, waveformCorrection.linear_correction, context);
    const change = largestChange(found, motion, probe.locations);
    const matches = used.reduce((sum, value) => sum + value, 0);
    context.onEvent?.({
      kind: 'log',
      text: `Round ${i}: motion of the new sessions from ${matches} pairs with ${names.join(', ')}: ${[...found.constant.subarray(old.sessionCount)].map((value) => value.toFixed(1)).join(', ')} µm.`,
    });
    motion = found;
    corrected = await correct(motion);
    if (i > 1 && (change < motionEstimation.motion_tol || i === MOST_ROUNDS)) {
      const round: MotionRound = {
        features: names,
        weights: Float64Array.from(weights),
        threshold,
        matches,
        pairs: { count: pairs.count, units: pairs.units },
        pairSimilarity: similarity,
        pairMatched: used,
        pairUsed: used,
        motion,
        bands: [],
      };
      return { round, motion, corrected };
    }
  }
}

/** Those of a feature set that do not depend on the motion, if there are any. */
function firstFeatures(set: readonly FeatureName[]): readonly FeatureName[] {
  const independent = set.filter((name) => name !== 'Waveform');
  return independent.length > 0 ? independent : set;
}

/** Largest difference of two motions over sessions, at the lowest and at the highest channel, µm. */
function largestChange(a: Motion, b: Motion, channelLocations: Float64Array): number {
  const linear = a.linear.map((value, s) => a.linearScale * value - b.linearScale * b.linear[s]);
  const constant = a.constant.map((value, s) => value - b.constant[s]);
  const difference = new Motion(a.sessionCount, { linearScale: 1, linear, constant });
  const [low, high] = motionRange(difference, channelLocations);
  return Math.max(Math.abs(low), Math.abs(high));
}

function joinFeatures(a: UnitFeatures, b: UnitFeatures): UnitFeatures {
  const histogram = (x?: Histogram, y?: Histogram) =>
    x && y && { data: join(Float64Array, x.data, y.data), bins: x.bins };
  return {
    units: a.units + b.units,
    locations: join(Float64Array, a.locations, b.locations),
    amplitude: join(Float64Array, a.amplitude, b.amplitude),
    peakChannels: join(Int32Array, a.peakChannels, b.peakChannels),
    unitShanks: join(Int32Array, a.unitShanks, b.unitShanks),
    autoCorr: histogram(a.autoCorr, b.autoCorr),
    isi: histogram(a.isi, b.isi),
    peth: histogram(a.peth, b.peth),
    silentUnits: [...a.silentUnits, ...b.silentUnits.map((unit) => unit + a.units)],
  };
}

function join<T extends Float64Array | Int32Array>(Type: new (length: number) => T, a: T, b: T): T {
  const joined = new Type(a.length + b.length);
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
