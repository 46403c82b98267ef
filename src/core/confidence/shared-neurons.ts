/** How many neurons two sessions share: where there are none, look-alikes are matched because nothing better is there. */
import { decoyRegression } from './decoy-regression.ts';
import type { PairEvidenceInput } from './pair-evidence.ts';

/** Coefficients of the log-odds and their precision before any data; about those of simulated recordings (bench/accuracy). */
const PRIOR_MEAN = [1, 6, -1];
const PRIOR_PRECISION = [0.25, 0.1, 0.1];
/** Share of the runners-up by whose similarity the units are told that certainly have no partner. */
const HOPELESS_SHARE = 0.8;
/** Probability, before any data, that two sessions share no neuron. */
const NONE_SHARED = 0.5;
/** More candidates are thinned out evenly for the fit. */
const MOST_FITTED = 10_000;
/** Shares that are considered: none, and steps up to all. */
const STEPS = 10;
const SHARES = Array.from({ length: STEPS + 1 }, (_, g) => Math.min(0.99, Math.max(1e-9, g / STEPS)));

export interface SharedNeuronsInput extends Omit<PairEvidenceInput, 'pairSimilarity'> {
  /** (P,) similarity of the candidate pairs, 0 where matches begin. */
  readonly similarity: Float64Array;
}

/** A probability of one pair, given how many neurons its sessions share. @param s,t sessions, 1..N */
export type ProbabilityInLink = (probability: number, s: number, t: number) => number;

/**
 * The share of units with a partner, for every two sessions, as a posterior over shares (`docs/methods.md`, "Confidence").
 *
 * Every unit is taken with its most similar candidate of every other session. Where its own neuron is found there, the second best
 * shows what candidates look like that are not the partner; `decoyRegression` tells the likelihood ratio of a best candidate to be the
 * partner, and the ratios of all units of two sessions tell the share. A probability that was found for usual sessions is
 * averaged over the shares, its odds multiplied by those of the share over those of the usual share.
 *
 * @returns the identity where too little is known
 */
export function probabilityInLink(input: SharedNeuronsInput): ProbabilityInLink {
  const { sessionCount: n } = input;
  const { best, link, runnersUp } = bestCandidates(input);
  const sorted = runnersUp.slice().sort();
  const hopeless = sorted[Math.floor(HOPELESS_SHARE * (sorted.length - 1))];
  const isHopeful = (value: number) => value > hopeless;
  const hopefulRunnersUp = runnersUp.filter(isHopeful);
  const hopeful = best.filter(isHopeful);
  const [below, belowRunnersUp] = [best.length - hopeful.length, runnersUp.length - hopefulRunnersUp.length];
  if (below === 0 || belowRunnersUp === 0) return (probability) => probability;
  const [one, two, three] = regress(hopefulRunnersUp, hopeful, below / belowRunnersUp);
  const oddsAt = (value: number) => Math.exp(one + two * value + three * lowPart(value));

  const counts = new Float64Array(n * n);
  for (const l of link) counts[l]++;
  const meanOdds = oddsOf(hopeful.reduce((sum, value) => sum + 1 - 1 / (1 + oddsAt(value)), 0) / best.length);
  const shareOdds = Float64Array.from(SHARES, oddsOf);
  const logLikelihood = new Float64Array(n * n * SHARES.length);
  for (let i = 0; i < best.length; i++) {
    if (!isHopeful(best[i])) continue;
    const ratio = oddsAt(best[i]) / meanOdds;
    const row = link[i] * SHARES.length;
    // Half: a pair is met at both its units.
    for (let g = 0; g < SHARES.length; g++) {
      logLikelihood[row + g] += 0.5 * Math.log(1 + shareOdds[g] * ratio);
    }
  }
  const posterior = posteriors(counts, logLikelihood);
  // The mean share of the sessions that the partners are in.
  let [partners, weighted] = [0, 0];
  counts.forEach((count, l) => {
    const share = SHARES.reduce((sum, value, g) => sum + value * posterior[l * SHARES.length + g], 0);
    partners += count * share;
    weighted += count * share * share;
  });
  const oddsRatios = shareOdds.map((odds) => odds / oddsOf(weighted / partners));
  return (probability, s, t) => {
    const row = linkOf(n, s, t) * SHARES.length;
    const odds = oddsOf(probability);
    if (odds === Number.POSITIVE_INFINITY) return 1;
    let sum = 0;
    for (let g = 0; g < SHARES.length; g++) {
      const weight = posterior[row + g];
      if (weight < 1e-6) continue;
      const shifted = odds * oddsRatios[g];
      sum += (weight * shifted) / (1 + shifted);
    }
    return sum;
  };
}

/** Coefficients of the log-odds of a best candidate to be the partner. */
function regress(runnersUp: Float32Array, best: Float32Array, ratio: number): Float64Array {
  const stride = Math.ceil(Math.max(1, best.length / MOST_FITTED));
  const thinned = best.filter((_, i) => i % stride === 0);
  const rows = runnersUp.length + thinned.length;
  const columns = PRIOR_MEAN.length;
  const evidence = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const value = i < runnersUp.length ? runnersUp[i] : thinned[i - runnersUp.length];
    evidence[i * columns] = 1;
    evidence[i * columns + 1] = value;
    evidence[i * columns + 2] = lowPart(value);
  }
  return decoyRegression({
    evidence,
    columns,
    decoy: new Uint8Array(rows).fill(1, 0, runnersUp.length),
    weights: new Float64Array(rows).fill(1, 0, runnersUp.length).fill(stride, runnersUp.length),
    ratio,
    priorMean: PRIOR_MEAN,
    priorPrecision: PRIOR_PRECISION,
  });
}

const lowPart = (value: number) => Math.max(0, -0.2 - value);
const oddsOf = (probability: number) => probability / (1 - probability);
/** Place of two sessions in an (N, N) array. */
const linkOf = (n: number, s: number, t: number) => (Math.min(s, t) - 1) * n + Math.max(s, t) - 1;

/**
 * The most similar candidate of every unit in every other session that has one; and the most similar of those that are not its own
 * neuron, in the sessions where that is found.
 */
function bestCandidates(input: SharedNeuronsInput) {
  const { units, sessionCount: n, sessions, labels, pairs, similarity: x } = input;
  const first = new Float32Array(units * n).fill(Number.NEGATIVE_INFINITY);
  const others = first.slice();
  for (let p = 0; p < pairs.count; p++) {
    const a = pairs.units[2 * p];
    const b = pairs.units[2 * p + 1];
    if (sessions[a] === sessions[b]) continue;
    const value = x[p];
    const atA = a * n + sessions[b] - 1;
    const atB = b * n + sessions[a] - 1;
    if (value > first[atA]) first[atA] = value;
    if (value > first[atB]) first[atB] = value;
    if (labels[a] >= 0 && labels[a] === labels[b]) continue;
    if (value > others[atA]) others[atA] = value;
    if (value > others[atB]) others[atB] = value;
  }
  const found = new Uint8Array((labels.reduce((most, label) => Math.max(most, label), -1) + 1) * n);
  labels.forEach((label, unit) => {
    if (label >= 0) found[label * n + sessions[unit] - 1] = 1;
  });
  const best: number[] = [];
  const link: number[] = [];
  const runnersUp: number[] = [];
  for (let unit = 0; unit < units; unit++) {
    for (let s = 0; s < n; s++) {
      const at = unit * n + s;
      if (first[at] === Number.NEGATIVE_INFINITY) continue;
      best.push(first[at]);
      link.push(linkOf(n, sessions[unit], s + 1));
      if (others[at] > Number.NEGATIVE_INFINITY && labels[unit] >= 0 && found[labels[unit] * n + s]) {
        runnersUp.push(others[at]);
      }
    }
  }
  return {
    best: Float32Array.from(best),
    link: Int32Array.from(link),
    runnersUp: Float32Array.from(runnersUp),
  };
}

/**
 * (links, shares) from log-likelihoods and the prior: half on no neuron, the rest even over the other shares.
 * @param counts (links,) units, each of which may have no partner
 */
function posteriors(counts: Float64Array, logLikelihood: Float64Array): Float64Array {
  const weights = new Float64Array(logLikelihood.length);
  counts.forEach((count, l) => {
    const row = l * SHARES.length;
    const values = SHARES.map((share, g) => logLikelihood[row + g] + 0.5 * count * Math.log1p(-share));
    const most = Math.max(...values);
    const unnormalised = values.map(
      (value, g) => (g === 0 ? NONE_SHARED : (1 - NONE_SHARED) / STEPS) * Math.exp(value - most),
    );
    const total = unnormalised.reduce((sum, value) => sum + value, 0);
    weights.set(
      unnormalised.map((value) => value / total),
      row,
    );
  });
  return weights;
}
