/** HDBSCAN and the discriminant in alternation: clusters label the pairs, the pairs teach the weights. */
import type { RunContext } from '../context.ts';
import type { ClusteringResult, UnitPairs } from '../result.ts';
import type { FeatureName } from '../settings.ts';
import { hdbscan } from './hdbscan.ts';
import { linearDiscriminant, weightsAndThreshold } from './lda.ts';
import { optimalLeafOrder } from './leaf-order.ts';

export interface ClusteringInput {
  readonly units: number;
  /** Number of sessions, the largest size of a cluster. */
  readonly sessionCount: number;
  readonly features: readonly FeatureName[];
  /** (units, units) Fisher z of each feature. */
  readonly featureSimilarity: readonly Float64Array[];
  /** Candidate pairs: those that teach the weights. */
  readonly pairs: UnitPairs;
}

export interface ClusteringOptions {
  readonly nIter: number;
  readonly weightTol: number;
  /** Whether to compute the leaf order; without it `leafOrder` is empty. */
  readonly leafOrder: boolean;
}

/**
 * Clusters units by the weighted sum of their similarities and learns the weights by linear discriminant analysis, until
 * the weights stay put (Huang et al. 2026; `docs/methods.md`, step 6).
 */
export async function clusterIteratively(
  input: ClusteringInput,
  options: ClusteringOptions,
  context: RunContext,
): Promise<ClusteringResult> {
  const { units, features, featureSimilarity, pairs } = input;
  const { kernels, signal } = context;
  const warn = (text: string) => context.onEvent?.({ kind: 'warning', text });
  const pairFeatures = featureSimilarity.map((matrix) => pairValues(matrix, units, pairs));
  let weights = new Float64Array(features.length).fill(1 / features.length);
  const weightHistory = [weights];
  const similarity = kernels.float64(units * units);
  await kernels.weightedSum(featureSimilarity, weights, similarity, { signal });

  let threshold = Number.POSITIVE_INFINITY;
  for (let iteration = 1; ; iteration++) {
    const tree = await kernels.spanningTree(similarity, units, { signal });
    const { labels, clusterCount, linkage } = hdbscan(tree, units, { maxClusterSize: input.sessionCount });
    const finish = (): ClusteringResult => ({
      features,
      weights,
      threshold,
      similarity,
      featureSimilarity,
      pairs,
      labels,
      clusterCount,
      leafOrder: options.leafOrder
        ? optimalLeafOrder(linkage, units, distanceMatrix(similarity))
        : new Int32Array(0),
      weightHistory,
    });
    const last = iteration >= options.nIter;
    if (last && options.nIter > 1) return finish();

    const matched = matchedPairs(labels, pairs);
    const discriminant = linearDiscriminant(pairFeatures, matched);
    const learned = discriminant && weightsAndThreshold(discriminant);
    if (!learned) {
      const matches = matched.reduce((sum, value) => sum + value, 0);
      if (matches === 0) threshold = Number.POSITIVE_INFINITY;
      else if (matches === pairs.count) threshold = Number.NEGATIVE_INFINITY;
      warn(noDiscriminant(matches, pairs.count, features));
      return finish();
    }
    threshold = learned.threshold;
    if (last) return finish();
    let change = 0;
    for (let f = 0; f < weights.length; f++) change += Math.abs(learned.weights[f] - weights[f]);
    weights = Float64Array.from(learned.weights);
    weightHistory.push(weights);
    await kernels.weightedSum(featureSimilarity, weights, similarity, { signal });
    if (change < options.weightTol) return finish();
  }
}

function noDiscriminant(matches: number, candidates: number, features: readonly FeatureName[]): string {
  const why =
    matches === 0
      ? 'no candidate pair shares a cluster'
      : matches === candidates
        ? 'every candidate pair shares a cluster'
        : 'matched pairs are not more similar than unmatched ones';
  return `The weights of ${features.join(', ')} cannot be learned: ${why}. The last weights are kept.`;
}

/** (P,) elements of a (units, units) matrix at the pairs. */
export function pairValues(matrix: Float64Array, units: number, pairs: UnitPairs): Float64Array {
  const values = new Float64Array(pairs.count);
  for (let p = 0; p < pairs.count; p++)
    values[p] = matrix[pairs.units[2 * p] * units + pairs.units[2 * p + 1]];
  return values;
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

/** `1 / (1 + tanh S)` of a similarity. */
export const distanceOf = (similarity: number) => 1 / (1 + Math.tanh(similarity));

/** (units, units) distance, 0 on the diagonal. */
export function distanceMatrix(similarity: Float64Array): Float64Array {
  const distance = Float64Array.from(similarity, distanceOf);
  const units = Math.sqrt(similarity.length);
  for (let i = 0; i < units; i++) distance[i * units + i] = 0;
  return distance;
}
