/** A finished result and the units of new sessions: only pairs with new units are compared. */
import { matchConfidence } from '../confidence/match-confidence.ts';
import { inStage, type RunContext } from '../context.ts';
import { pairsWithinClusters } from '../curation/cluster-labels.ts';
import type { Dataset } from '../dataset.ts';
import { MAX_Z } from '../kernels/kernels.ts';
import { correctTemplates, templatePositions } from '../motion/corrected-waveforms.ts';
import { createInterpolator } from '../motion/kriging.ts';
import { Motion, motionRange } from '../motion/motion.ts';
import { preprocessUnits } from '../preprocess.ts';
import type { CorrectedWaveforms, Histogram, MotionRound, TrackingResult, UnitFeatures } from '../result.ts';
import type { FeatureName, Settings } from '../settings.ts';
import { allPairsOf, type SimilarityMatrix } from '../similarity/nearby-matrix.ts';
import { correctedDepths, getNearbyPairs } from '../similarity/nearby-pairs.ts';
import { pairValues } from '../similarity/pair-list.ts';
import { nearestChannelsOnShank } from '../similarity/waveform-similarity.ts';
import { assignNew, type PossibleMerge } from './assign-new.ts';
import { type Comparable, type ComparedPairs, compareNew, growMatrix } from './compare-new.ts';
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
  const comparable: Comparable = { features, sessions, oldUnits, neighbours };
  const correct = corrector(old, preprocessed.waveforms, features, sessions, fresh, settings, context);

  const { round, motion, corrected, compared } = await inStage(context, 'motion', () =>
    findMotion(old, comparable, sessions, correct, fresh, settings, context),
  );

  const { clustering } = old;
  const grown = await inStage(context, 'clustering', async () => {
    const { units } = features;
    const { float64 } = context.kernels;
    const matrixOf = (known: SimilarityMatrix, values: Float64Array) =>
      growMatrix(allPairsOf(known), oldUnits, units, compared, values, MAX_Z, float64);
    return {
      featureSimilarity: clustering.featureSimilarity.map((known, f) =>
        matrixOf(known, compared.similarity[f]),
      ),
      similarity: matrixOf(clustering.similarity, round.pairSimilarity),
      pairs: getNearbyPairs(settings.clustering.max_distance, sessions, features.locations, motion),
    };
  });

  const assignment = await inStage(context, 'curation', async () => {
    const { auto_merge, merge_factor } = settings.autoCuration;
    return assignNew(
      { oldLabels: old.curation.labels, sessions, compared, pairSimilarity: round.pairSimilarity, ...grown },
      { threshold: clustering.threshold, mergeFactor: auto_merge ? merge_factor : undefined },
    );
  });
  const { labels, clusterCount, possibleMerges } = assignment;
  const matchedPairs = pairsWithinClusters(labels);
  const { pairs } = grown;
  const confidence = matchConfidence(
    {
      units: features.units,
      sessionCount: motion.sessionCount,
      sessions,
      labels,
      pairs,
      pairSimilarity: pairValues(grown.similarity, features.units, pairs),
      threshold: clustering.threshold,
    },
    matchedPairs,
  );
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
        matchedPairs,
      },
      confidence,
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
): Promise<{
  round: MotionRound;
  motion: Motion;
  corrected: CorrectedWaveforms;
  /** The pairs of new units that are candidates, under that motion. */
  compared: ComparedPairs;
}> {
  const { motionEstimation, waveformCorrection } = settings;
  const { locations } = comparable.features;
  const { clustering } = old;
  const still = new Array<number>(sessionCount).fill(0);
  let motion = new Motion(old.sessionCount + sessionCount, {
    linearScale: old.motion.linearScale,
    linear: [...old.motion.linear, ...still],
    constant: [...old.motion.constant, ...still],
  });
  const [low, high] = motionRange(old.motion, probe.locations);
  const depthsOf = () => ({ sessions, locations, motion, oldSessions: old.sessionCount });
  const isOld = (p: ComparedPairs) => (at: number) => p.units[2 * at] < comparable.oldUnits;
  const say = (round: number, matches: number, names: readonly FeatureName[]) => {
    const found = [...motion.constant.subarray(old.sessionCount)].map((value) => value.toFixed(1));
    const text = `Round ${round}: motion of the new sessions from ${matches} pairs with ${names.join(', ')}: ${found.join(', ')} µm.`;
    context.onEvent?.({ kind: 'log', text });
  };
  const compare = (names: readonly FeatureName[], corrected: CorrectedWaveforms, reach: number) => {
    const depths = correctedDepths(locations, sessions, motion);
    return compareNew(names, comparable, corrected, depths, reach, context);
  };

  // Nothing is known of the new sessions at first: their probe may be anywhere it has been.
  const first = firstFeatures(motionEstimation.features[0]);
  const uncorrected = first.includes('Waveform') ? await correct(motion) : old.corrected;
  const guess = await compare(first, uncorrected, motionEstimation.max_distance + high - low);
  const best = mutualBest(
    guess,
    weighted(
      guess,
      first.map(() => 1 / first.length),
    ),
    sessions,
  ).map((is, p) => (is === 1 && isOld(guess)(p) ? 1 : 0));
  motion = commonDisplacement(guess, best, depthsOf(), context);
  say(1, countOf(best), first);

  for (let i = 2; ; i++) {
    const corrected = await correct(motion);
    const compared = await compare(clustering.features, corrected, settings.clustering.max_distance);
    const similarity = weighted(compared, clustering.weights);
    const matched = mutualBest(compared, similarity, sessions).map((is, p) =>
      is === 1 && similarity[p] > clustering.threshold ? 1 : 0,
    );
    const used = matched.map((is, p) => (is === 1 && isOld(compared)(p) ? 1 : 0));
    const { linear_correction } = waveformCorrection;
    const found = fittedMotion(compared, used, depthsOf(), linear_correction, context);
    const settled = largestChange(found, motion, probe.locations) < motionEstimation.motion_tol;
    // The motion that is kept is the one with which the waveforms were corrected.
    if (!settled && i < MOST_ROUNDS) motion = found;
    say(i, countOf(used), clustering.features);
    if (!settled && i < MOST_ROUNDS) continue;
    const round: MotionRound = {
      features: clustering.features,
      weights: clustering.weights,
      threshold: clustering.threshold,
      matches: countOf(matched),
      pairs: { count: compared.count, units: compared.units },
      pairSimilarity: similarity,
      pairMatched: matched,
      pairUsed: used,
      motion,
      bands: [],
    };
    return { round, motion, corrected, compared };
  }
}

const countOf = (marks: Uint8Array) => marks.reduce((sum, mark) => sum + mark, 0);

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
