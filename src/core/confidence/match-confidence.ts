/** How sure each match is: probabilities that are calibrated on the recording itself. */
import { decoyRegression, logistic, logOdds } from './decoy-regression.ts';
import { overSplitSessions } from './over-split.ts';
import { MAX_MARGIN, type PairEvidenceInput, pairEvidence } from './pair-evidence.ts';
import { PairPlaces } from './pair-places.ts';
import { probabilityInLink } from './shared-neurons.ts';

/** Confidence in a tracking. */
export interface MatchConfidence {
  /** (M,) probability, 0 to 1, that both units of a matched pair are one neuron. */
  readonly matchProbability: Float64Array;
  /** (units,) mean probability of a unit's matched pairs; NaN for an unmatched unit. */
  readonly unitConfidence: Float64Array;
  /** Expected number of pairs of one neuron among all candidates, matched or not; undefined where not all were looked at. */
  readonly expectedPairs?: number;
}

export interface PairProbabilityInput extends PairEvidenceInput {
  /** Similarity above which a pair is a good match; may be infinite. */
  readonly threshold: number;
  /** How many pairs each unmatched pair between sessions stands for, when `pairs` is a sample; default 1. */
  readonly unmatchedWeight?: number;
}

export interface PairProbabilities {
  /** (P,) probability, 0 to 1, that a candidate pair is one neuron; 0 within a session. */
  readonly probability: Float64Array;
  /** Within-session pairs that the calibration rests on. */
  readonly decoys: number;
  /** Sum of the probabilities of all candidate pairs; where `pairs` is a sample, of those that it stands for. */
  readonly expectedPairs: number;
}

/**
 * Coefficients and their precision before any data: about the mean and the spread of the coefficients over 48 trackings of simulated
 * recordings (bench/accuracy). They decide alone where a recording has no within-session pairs.
 */
const PRIOR_MEAN = [2.5, 1.2, 4.2, -0.7, -2.9];
const PRIOR_PRECISION = [0.25, 1, 1, 1, 1];
const COLUMNS = PRIOR_MEAN.length;

/** Prior odds that a pair within a session is one neuron, over those of a pair between sessions. */
const OVER_SPLIT_ODDS = 0.05;

/** Share of the decoys by whose similarity the pairs are told that are certainly no matches. */
const HOPELESS_SHARE = 0.8;
/** More unlabelled pairs are thinned out evenly for the fit. */
const MOST_FITTED = 20_000;

/**
 * Probability that each candidate pair is one neuron (`docs/methods.md`, "Confidence").
 *
 * Units of one session are different neurons, so pairs within a session (decoys) show the similarities of non-matches. Evidence of a
 * pair: its similarity and that of each unit to the other's group, both relative to the threshold, and the margin to the best
 * alternative. `decoyRegression` finds the odds; pairs less similar than 80 % of the decoys count as certainly different, unless
 * they are matched. Last, `probabilityInLink` takes into account how many neurons the two sessions share. Throws no errors: that the
 * arrays fit each other is not checked.
 */
export function pairProbabilities(input: PairProbabilityInput): PairProbabilities {
  const { sessions, labels, pairs, pairSimilarity, unmatchedWeight = 1 } = input;
  const { count, units } = pairs;
  const isDecoy = new Uint8Array(count);
  const isMatched = new Uint8Array(count);
  let decoys = 0;
  for (let p = 0; p < count; p++) {
    const a = units[2 * p];
    const b = units[2 * p + 1];
    if (sessions[a] === sessions[b]) decoys += isDecoy[p] = 1;
    if (labels[a] >= 0 && labels[a] === labels[b]) isMatched[p] = 1;
  }
  const sorted = new Float64Array(decoys);
  for (let p = 0, i = 0; p < count; p++) if (isDecoy[p]) sorted[i++] = pairSimilarity[p];
  sorted.sort();
  const hopeless = decoys > 0 ? sorted[Math.floor(HOPELESS_SHARE * (decoys - 1))] : Number.NEGATIVE_INFINITY;

  // Two halves of a neuron that the sorter split tell nothing of non-matches.
  const split = overSplitSessions(sessions, labels, pairs, pairSimilarity);
  const isSplit = (p: number) =>
    isDecoy[p] === 1 && pairSimilarity[p] > split.high && split.sessions.has(sessions[units[2 * p]]);

  const evidence = evidenceOf(input);
  let [unlabelled, below, belowDecoys] = [0, 0, 0];
  for (let p = 0; p < count; p++) {
    if (pairSimilarity[p] > hopeless) unlabelled += 1 - isDecoy[p];
    else if (isDecoy[p]) belowDecoys++;
    else below++;
  }
  const stride = Math.max(1, Math.ceil(unlabelled / MOST_FITTED));
  const fitted: number[] = [];
  for (let p = 0, seen = 0; p < count; p++) {
    if (!(pairSimilarity[p] > hopeless) || isSplit(p)) continue;
    if (isDecoy[p] || seen++ % stride === 0) fitted.push(p);
  }
  const row = new Float64Array(COLUMNS);
  const oddsBy = (coefficients: Float64Array, p: number) => {
    fillRow(evidence, p, row, 0);
    return logOdds(row, 0, COLUMNS, coefficients);
  };
  let coefficients: Float64Array = Float64Array.from(PRIOR_MEAN);
  if (belowDecoys > 0 && below > 0) {
    const rows = new Float64Array(fitted.length * COLUMNS);
    fitted.forEach((p, i) => {
      fillRow(evidence, p, rows, i * COLUMNS);
    });
    const prior = coefficients;
    coefficients = decoyRegression({
      evidence: rows,
      columns: COLUMNS,
      decoy: Uint8Array.from(fitted, (p) => isDecoy[p]),
      weights: Float64Array.from(fitted, (p) =>
        isDecoy[p] ? decoyWeight(oddsBy(prior, p)) : stride * (isMatched[p] ? 1 : unmatchedWeight),
      ),
      ratio: (unmatchedWeight * below) / belowDecoys,
      priorMean: PRIOR_MEAN,
      priorPrecision: PRIOR_PRECISION,
    });
  }
  // Of a sample, the most similar candidate of a unit is not known.
  const inLink = unmatchedWeight === 1 ? probabilityInLink({ ...input, ...evidence }) : undefined;
  const probability = new Float64Array(count);
  let expectedPairs = 0;
  for (let p = 0; p < count; p++) {
    if (isDecoy[p] || !(pairSimilarity[p] > hopeless || isMatched[p])) continue;
    const usual = logistic(oddsBy(coefficients, p));
    probability[p] = inLink ? inLink(usual, sessions[units[2 * p]], sessions[units[2 * p + 1]]) : usual;
    expectedPairs += probability[p] * (isMatched[p] ? 1 : unmatchedWeight);
  }
  return { probability, decoys, expectedPairs };
}

/**
 * Sorters split neurons: a pair within a session that looks like one neuron by all that simulated recordings teach may be one. Its
 * weight is the probability that it is not, with prior odds of `OVER_SPLIT_ODDS` times those of a match between sessions.
 */
const decoyWeight = (priorLogOdds: number) => 1 / (1 + OVER_SPLIT_ODDS * Math.exp(priorLogOdds));

interface Evidence {
  /** (P,) how far similarity and support together lie above the threshold. */
  readonly similarity: Float64Array;
  /** (P,) as `pairEvidence` says, at least -`MAX_MARGIN`. */
  readonly margin: Float64Array;
}

function evidenceOf(input: PairProbabilityInput): Evidence {
  const threshold = Number.isFinite(input.threshold) ? input.threshold : 0;
  const { support, margin } = pairEvidence(input);
  for (let p = 0; p < support.length; p++) {
    support[p] = (input.pairSimilarity[p] + support[p]) / 2 - threshold;
    margin[p] = Math.max(-MAX_MARGIN, margin[p]);
  }
  return { similarity: support, margin };
}

/** Writes the evidence of a pair: 1, similarity, margin, and how far each lies below where matches begin. */
function fillRow({ similarity, margin }: Evidence, p: number, rows: Float64Array, at: number): void {
  rows[at] = 1;
  rows[at + 1] = similarity[p];
  rows[at + 2] = margin[p];
  rows[at + 3] = Math.max(0, -0.2 - similarity[p]);
  rows[at + 4] = Math.max(0, -margin[p]);
}

/**
 * Confidence in the matched pairs of a tracking. A matched pair that is no candidate (its units lie too far apart once the motion is
 * taken out) has probability 0.
 *
 * Throws no errors: that the arrays fit each other is not checked.
 *
 * @param matchedPairs (M, 2) pairs of units that share a label
 */
export function matchConfidence(input: PairProbabilityInput, matchedPairs: Int32Array): MatchConfidence {
  const { probability, expectedPairs } = pairProbabilities(input);
  return { ...confidenceOfMatches(input, probability, matchedPairs), expectedPairs };
}

/** `matchConfidence` from the probabilities of the candidate pairs. */
export function confidenceOfMatches(
  { units, pairs }: Pick<PairProbabilityInput, 'units' | 'pairs'>,
  probability: Float64Array,
  matchedPairs: Int32Array,
): MatchConfidence {
  const matchProbability = new Float64Array(matchedPairs.length / 2);
  const places = new PairPlaces(units, matchedPairs);
  for (let p = 0; p < pairs.count; p++) {
    if (probability[p] === 0) continue;
    const m = places.of(pairs.units[2 * p], pairs.units[2 * p + 1]);
    if (m >= 0) matchProbability[m] = probability[p];
  }
  const sums = new Float64Array(units);
  const counts = new Int32Array(units);
  matchProbability.forEach((value, m) => {
    for (const unit of [matchedPairs[2 * m], matchedPairs[2 * m + 1]]) {
      sums[unit] += value;
      counts[unit]++;
    }
  });
  return { matchProbability, unitConfidence: sums.map((sum, u) => sum / counts[u]) };
}
