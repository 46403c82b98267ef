/** HDBSCAN and the discriminant in alternation: clusters label the pairs, the pairs teach the weights. */
import { notingWarnings, type Step } from '../checkpoints.ts';
import type { RunContext } from '../context.ts';
import type { ClusteringResult, PairClustering, UnitPairs } from '../result.ts';
import type { FeatureName } from '../settings.ts';
import { hdbscan } from './hdbscan.ts';
import { linearDiscriminant, weightsAndThreshold } from './lda.ts';
import type { SingleLinkage } from './single-linkage.ts';

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

export interface IterativeClustering extends PairClustering {
  /** (P,) weighted similarity of the candidate pairs. */
  readonly pairSimilarity: Float64Array;
  readonly linkage: SingleLinkage;
}

export interface ClusteringOptions {
  readonly nIter: number;
  readonly weightTol: number;
}

/**
 * Clusters units by the weighted sum of their similarities and learns the weights by linear discriminant analysis, until
 * the weights stay put (Huang et al. 2026; `docs/methods.md`, step 6).
 */
export async function clusterIteratively(
  input: ClusteringInput,
  options: ClusteringOptions,
  context: RunContext,
): Promise<IterativeClustering> {
  const { units, features, featureSimilarity, pairs } = input;
  const { kernels, signal } = context;
  const pairFeatures = featureSimilarity.map((matrix) => pairValues(matrix, units, pairs));
  let weights = new Float64Array(features.length).fill(1 / features.length);
  const weightHistory = [weights];
  let threshold = Number.POSITIVE_INFINITY;
  for (let iteration = 1; ; iteration++) {
    const tree = await kernels.weightedSpanningTree(featureSimilarity, weights, units, { signal });
    const { labels, clusterCount, linkage } = hdbscan(tree, units, { maxClusterSize: input.sessionCount });
    const finish = (): IterativeClustering => ({
      features,
      weights,
      threshold,
      pairs,
      pairSimilarity: weightedValues(pairFeatures, weights, pairs.count),
      labels,
      clusterCount,
      linkage,
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
      context.onEvent?.({ kind: 'warning', text: noDiscriminant(matches, pairs.count, features) });
      return finish();
    }
    threshold = learned.threshold;
    if (last) return finish();
    let change = 0;
    for (let f = 0; f < weights.length; f++) change += Math.abs(learned.weights[f] - weights[f]);
    weights = Float64Array.from(learned.weights);
    weightHistory.push(weights);
    if (change < options.weightTol) return finish();
  }
}

/** What is kept of a final clustering: what follows from it at once is made again. */
interface KeptClustering {
  readonly weights: Float64Array;
  readonly threshold: number;
  readonly labels: Int32Array;
  readonly clusterCount: number;
  readonly weightHistory: readonly Float64Array[];
  readonly leafOrder: Int32Array;
  readonly warnings: readonly string[];
}

/**
 * `clusterIteratively`, with the similarity of all pairs and the order of the units that shows it best.
 * @param step under which the outcome is kept where finished steps are
 */
export async function clusterFully(
  input: ClusteringInput,
  options: ClusteringOptions,
  runContext: RunContext,
  step?: Step,
): Promise<ClusteringResult> {
  const { context, warnings } = notingWarnings(runContext);
  const { units, features, featureSimilarity, pairs } = input;
  const { kernels, signal, checkpoints } = context;
  const similarityOf = async (weights: Float64Array) => {
    const similarity = kernels.float64(units * units);
    await kernels.weightedSum(featureSimilarity, weights, similarity, { signal });
    return similarity;
  };
  const kept = step && (await checkpoints?.load<KeptClustering>(step));
  if (kept) {
    const { warnings: texts, ...clustering } = kept;
    for (const text of texts) context.onEvent?.({ kind: 'warning', text });
    return {
      ...clustering,
      features,
      pairs,
      featureSimilarity,
      similarity: await similarityOf(kept.weights),
    };
  }
  const { linkage, pairSimilarity: _, ...clustering } = await clusterIteratively(input, options, context);
  const similarity = await similarityOf(clustering.weights);
  context.onPart?.({ kind: 'similarities', features, featureSimilarity, similarity });
  const leafOrder = await kernels.leafOrder(linkage, similarity, units, { signal });
  const { weights, threshold, labels, clusterCount, weightHistory } = clustering;
  const outcome = { weights, threshold, labels, clusterCount, weightHistory, leafOrder };
  if (step) await checkpoints?.save(step, { ...outcome, warnings: [...warnings] });
  return { ...clustering, similarity, featureSimilarity, leafOrder };
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

/** (P,) elements of a symmetric (units, units) matrix at the pairs. */
export function pairValues(matrix: Float64Array, units: number, pairs: UnitPairs): Float64Array {
  const values = new Float64Array(pairs.count);
  // Pairs come in the order of their second unit: its row is read along, not its column.
  for (let p = 0; p < pairs.count; p++)
    values[p] = matrix[pairs.units[2 * p + 1] * units + pairs.units[2 * p]];
  return values;
}

function weightedValues(values: readonly Float64Array[], weights: Float64Array, count: number): Float64Array {
  const sum = new Float64Array(count);
  values.forEach((feature, f) => {
    for (let p = 0; p < count; p++) sum[p] += weights[f] * feature[p];
  });
  return sum;
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
