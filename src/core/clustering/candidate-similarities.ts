/** Similarities as the clustering sees them: of all pairs of units, or of nearby ones only. */
import type { Job, Kernels, SpanningTree } from '../kernels/kernels.ts';
import type { Discriminant, UnitPairs } from '../result.ts';
import type { FeatureName } from '../settings.ts';
import { addValues, candidateMoments, type Moments, noMoments } from '../similarity/moments.ts';
import { memoryOf, type NearbyMatrix, type SimilarityMatrix, valueAt } from '../similarity/nearby-matrix.ts';
import {
  allPairs,
  isSampled,
  matchedCandidates,
  pairValuesOfAll,
  samplePairs,
} from '../similarity/pair-list.ts';
import { weightedNearby } from '../similarity/weighted-nearby.ts';
import { discriminantOf, linearDiscriminant } from './lda.ts';
import { nearbySpanningTree } from './nearby-spanning-tree.ts';

/** What the candidate pairs teach when clusters label them as matched or not. */
export interface Lesson {
  /** Candidate pairs, and those that share a cluster. */
  readonly candidates: number;
  readonly matches: number;
  /** Undefined when one of the classes is empty. */
  readonly discriminant?: Discriminant;
}

export interface CandidateSimilarities {
  readonly units: number;
  readonly features: readonly FeatureName[];
  /** Fisher z of each feature. */
  readonly matrices: readonly SimilarityMatrix[];
  /** Minimum spanning tree of the distances of `Σ_f weights[f]·matrices[f]`; pairs without a value are infinitely far. */
  spanningTree(weights: Float64Array, signal?: AbortSignal): Promise<SpanningTree>;
  /** @param labels (units,) cluster of each unit, -1 none */
  learn(labels: Int32Array, signal?: AbortSignal): Promise<Lesson>;
  /** Candidate pairs; where they are too many to list, those that share a cluster and a sample of the others. */
  pairs(labels: Int32Array): UnitPairs;
  /** (P,) values of each feature at pairs that `pairs` gave. */
  pairValues(pairs: UnitPairs): readonly Float64Array[];
  /** `Σ_f weights[f]·matrices[f]` */
  weighted(weights: Float64Array, signal?: AbortSignal): Promise<SimilarityMatrix>;
}

/** @param matrices (units, units) each */
export function denseSimilarities(
  features: readonly FeatureName[],
  matrices: readonly Float64Array[],
  candidates: UnitPairs,
  units: number,
  kernels: Kernels,
): CandidateSimilarities {
  return {
    units,
    features,
    matrices,
    ...listedLessons(candidates, pairValuesOfAll(matrices, units, candidates)),
    spanningTree: (weights, signal) => kernels.weightedSpanningTree(matrices, weights, units, { signal }),
    async weighted(weights, signal) {
      const similarity = kernels.float64(units * units, false);
      await kernels.weightedSum(matrices, weights, similarity, { signal });
      return similarity;
    },
  };
}

export interface NearbyOptions {
  /** What the pairs are compared for; default the final clustering. */
  readonly stage?: 'motion' | 'clustering';
  /** Told how far the search for the pairs of a spanning tree is. */
  readonly progress?: Job['progress'];
}

/** @param matrices of one layout */
export function nearbySimilarities(
  features: readonly FeatureName[],
  matrices: readonly NearbyMatrix[],
  kernels: Kernels,
  { stage = 'clustering', progress }: NearbyOptions = {},
): CandidateSimilarities {
  const [{ layout }] = matrices;
  const { units } = layout;
  const listed = () => {
    const pairs = allPairs(layout);
    return listedLessons(pairs, pairValuesOfAll(matrices, units, pairs));
  };
  return {
    units,
    features,
    matrices,
    ...(isSampled(layout, stage) ? countedLessons(matrices) : listed()),
    spanningTree: (weights, signal) => nearbySpanningTree(matrices, weights, kernels, { signal, progress }),
    weighted: async (weights, signal) => weightedNearby(matrices, weights, kernels, signal),
  };
}

/** Gives back the memory of nearby matrices that no one needs any more. */
export function releaseNearby(kernels: Kernels, { matrices }: Pick<CandidateSimilarities, 'matrices'>): void {
  for (const matrix of matrices) if ('layout' in matrix) kernels.release(...memoryOf(matrix));
}

type Lessons = Pick<CandidateSimilarities, 'learn' | 'pairs' | 'pairValues'>;

/** From the list of the pairs. @param features (P,) values of each feature */
function listedLessons(candidates: UnitPairs, features: readonly Float64Array[]): Lessons {
  return {
    pairs: () => candidates,
    pairValues: () => features,
    async learn(labels) {
      const matched = matchedPairs(labels, candidates);
      return {
        candidates: candidates.count,
        matches: matched.reduce((sum, value) => sum + value, 0),
        discriminant: linearDiscriminant(features, matched),
      };
    },
  };
}

/** From sums over all pairs, of which those over the matched ones are taken away: for more pairs than can be listed. */
function countedLessons(matrices: readonly NearbyMatrix[]): Lessons {
  const [{ layout }] = matrices;
  let all: Moments | undefined;
  return {
    pairs: (labels) => samplePairs(layout, labels),
    pairValues: (pairs) => pairValuesOfAll(matrices, layout.units, pairs),
    async learn(labels, signal) {
      all ??= await candidateMoments(matrices, signal);
      const matched = noMoments(matrices.length);
      const values = new Float64Array(matrices.length);
      for (const [a, b] of matchedCandidates(layout, labels)) {
        for (let f = 0; f < values.length; f++) values[f] = valueAt(matrices[f], layout.units, a, b);
        addValues(matched, values);
      }
      return {
        candidates: all.count,
        matches: matched.count,
        discriminant: discriminantOfMoments(all, matched),
      };
    },
  };
}

/** The discriminant between the matched pairs and the others of all. */
export function discriminantOfMoments(all: Moments, matched: Moments): Discriminant | undefined {
  const n = all.sums.length;
  const counts = [all.count - matched.count, matched.count];
  if (counts[0] === 0 || counts[1] === 0) return undefined;
  const means = Array.from(
    all.sums,
    (sum, f) => [(sum - matched.sums[f]) / counts[0], matched.sums[f] / counts[1]] as const,
  );
  const covariance = new Float64Array(n * n);
  for (let f = 0; f < n; f++) {
    for (let g = 0; g <= f; g++) {
      const between = counts[0] * means[f][0] * means[g][0] + counts[1] * means[f][1] * means[g][1];
      const value = (all.products[f * n + g] - between) / Math.max(1, all.count - 2);
      covariance[f * n + g] = value;
      covariance[g * n + f] = value;
    }
  }
  return discriminantOf({ counts, means, covariance });
}

/** (P,) 1 where both units of a pair carry the same label, noise (-1) excluded. */
export function matchedPairs(labels: Int32Array, pairs: UnitPairs): Uint8Array {
  const matched = new Uint8Array(pairs.count);
  for (let p = 0; p < pairs.count; p++) {
    const label = labels[pairs.units[2 * p]];
    matched[p] = label >= 0 && label === labels[pairs.units[2 * p + 1]] ? 1 : 0;
  }
  return matched;
}
