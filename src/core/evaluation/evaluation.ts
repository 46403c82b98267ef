/** Everything that tells how good a tracking is: plain values, for JSON, figures and pages alike. */
import { calibrationError, type ReliabilityBin, reliability } from '../confidence/calibration-error.ts';
import {
  confidenceOfMatches,
  type MatchConfidence,
  pairProbabilities,
} from '../confidence/match-confidence.ts';
import type { Motion } from '../motion/motion.ts';
import type { UnitPairs } from '../result.ts';
import type { FeatureName } from '../settings.ts';
import { correctedDepths } from '../similarity/nearby-pairs.ts';
import { depthWarning } from './depth-check.ts';
import { type ErrorRates, estimateErrorRates } from './error-rates.ts';
import {
  FUNCTIONAL_FEATURES,
  type FunctionalCheck,
  type FunctionalCheckInput,
  type FunctionalFeature,
  functionalCheck,
} from './functional-checks.ts';
import { hiddenPairs, possiblePairs, sessionLinks } from './session-links.ts';
import type { SplitHalves } from './split-halves.ts';
import { type SurvivalPoint, survival, type YieldPoint, yieldCurve } from './survival.ts';
import { trackingWarnings } from './tracking-warnings.ts';

export interface Evaluation {
  readonly units: number;
  readonly sessions: number;
  readonly neurons: number;
  readonly matchedPairs: number;
  /** Mean probability of the matched pairs. */
  readonly meanProbability: number;
  /** What a person should know before trusting the tracking, as the run said it, but for the motion. */
  readonly warnings: readonly string[];
  readonly errorRates: ErrorRates;
  /** Features that neither matching nor motion used. */
  readonly functional: readonly FunctionalCheck[];
  /** Features that cannot serve as a check, and why. */
  readonly excluded: readonly { readonly feature: FunctionalFeature; readonly reason: string }[];
  readonly survival: readonly SurvivalPoint[];
  readonly yield: readonly YieldPoint[];
  /** Against known identities, where there are any. */
  readonly truth?: {
    readonly falsePositives: number;
    readonly falseNegatives: number;
    readonly calibrationError: number;
    readonly reliability: readonly ReliabilityBin[];
  };
}

export interface EvaluationInput {
  readonly sessions: Int32Array;
  readonly sessionCount: number;
  /** (units,) cluster of each unit from 0; -1 unmatched. */
  readonly labels: Int32Array;
  /** (M, 2) */
  readonly matchedPairs: Int32Array;
  /** (M,) probabilities where they are known already. */
  readonly matchProbability?: Float64Array;
  /** Expected number of pairs of one neuron, where it is known already. */
  readonly expectedPairs?: number;
  /** Pairs of nearby units, between sessions and within. */
  readonly pairs: UnitPairs;
  /** (P,) weighted similarity of the pairs; undefined where it is not at hand. */
  readonly pairSimilarity?: Float64Array;
  /** (units, 3) µm */
  readonly locations: Float64Array;
  readonly motion: Motion;
  /** Features of the matching, and their weights. */
  readonly matchedBy: readonly FeatureName[];
  readonly weights: Float64Array;
  readonly threshold: number;
  /** What became of the halves of the units, where they were tracked. */
  readonly halves?: SplitHalves;
  /** As of `ErrorRatesInput`. */
  readonly matchedAlike?: number;
  /** Largest depth distance of a candidate pair, µm. */
  readonly maxDistance: number;
  /** Likeness of two units by each feature that is at hand. */
  readonly features: Readonly<Partial<Record<FunctionalFeature, (a: number, b: number) => number>>>;
  /** Features that the matching or the motion used. */
  readonly used: ReadonlySet<string>;
  /** (sessions,) day of each session. */
  readonly days?: readonly number[];
  /** (units,) true neuron of each unit. */
  readonly neuronId?: ArrayLike<number>;
}

/**
 * Evaluates the tracking of one shank (`docs/methods.md`, "Evaluation"). Throws no errors of its own: that the arrays fit each other is
 * not checked. What is not known is undefined or NaN.
 */
export function evaluateTracking(input: EvaluationInput): Evaluation {
  const { sessions, sessionCount, labels, matchedPairs, pairs, pairSimilarity } = input;
  const depths = correctedDepths(input.locations, sessions, input.motion);
  const units = labels.length;
  const found =
    pairSimilarity &&
    pairProbabilities({
      units,
      sessionCount,
      sessions,
      labels,
      pairs,
      pairSimilarity,
      threshold: input.threshold,
    });
  const probability = found?.probability;
  const confidence = confidenceOfMatches(
    { units, pairs },
    probability ?? new Float64Array(pairs.count),
    matchedPairs,
  );
  const matchProbability =
    input.matchProbability ??
    (probability ? confidence.matchProbability : confidence.matchProbability.fill(Number.NaN));
  const depthDistance = Float64Array.from({ length: matchedPairs.length / 2 }, (_, m) =>
    Math.abs(depths[matchedPairs[2 * m]] - depths[matchedPairs[2 * m + 1]]),
  );
  const neurons = new Set(labels.filter((label) => label >= 0)).size;
  const matchedUnits = labels.reduce((sum, label) => sum + (label >= 0 ? 1 : 0), 0);
  return {
    units,
    sessions: sessionCount,
    neurons,
    matchedPairs: matchedPairs.length / 2,
    meanProbability: matchProbability.reduce((sum, p) => sum + p, 0) / Math.max(1, matchProbability.length),
    warnings: warningsOf(input, depths, { ...confidence, matchProbability }),
    errorRates: estimateErrorRates({
      matchProbability,
      expectedPairs: input.expectedPairs ?? found?.expectedPairs,
      hiddenPairs: hiddenPairs(sessionLinks(sessionCount, sessions, matchedPairs, matchProbability)),
      halves: input.halves,
      matchedAlike: input.matchedAlike,
      possiblePairs: possiblePairs(sessionCount, sessions),
      depthDistance,
      maxDistance: input.maxDistance,
      independentMatches: matchedUnits - neurons,
    }),
    ...functionalChecks({ ...input, depths }),
    survival: survival(sessions, labels, sessionCount),
    yield: yieldCurve(matchProbability),
    ...(input.neuronId && { truth: truthOf(input, matchProbability, input.neuronId) }),
  };
}

function warningsOf(input: EvaluationInput, depths: Float64Array, confidence: MatchConfidence): string[] {
  const { sessions, sessionCount, labels, matchedPairs, pairs, pairSimilarity, motion } = input;
  const texts = trackingWarnings({
    sessions,
    sessionCount,
    features: { locations: input.locations },
    rounds: [],
    motion,
    clustering: { features: input.matchedBy, weights: input.weights },
    pairs: pairSimilarity ? pairs : { count: 0, units: new Int32Array(0) },
    pairSimilarity: pairSimilarity ?? new Float64Array(0),
    curation: { labels, matchedPairs },
    confidence,
  });
  const depth = pairSimilarity && depthWarning(sessions, labels, pairs, pairSimilarity, depths);
  return depth ? [...texts, depth] : texts;
}

function functionalChecks(
  input: EvaluationInput & FunctionalCheckInput,
): Pick<Evaluation, 'functional' | 'excluded'> {
  const functional: FunctionalCheck[] = [];
  const excluded: { feature: FunctionalFeature; reason: string }[] = [];
  for (const feature of FUNCTIONAL_FEATURES) {
    const likeness = input.features[feature];
    if (input.used.has(feature)) excluded.push({ feature, reason: 'used by the matching or the motion' });
    else if (!likeness) excluded.push({ feature, reason: 'not in the data' });
    else functional.push(functionalCheck(feature, likeness, input));
  }
  return { functional, excluded };
}

function truthOf(
  { sessions, matchedPairs }: EvaluationInput,
  matchProbability: Float64Array,
  neuronId: ArrayLike<number>,
): Evaluation['truth'] {
  const isTrue = Uint8Array.from(matchProbability, (_, m) =>
    neuronId[matchedPairs[2 * m]] === neuronId[matchedPairs[2 * m + 1]] ? 1 : 0,
  );
  const bins = reliability(matchProbability, isTrue);
  const correct = isTrue.reduce((sum, value) => sum + value, 0);
  const sizes = new Map<number, number>();
  for (let u = 0; u < sessions.length; u++) sizes.set(neuronId[u], (sizes.get(neuronId[u]) ?? 0) + 1);
  const all = [...sizes.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
  return {
    falsePositives: isTrue.length > 0 ? 1 - correct / isTrue.length : 0,
    falseNegatives: all > 0 ? 1 - correct / all : 0,
    calibrationError: calibrationError(bins),
    reliability: bins,
  };
}
