/** Split halves: whether the two halves of a unit find each other when a session is tracked as if it were two. */
import { hdbscan } from '../clustering/hdbscan.ts';
import type { RunContext } from '../context.ts';
import { autoCurate } from '../curation/auto-curation.ts';
import type { Dataset, Probe, Waveforms } from '../dataset.ts';
import { Motion } from '../motion/motion.ts';
import { preprocessUnits } from '../preprocess.ts';
import type { UnitPairs } from '../result.ts';
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
  /** Units whose first half was joined with another unit when its own second half was left out; each is left out once. */
  readonly joinedAlone: number;
  /** Similarity less threshold of the halves of every unit: sum, and sum of squares. */
  readonly alike: { readonly sum: number; readonly squares: number };
}

export interface SplitHalves extends Omit<HalvesCount, 'alike'> {
  /** Features that the halves were compared by. */
  readonly features: readonly FeatureName[];
  /** False when both halves of a unit have its one waveform, which makes them easier to find. */
  readonly waveformsHalved: boolean;
  /** Share of the units whose halves were not joined: what noise within a session costs. */
  readonly notFound: Estimate;
  /** Share of the joins that are of two units. */
  readonly wronglyJoined: Estimate;
  /** Share of the units without their second half that were joined with another. */
  readonly joinedWithout: Estimate;
  /** Similarity less threshold of the halves of a unit: mean, and standard deviation over units. */
  readonly alike: { readonly mean: number; readonly deviation: number };
}

/** The features that halves can be compared by: there is one PETH of a unit. */
export const halvedFeatures = (features: readonly FeatureName[]): FeatureName[] =>
  features.filter((name) => name !== 'PETH');

/**
 * Tracks the halves of a session as those of two sessions: without motion, with the weights and the threshold of the result, clustered and
 * curated as by the settings (`docs/methods.md`, "Split halves"). Then again twice, with the second halves of every other unit left out.
 *
 * @throws StoppedError when the signal is aborted
 */
export async function trackHalves(
  session: HalvedSession,
  learned: LearnedSimilarity,
  settings: Settings,
  context: RunContext,
): Promise<HalvesCount> {
  const { units } = session;
  const compared = await compareHalves(session, learned, settings, context);
  const joined = (keep: (unit: number) => boolean) =>
    joinHalves(compared, keep, learned.threshold, settings, context);
  const all = await joined(() => true);
  const count = { units, found: 0, wrong: 0, joinedAlone: 0, alike: { sum: 0, squares: 0 } };
  all.forEach((partner, unit) => {
    if (partner === unit) count.found++;
    else if (partner >= 0) count.wrong++;
    const alike = compared.similarity[unit * 2 * units + units + unit] - learned.threshold;
    count.alike.sum += alike;
    count.alike.squares += alike * alike;
  });
  for (const parity of [0, 1]) {
    const some = await joined((unit) => unit % 2 === parity);
    some.forEach((partner, unit) => {
      if (partner >= 0 && unit % 2 !== parity) count.joinedAlone++;
    });
  }
  context.kernels.release(compared.similarity);
  return count;
}

interface ComparedHalves {
  /** Units that were cut in two. */
  readonly units: number;
  /** (2 · units, 2 · units) */
  readonly similarity: Float64Array;
  readonly pairs: UnitPairs;
}

async function compareHalves(
  { units, probe, waveforms, spikeTimes }: HalvedSession,
  learned: LearnedSimilarity,
  settings: Settings,
  { kernels, signal }: RunContext,
): Promise<ComparedHalves> {
  const names = halvedFeatures(learned.features);
  const context: RunContext = { kernels, signal };
  const dataset: Dataset = {
    units: 2 * units,
    sessionCount: 2,
    sessions: Int32Array.from({ length: 2 * units }, (_, half) => (half < units ? 1 : 2)),
    waveforms,
    probe,
    spikeTimes: async (half) => halfOf(await spikeTimes(half % units), half < units),
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
  const similarities = await comparison.compare(
    names,
    { motion: new Motion(2), corrected: await comparison.uncorrected() },
    settings.clustering.max_distance,
    'clustering',
  );
  const similarity = await similarities.weighted(halvedWeights(learned), signal);
  // All pairs are compared, so it is no sparse one.
  return {
    units,
    similarity: similarity as Float64Array,
    pairs: similarities.pairs(new Int32Array(2 * units)),
  };
}

/**
 * Clusters and curates the first halves of all units and the second halves of some.
 * @returns (units,) the unit whose second half is joined with the first one of each; -1 none
 */
async function joinHalves(
  { units, similarity, pairs }: ComparedHalves,
  keep: (unit: number) => boolean,
  threshold: number,
  { autoCuration }: Settings,
  { kernels, signal }: RunContext,
): Promise<Int32Array> {
  const kept = Int32Array.from(similarity.subarray(0, 2 * units).keys()).filter(
    (half) => half < units || keep(half - units),
  );
  const n = kept.length;
  const place = new Int32Array(2 * units).fill(-1);
  kept.forEach((half, i) => {
    place[half] = i;
  });
  const part = kernels.float64(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) part[i * n + j] = similarity[kept[i] * 2 * units + kept[j]];
  const both: number[] = [];
  for (let p = 0; p < pairs.count; p++) {
    const [a, b] = [place[pairs.units[2 * p]], place[pairs.units[2 * p + 1]]];
    if (a >= 0 && b >= 0) both.push(a, b);
  }
  const tree = await kernels.spanningTree(part, n, { signal });
  const { matchedPairs } = autoCurate(
    {
      units: n,
      sessions: kept.map((half) => (half < units ? 1 : 2)),
      labels: hdbscan(tree, n, { maxClusterSize: 2 }).labels,
      similarity: part,
      threshold,
      pairs: { count: both.length / 2, units: Int32Array.from(both) },
    },
    {
      autoSplit: autoCuration.auto_split,
      autoMerge: autoCuration.auto_merge,
      mergeFactor: autoCuration.merge_factor,
    },
  );
  kernels.release(part);
  const partners = new Int32Array(units).fill(-1);
  for (let m = 0; m < matchedPairs.length; m += 2)
    partners[kept[matchedPairs[m]]] = kept[matchedPairs[m + 1]] - units;
  return partners;
}

/** The spikes before the middle one, or those from it on: two halves of the time in which a unit fires. */
function halfOf(spikeTimes: Float64Array, first: boolean): Float64Array {
  const sorted = spikeTimes.slice().sort();
  const middle = sorted.length >> 1;
  return first ? sorted.slice(0, middle) : sorted.slice(middle);
}

/** (features that halves can be compared by,) their weights, which sum to what those of all features did. */
export function halvedWeights({
  features,
  weights,
}: Pick<LearnedSimilarity, 'features' | 'weights'>): Float64Array {
  const kept = Float64Array.from(halvedFeatures(features), (name) => weights[features.indexOf(name)]);
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
  const joinedAlone = sum((c) => c.joinedAlone);
  const mean = sum((c) => c.alike.sum) / units;
  const variance = sum((c) => c.alike.squares) / units - mean * mean;
  return {
    units,
    found,
    wrong,
    joinedAlone,
    features: halvedFeatures(features),
    waveformsHalved,
    notFound: wilsonInterval(units - found, units),
    wronglyJoined: wilsonInterval(wrong, found + wrong),
    joinedWithout: wilsonInterval(joinedAlone, units),
    alike: { mean, deviation: Math.sqrt(Math.max(0, variance)) },
  };
}
