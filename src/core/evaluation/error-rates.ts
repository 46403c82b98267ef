/** Error rates of a tracking whose truth is not known, with intervals. */
import { type DepthMixture, fitDepthMixture, mixtureInterval } from './depth-mixture.ts';
import { ratesOfHalves } from './halves-rates.ts';
import type { SplitHalves } from './split-halves.ts';

export interface Estimate {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface ErrorRates {
  /** From pairs within sessions, which are certain non-matches. */
  readonly decoys: {
    /** Share of the matched pairs that are two neurons. */
    readonly falsePositives: Estimate;
    /** Share of the pairs of one neuron that are not matched; undefined where similarities are not at hand. */
    readonly falseNegatives?: Estimate;
  };
  /** From the halves of units; undefined where nothing tells them apart, or they were not tracked. */
  readonly halves?: HalvesEstimates;
  /** From how far matched units lie apart in depth; undefined with too few pairs. */
  readonly depth?: { readonly falsePositives: Estimate; readonly mixture: DepthMixture };
}

/** What became of halves, and what that says of the tracking. */
export interface HalvesEstimates extends SplitHalves {
  /** Undefined where halves and matched pairs cannot be compared: both halves have one waveform, or nothing is matched. */
  readonly rates?: {
    /** Share of the matched pairs that are two neurons. */
    readonly falsePositives: Estimate;
    /** Share of the pairs of one neuron that are not matched. */
    readonly falseNegatives: Estimate;
  };
}

export interface ErrorRatesInput {
  /** (M,) probabilities of the matched pairs. */
  readonly matchProbability: Float64Array;
  /** Sum of the probabilities of all candidate pairs between sessions; undefined where they are not at hand. */
  readonly expectedPairs?: number;
  readonly halves?: SplitHalves;
  /** Mean similarity less threshold of the matched pairs, by the features and weights that the halves were compared by. */
  readonly matchedAlike?: number;
  /** As `possiblePairs` says. */
  readonly possiblePairs: number;
  /** Pairs that the estimate cannot see, as `hiddenPairs` says; default 0. */
  readonly hiddenPairs?: number;
  /** (M,) |Δdepth| of the matched pairs, motion taken out, µm. */
  readonly depthDistance: Float64Array;
  /** Largest depth distance of a candidate pair, µm. */
  readonly maxDistance: number;
  /** Number of matched units less number of neurons: how many of the depth distances are independent. */
  readonly independentMatches: number;
}

/**
 * By how much the rates of simulated recordings (24 of bench/accuracy, other seeds than those of its table) differ from what
 * probabilities say: the false-positive rate by a factor of up to e^1.5 either way, small rates by 0.003. The sum of probabilities
 * over unmatched candidates counts look-alikes, so that the false-negative rate is 0.2 to 1.35 times what it says, small rates 0.02 less.
 */
const FALSE_POSITIVE_FACTOR = Math.exp(1.5);
const FALSE_POSITIVE_OFFSET = 0.003;
const FALSE_NEGATIVE_FACTORS = { low: 0.2, estimate: 0.6, high: 1.35 };
const FALSE_NEGATIVE_OFFSET = 0.02;

/** Estimates error rates by decoys and by depths (`docs/methods.md`, "Error rates without ground truth"). */
export function estimateErrorRates(input: ErrorRatesInput): ErrorRates {
  const { matchProbability, expectedPairs, hiddenPairs = 0, depthDistance, maxDistance } = input;
  const matches = matchProbability.length;
  const trueMatches = matchProbability.reduce((sum, p) => sum + p, 0);
  const falseShare = matches > 0 ? 1 - trueMatches / matches : 0;
  const rate = (value: number) => Math.min(1, Math.max(0, value));
  const falsePositives = {
    estimate: falseShare,
    low: rate((falseShare + FALSE_POSITIVE_OFFSET) / FALSE_POSITIVE_FACTOR - FALSE_POSITIVE_OFFSET),
    high: rate((falseShare + FALSE_POSITIVE_OFFSET) * FALSE_POSITIVE_FACTOR - FALSE_POSITIVE_OFFSET),
  };
  const missedOf = (pairs: number) => (pairs > 0 ? rate(1 - trueMatches / pairs) : 0);
  const missed = missedOf(expectedPairs ?? 0);
  const factors = FALSE_NEGATIVE_FACTORS;
  const mixture = fitDepthMixture(depthDistance, maxDistance);
  return {
    decoys: {
      falsePositives,
      ...(expectedPairs !== undefined && {
        falseNegatives: {
          estimate: rate(missed * factors.estimate),
          low: rate(missed * factors.low - FALSE_NEGATIVE_OFFSET),
          high: rate(missedOf(expectedPairs + hiddenPairs) * factors.high),
        },
      }),
    },
    ...(input.halves && { halves: estimateByHalves(input, input.halves) }),
    ...(mixture && {
      depth: {
        falsePositives: {
          estimate: mixture.falseShare,
          ...mixtureInterval(depthDistance, maxDistance, input.independentMatches),
        },
        mixture,
      },
    }),
  };
}

function estimateByHalves(
  { matchProbability, matchedAlike = Number.NaN, possiblePairs, hiddenPairs = 0 }: ErrorRatesInput,
  halves: SplitHalves,
): HalvesEstimates {
  const rates = ratesOfHalves(halves, {
    matches: matchProbability.length,
    alike: matchedAlike,
    possible: possiblePairs,
    hidden: hiddenPairs,
  });
  return { ...halves, ...(rates && { rates }) };
}
