/** Split halves: whether the two halves of a unit find each other when a session is tracked as if it were two. */
import { hdbscan } from '../clustering/hdbscan.ts';
import type { RunContext } from '../context.ts';
import { autoCurate } from '../curation/auto-curation.ts';
import type { Dataset, Probe, Waveforms } from '../dataset.ts';
import { Motion } from '../motion/motion.ts';
import { preprocessUnits } from '../preprocess.ts';
import type { FeatureName, Settings } from '../settings.ts';
import { compareAll } from '../similarity/comparison.ts';
import type { Estimate } from './error-rates.ts';
import { wilsonInterval } from './wilson.ts';

/** The units of one session, each cut in two. */
export interface HalvedSession {
  readonly units: number;
  readonly probe: Probe;
  /** (2 · units, channels, samples) the first halves of all units, then the second ones. */
  readonly waveforms: Waveforms;
  /** Spike times of a unit, ms. */
  spikeTimes(unit: number): Promise<Float64Array>;
}

/** Weights and threshold of the result whose sessions are cut. */
export interface LearnedSimilarity {
  readonly features: readonly FeatureName[];
  /** (features,) */
  readonly weights: ArrayLike<number>;
  readonly threshold: number;
}

export interface HalvesCount {
  /** Units that were cut in two. */
  readonly units: number;
  /** Units whose halves were joined. */
  readonly found: number;
  /** Joins of a first half with the second half of another unit. */
  readonly wrong: number;
}

export interface SplitHalves extends HalvesCount {
  /** Features that the halves were compared by. */
  readonly features: readonly FeatureName[];
  /** False when both halves of a unit have its one waveform, which makes them easier to find. */
  readonly waveformsHalved: boolean;
  /** Share of the units whose halves were not joined: what noise within a session costs; a tracking usually misses more. */
  readonly falseNegatives: Estimate;
  /** Share of the joins that are of two units; a tracking usually has more false matches. */
  readonly falsePositives: Estimate;
}

/** The features that halves can be compared by: there is one PETH of a unit. */
export const halvedFeatures = (features: readonly FeatureName[]): FeatureName[] =>
  features.filter((name) => name !== 'PETH');

/**
 * Tracks the halves of a session as those of two sessions: without motion, with the weights and the threshold of the result, clustered and
 * curated as by the settings (`docs/methods.md`, "Split halves").
 *
 * @throws StoppedError when the signal is aborted
 */
export async function trackHalves(
  session: HalvedSession,
  learned: LearnedSimilarity,
  settings: Settings,
  { kernels, signal }: RunContext,
): Promise<HalvesCount> {
  const { units, probe, waveforms } = session;
  const names = halvedFeatures(learned.features);
  const context: RunContext = { kernels, signal };
  const dataset: Dataset = {
    units: 2 * units,
    sessionCount: 2,
    sessions: Int32Array.from({ length: 2 * units }, (_, half) => (half < units ? 1 : 2)),
    waveforms,
    probe,
    spikeTimes: async (half) => halfOf(await session.spikeTimes(half % units), half < units),
  };
  const compared: Settings = {
    ...settings,
    motionEstimation: { ...settings.motionEstimation, features: [names] },
    clustering: { ...settings.clustering, features: names },
  };
  const preprocessed = await preprocessUnits(dataset, compared, context);
  const comparison = compareAll(
    { ...dataset, waveforms: preprocessed.waveforms },
    preprocessed.features,
    compared,
    context,
  );
  const motion = new Motion(2);
  const similarities = await comparison.compare(
    names,
    { motion, corrected: await comparison.uncorrected() },
    settings.clustering.max_distance,
    'clustering',
  );
  const weights = weightsOf(learned, names);
  const tree = await similarities.spanningTree(weights, signal);
  const { labels } = hdbscan(tree, dataset.units, { maxClusterSize: 2 });
  const { autoCuration } = settings;
  const curated = autoCurate(
    {
      units: dataset.units,
      sessions: dataset.sessions,
      labels,
      similarity: await similarities.weighted(weights, signal),
      threshold: learned.threshold,
      pairs: similarities.pairs(labels),
    },
    {
      autoSplit: autoCuration.auto_split,
      autoMerge: autoCuration.auto_merge,
      mergeFactor: autoCuration.merge_factor,
    },
  );
  let [found, wrong] = [0, 0];
  for (let m = 0; m < curated.matchedPairs.length; m += 2) {
    if (curated.matchedPairs[m] + units === curated.matchedPairs[m + 1]) found++;
    else wrong++;
  }
  return { units, found, wrong };
}

/** The spikes before the middle one, or those from it on: two halves of the time in which a unit fires. */
function halfOf(spikeTimes: Float64Array, first: boolean): Float64Array {
  const sorted = spikeTimes.slice().sort();
  const middle = sorted.length >> 1;
  return first ? sorted.slice(0, middle) : sorted.slice(middle);
}

/** The weights of the features that are left, which sum to what all of them did. */
function weightsOf({ features, weights }: LearnedSimilarity, names: readonly FeatureName[]): Float64Array {
  const kept = Float64Array.from(names, (name) => weights[features.indexOf(name)]);
  const all = Array.from(weights).reduce((sum, weight) => sum + weight, 0);
  const left = kept.reduce((sum, weight) => sum + weight, 0);
  return kept.map((weight) => (weight * all) / left);
}

/** Rates of all sessions together, with Wilson's 95 % intervals. */
export function splitHalves(
  counts: readonly HalvesCount[],
  features: readonly FeatureName[],
  waveformsHalved: boolean,
): SplitHalves {
  const sum = (of: (count: HalvesCount) => number) => counts.reduce((all, count) => all + of(count), 0);
  const [units, found, wrong] = [sum((c) => c.units), sum((c) => c.found), sum((c) => c.wrong)];
  return {
    units,
    found,
    wrong,
    features: halvedFeatures(features),
    waveformsHalved,
    falseNegatives: wilsonInterval(units - found, units),
    falsePositives: wilsonInterval(wrong, found + wrong),
  };
}
