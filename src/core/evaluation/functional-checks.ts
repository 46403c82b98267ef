/** Whether matched units behave alike in what the matching did not see. */
import type { UnitPairs } from '../result.ts';
import { areaUnderCurve, type RocPoint, rocCurve } from './roc.ts';

/** What units are compared by; the first four are those of the matching or may be. */
export const FUNCTIONAL_FEATURES = ['AutoCorr', 'ISI', 'PETH', 'FiringRate', 'PopulationCoupling'] as const;
export type FunctionalFeature = (typeof FUNCTIONAL_FEATURES)[number];

export interface AucByDistance {
  /** Sessions, or days, between the units of a pair. */
  readonly distance: number;
  readonly matched: number;
  readonly unmatched: number;
  readonly auc: number;
  /** Standard error (Hanley & McNeil 1982). */
  readonly standardError: number;
}

export interface FunctionalCheck {
  readonly feature: FunctionalFeature;
  readonly matched: number;
  readonly unmatched: number;
  /** Probability that a matched pair is more alike than a neighbouring unmatched one. */
  readonly auc: number;
  readonly standardError: number;
  readonly roc: readonly RocPoint[];
  readonly bySessions: readonly AucByDistance[];
  /** Empty when the dates of the sessions are not known. */
  readonly byDays: readonly AucByDistance[];
}

export interface FunctionalCheckInput {
  readonly sessions: Int32Array;
  /** (units,) cluster of each unit from 0; -1 unmatched. */
  readonly labels: Int32Array;
  /** Pairs of nearby units. */
  readonly pairs: UnitPairs;
  /** (units,) depth, motion taken out, µm. */
  readonly depths: Float64Array;
  /** (sessions,) day of each session; NaN or undefined where not known. */
  readonly days?: readonly number[];
}

/** Unmatched pairs compared with: those at most this far apart in depth, µm. */
const NEIGHBOUR_UM = 50;

/**
 * AUC between matched pairs and neighbouring unmatched ones: pairs of two sessions at most 50 µm apart in depth of which one unit at
 * least has its own match in the other's session, so that they are known to be different neurons if the matches are right.
 *
 * @param similarity of two units by the feature; NaN where it is not defined
 */
export function functionalCheck(
  feature: FunctionalFeature,
  similarity: (a: number, b: number) => number,
  input: FunctionalCheckInput,
): FunctionalCheck {
  const { sessions, labels, pairs, depths, days } = input;
  const sessionCount = sessions.reduce((most, s) => Math.max(most, s), 0);
  const found = new Set<number>();
  labels.forEach((label, unit) => {
    if (label >= 0) found.add(label * (sessionCount + 1) + sessions[unit]);
  });
  const hasMatchIn = (unit: number, session: number) =>
    labels[unit] >= 0 && found.has(labels[unit] * (sessionCount + 1) + session);
  const matched: Scored[] = [];
  const unmatched: Scored[] = [];
  for (let p = 0; p < pairs.count; p++) {
    const [a, b] = [pairs.units[2 * p], pairs.units[2 * p + 1]];
    const [s, t] = [sessions[a], sessions[b]];
    if (s === t) continue;
    const isMatched = labels[a] >= 0 && labels[a] === labels[b];
    if (!isMatched) {
      if (Math.abs(depths[a] - depths[b]) > NEIGHBOUR_UM) continue;
      if (!hasMatchIn(a, t) && !hasMatchIn(b, s)) continue;
    }
    const score = similarity(a, b);
    if (Number.isNaN(score)) continue;
    const dayDistance = days ? Math.abs(days[s - 1] - days[t - 1]) : Number.NaN;
    (isMatched ? matched : unmatched).push({ score, sessions: Math.abs(s - t), days: dayDistance });
  }
  const scores = (list: readonly Scored[]) => list.map(({ score }) => score);
  return {
    feature,
    ...aucOf(matched, unmatched),
    roc: rocCurve(scores(matched), scores(unmatched)),
    bySessions: byDistance(matched, unmatched, (pair) => pair.sessions),
    byDays: byDistance(matched, unmatched, (pair) => pair.days),
  };
}

interface Scored {
  readonly score: number;
  readonly sessions: number;
  readonly days: number;
}

function byDistance(
  matched: readonly Scored[],
  unmatched: readonly Scored[],
  distanceOf: (pair: Scored) => number,
): AucByDistance[] {
  const distances = [...new Set(matched.map(distanceOf))]
    .filter((distance) => !Number.isNaN(distance))
    .sort((a, b) => a - b);
  return distances
    .map((distance) => {
      const at = (pair: Scored) => distanceOf(pair) === distance;
      return { distance, ...aucOf(matched.filter(at), unmatched.filter(at)) };
    })
    .filter(({ auc }) => !Number.isNaN(auc));
}

function aucOf(matched: readonly Scored[], unmatched: readonly Scored[]) {
  const [m, n] = [matched.length, unmatched.length];
  const auc = areaUnderCurve(
    matched.map(({ score }) => score),
    unmatched.map(({ score }) => score),
  );
  // Hanley & McNeil 1982, eq. 1.
  const q1 = auc / (2 - auc) - auc * auc;
  const q2 = (2 * auc * auc) / (1 + auc) - auc * auc;
  const standardError = Math.sqrt(Math.max(0, (auc * (1 - auc) + (m - 1) * q1 + (n - 1) * q2) / (m * n)));
  return { matched: m, unmatched: n, auc, standardError };
}

/** Pearson's r of two rows of a (units, bins) array over the bins that are numbers in both; NaN without variance. */
export function rowCorrelation(data: Float64Array, bins: number, a: number, b: number): number {
  let [n, sumX, sumY, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < bins; k++) {
    const [x, y] = [data[a * bins + k], data[b * bins + k]];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    n++;
    sumX += x;
    sumY += y;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  const denominator = Math.sqrt((n * xx - sumX * sumX) * (n * yy - sumY * sumY));
  return denominator > 0 ? (n * xy - sumX * sumY) / denominator : Number.NaN;
}

/** Bin of the population rate, ms. */
const COUPLING_BIN_MS = 20;

/**
 * Firing rates and population couplings of the units of one session.
 *
 * The coupling of a unit is the mean rate of all other units in the 20 ms bins of its spikes, over their mean rate (Okun et al. 2015,
 * spike-triggered population rate at lag zero); 1 for a unit that fires independently.
 *
 * @param trains spike times, ms, in any order, on one clock
 * @returns (units,) spikes per second and couplings; NaN for units without spikes
 */
export function populationFeatures(trains: readonly Float64Array[]): {
  rateHz: Float64Array;
  coupling: Float64Array;
} {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const train of trains) {
    for (const time of train) {
      first = Math.min(first, time);
      last = Math.max(last, time);
    }
  }
  const bins = last >= first ? Math.floor((last - first) / COUPLING_BIN_MS) + 1 : 0;
  const binOf = (time: number) => Math.floor((time - first) / COUPLING_BIN_MS);
  const population = new Float64Array(bins);
  for (const train of trains) for (const time of train) population[binOf(time)]++;
  const total = trains.reduce((sum, train) => sum + train.length, 0);
  const own = new Int32Array(bins);
  const coupling = Float64Array.from(trains, (train) => {
    const others = total - train.length;
    if (train.length === 0 || others === 0) return Number.NaN;
    for (const time of train) own[binOf(time)]++;
    let sum = 0;
    for (const time of train) sum += population[binOf(time)] - own[binOf(time)];
    for (const time of train) own[binOf(time)] = 0;
    return sum / train.length / (others / bins);
  });
  const seconds = (bins * COUPLING_BIN_MS) / 1000;
  const rateHz = Float64Array.from(trains, (train) =>
    train.length > 0 ? train.length / seconds : Number.NaN,
  );
  return { rateHz, coupling };
}

/** Likeness of two positive quantities: minus the absolute logarithm of their ratio. */
export const logLikeness = (values: Float64Array) => (a: number, b: number) =>
  -Math.abs(Math.log(values[a] / values[b]));
