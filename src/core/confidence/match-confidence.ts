/** How sure each match is: probabilities that are calibrated on the recording itself. */
import { decoyRegression, logistic, logOdds } from './decoy-regression.ts';
import { MAX_MARGIN, type PairEvidenceInput, pairEvidence, pairsOfUnits } from './pair-evidence.ts';

/** Confidence in a tracking. */
export interface MatchConfidence {
  /** (M,) probability, 0 to 1, that both units of a matched pair are one neuron. */
  readonly matchProbability: Float64Array;
  /** (units,) mean probability of a unit's matched pairs; NaN for an unmatched unit. */
  readonly unitConfidence: Float64Array;
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
const MOST_FITTED = 40_000;

/**
 * Probability that each candidate pair is one neuron (`docs/methods.md`, "Confidence").
 *
 * Units of one session are different neurons, so pairs within a session (decoys) show the similarities of non-matches. Evidence of a
 * pair: its similarity and that of each unit to the other's group, both relative to the threshold, and the margin to the best
 * alternative. `decoyRegression` finds the odds; pairs less similar than 80 % of the decoys count as certainly different, unless
 * they are matched.
 */
export function pairProbabilities(input: PairProbabilityInput): PairProbabilities {
  const { sessions, labels, pairs, pairSimilarity, unmatchedWeight = 1 } = input;
  const { count, units } = pairs;
  const isDecoy = (p: number) => sessions[units[2 * p]] === sessions[units[2 * p + 1]];
  const isMatched = (p: number) =>
    labels[units[2 * p]] >= 0 && labels[units[2 * p]] === labels[units[2 * p + 1]];
  const decoys: number[] = [];
  for (let p = 0; p < count; p++) if (isDecoy(p)) decoys.push(pairSimilarity[p]);
  const sorted = Float64Array.from(decoys).sort();
  const hopeless =
    sorted.length > 0 ? sorted[Math.floor(HOPELESS_SHARE * (sorted.length - 1))] : Number.NEGATIVE_INFINITY;

  const evidence = evidenceRows(input);
  const rows: number[] = [];
  let [unlabelled, below, belowDecoys] = [0, 0, 0];
  for (let p = 0; p < count; p++) {
    if (pairSimilarity[p] > hopeless) rows.push(p);
    else if (isDecoy(p)) belowDecoys++;
    else below++;
  }
  for (const p of rows) if (!isDecoy(p)) unlabelled++;
  const stride = Math.max(1, Math.ceil(unlabelled / MOST_FITTED));
  let seen = 0;
  const fitted = rows.filter((p) => isDecoy(p) || seen++ % stride === 0);
  const coefficients =
    belowDecoys > 0 && below > 0
      ? decoyRegression({
          evidence: gather(evidence, fitted),
          columns: COLUMNS,
          decoy: Uint8Array.from(fitted, (p) => (isDecoy(p) ? 1 : 0)),
          weights: Float64Array.from(fitted, (p) =>
            isDecoy(p) ? decoyWeight(evidence, p) : stride * (isMatched(p) ? 1 : unmatchedWeight),
          ),
          ratio: (unmatchedWeight * below) / belowDecoys,
          priorMean: PRIOR_MEAN,
          priorPrecision: PRIOR_PRECISION,
        })
      : Float64Array.from(PRIOR_MEAN);
  const probability = new Float64Array(count);
  for (let p = 0; p < count; p++) {
    if (isDecoy(p) || !(pairSimilarity[p] > hopeless || isMatched(p))) continue;
    probability[p] = logistic(logOdds(evidence, p, COLUMNS, coefficients));
  }
  return { probability, decoys: decoys.length };
}

/**
 * Sorters split neurons: a pair within a session that looks like one neuron by all that simulated recordings teach may be one. Its
 * weight is the probability that it is not, with prior odds of `OVER_SPLIT_ODDS` times those of a match between sessions.
 */
function decoyWeight(evidence: Float64Array, p: number): number {
  const odds = Math.exp(logOdds(evidence, p, COLUMNS, Float64Array.from(PRIOR_MEAN)));
  return 1 / (1 + OVER_SPLIT_ODDS * odds);
}

/** (P, COLUMNS) 1, similarity, margin, and how far each lies below where matches begin. */
function evidenceRows(input: PairProbabilityInput): Float64Array {
  const { pairs, pairSimilarity } = input;
  const threshold = Number.isFinite(input.threshold) ? input.threshold : 0;
  const { support, margin } = pairEvidence(input);
  const evidence = new Float64Array(pairs.count * COLUMNS);
  for (let p = 0; p < pairs.count; p++) {
    const similarity = (pairSimilarity[p] + support[p]) / 2 - threshold;
    const clipped = Math.max(-MAX_MARGIN, margin[p]);
    evidence.set(
      [1, similarity, clipped, Math.max(0, -0.2 - similarity), Math.max(0, -clipped)],
      p * COLUMNS,
    );
  }
  return evidence;
}

function gather(evidence: Float64Array, rows: readonly number[]): Float64Array {
  const picked = new Float64Array(rows.length * COLUMNS);
  rows.forEach((p, i) => {
    picked.set(evidence.subarray(p * COLUMNS, (p + 1) * COLUMNS), i * COLUMNS);
  });
  return picked;
}

/**
 * Confidence in the matched pairs of a tracking. A matched pair that is no candidate (its units lie too far apart once the motion is
 * taken out) has probability 0.
 *
 * @param matchedPairs (M, 2) pairs of units that share a label
 */
export function matchConfidence(input: PairProbabilityInput, matchedPairs: Int32Array): MatchConfidence {
  return confidenceOfMatches(input, pairProbabilities(input).probability, matchedPairs);
}

/** `matchConfidence` from the probabilities of the candidate pairs. */
export function confidenceOfMatches(
  { units, pairs }: Pick<PairProbabilityInput, 'units' | 'pairs'>,
  probability: Float64Array,
  matchedPairs: Int32Array,
): MatchConfidence {
  const { start, entries } = pairsOfUnits(units, pairs);
  const matchProbability = new Float64Array(matchedPairs.length / 2);
  const sums = new Float64Array(units);
  const counts = new Int32Array(units);
  for (let m = 0; m < matchProbability.length; m++) {
    const [a, b] = [matchedPairs[2 * m], matchedPairs[2 * m + 1]];
    for (let e = start[a]; e < start[a + 1]; e++) {
      const p = entries[e];
      if (pairs.units[2 * p] + pairs.units[2 * p + 1] !== a + b) continue;
      matchProbability[m] = probability[p];
      break;
    }
    for (const unit of [a, b]) {
      sums[unit] += matchProbability[m];
      counts[unit]++;
    }
  }
  return { matchProbability, unitConfidence: sums.map((sum, u) => sum / counts[u]) };
}
