/** HDBSCAN and the discriminant in alternation: clusters label the pairs, the pairs teach the weights. */
import { notingWarnings, type Step } from '../checkpoints.ts';
import type { RunContext } from '../context.ts';
import { distanceOf } from '../kernels/distance.ts';
import type { ClusteringResult, PairClustering, PairSimilarities, UnitPairs } from '../result.ts';
import type { FeatureName } from '../settings.ts';
import { allPairsOf, isNearbyMatrix, type SimilarityMatrix, valueAt } from '../similarity/nearby-matrix.ts';
import type { CandidateSimilarities } from './candidate-similarities.ts';
import { hdbscan } from './hdbscan.ts';
import { weightsAndThreshold } from './lda.ts';
import { optimalLeafOrder } from './leaf-order.ts';
import type { SingleLinkage } from './single-linkage.ts';

/** Leaves of nearby units are ordered optimally within parts of the tree of up to so many; pairs without a value count as unlike. */
const LARGEST_ORDERED = 2048;

export interface ClusteringInput {
  /** Number of sessions, the largest size of a cluster. */
  readonly sessionCount: number;
  readonly similarities: CandidateSimilarities;
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
 * the weights stay put (Huang et al. 2026; `docs/methods.md`, step 6). Where the weights cannot be learned, the last ones stay, with
 * a warning.
 *
 * @throws RangeError when there is no session; StoppedError when the signal is aborted
 */
export async function clusterIteratively(
  input: ClusteringInput,
  options: ClusteringOptions,
  context: RunContext,
): Promise<IterativeClustering> {
  const { sessionCount, similarities } = input;
  const { units, features } = similarities;
  const { signal } = context;
  let weights = new Float64Array(features.length).fill(1 / features.length);
  const weightHistory = [weights];
  let threshold = Number.POSITIVE_INFINITY;
  for (let iteration = 1; ; iteration++) {
    const tree = await similarities.spanningTree(weights, signal);
    const { labels, clusterCount, linkage } = hdbscan(tree, units, { maxClusterSize: sessionCount });
    const finish = (): IterativeClustering => {
      const pairs = similarities.pairs(labels);
      return {
        features,
        weights,
        threshold,
        pairs,
        pairSimilarity: weightedValues(similarities.pairValues(pairs), weights, pairs.count),
        labels,
        clusterCount,
        linkage,
        weightHistory,
      };
    };
    const last = iteration >= options.nIter;
    if (last && options.nIter > 1) return finish();

    const { candidates, matches, discriminant } = await similarities.learn(labels, signal);
    const learned = discriminant && weightsAndThreshold(discriminant);
    if (!learned) {
      if (matches === 0) threshold = Number.POSITIVE_INFINITY;
      else if (matches === candidates) threshold = Number.NEGATIVE_INFINITY;
      context.onEvent?.({ kind: 'warning', text: noDiscriminant(matches, candidates, features) });
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

/** A final clustering whose leaf order may still be on its way; the kernels must not be asked for anything else before it is there. */
export interface BegunClustering {
  readonly clustering: Omit<ClusteringResult, 'leafOrder'>;
  readonly leafOrder: Promise<Int32Array>;
}

/** `beginClustering` to its end. */
export async function clusterFully(
  input: ClusteringInput,
  options: ClusteringOptions,
  context: RunContext,
  step?: Step,
): Promise<ClusteringResult> {
  const { clustering, leafOrder } = await beginClustering(input, options, context, step);
  return { ...clustering, leafOrder: await leafOrder };
}

/**
 * `clusterIteratively`, with the similarity of all pairs and the order of the units that shows it best.
 * @param step under which the outcome is kept where finished steps are
 */
export async function beginClustering(
  input: ClusteringInput,
  options: ClusteringOptions,
  runContext: RunContext,
  step?: Step,
): Promise<BegunClustering> {
  const { context, warnings } = notingWarnings(runContext);
  const { similarities } = input;
  const { units, features, matrices } = similarities;
  const { kernels, signal, checkpoints } = context;
  const distances = async (similarity: Float64Array) => {
    const all = kernels.float64(units * units, false);
    await kernels.distances(similarity, units, all, { signal });
    return all;
  };
  const kept = step && (await checkpoints?.load<KeptClustering>(step));
  if (kept) {
    const { warnings: texts, leafOrder, ...clustering } = kept;
    for (const text of texts) context.onEvent?.({ kind: 'warning', text });
    const similarity = await similarities.weighted(kept.weights, signal);
    const pairs = similarities.pairs(kept.labels);
    return {
      clustering: {
        ...clustering,
        features,
        pairs,
        pairSimilarities: listedSimilarities(similarities, pairs, kept.weights, similarity),
        featureSimilarity: matrices,
        similarity,
        distance: isNearbyMatrix(similarity) ? undefined : await distances(similarity),
      },
      leafOrder: Promise.resolve(leafOrder),
    };
  }
  const { linkage, pairSimilarity: _, ...clustering } = await clusterIteratively(input, options, context);
  const similarity = await similarities.weighted(clustering.weights, signal);
  let distance: Float64Array | undefined;
  if (!isNearbyMatrix(similarity)) {
    const featureSimilarity = matrices.map(allPairsOf);
    distance = await distances(similarity);
    context.onPart?.({ kind: 'similarities', features, featureSimilarity, similarity, distance });
  }
  const { weights, threshold, labels, clusterCount, weightHistory } = clustering;
  const ordered = async () => {
    const leafOrder = distance
      ? await kernels.leafOrder(linkage, distance, units, { signal })
      : optimalLeafOrder(linkage, units, betweenNearby(similarity, units), LARGEST_ORDERED);
    const outcome = { weights, threshold, labels, clusterCount, weightHistory, leafOrder };
    if (step) await checkpoints?.save(step, { ...outcome, warnings: [...warnings] });
    return leafOrder;
  };
  const leafOrder = ordered();
  // A failure is met by whoever waits for the order.
  leafOrder.catch(() => {});
  return {
    clustering: {
      ...{ ...clustering, similarity, distance, featureSimilarity: matrices },
      pairSimilarities: listedSimilarities(similarities, clustering.pairs, weights, similarity),
    },
    leafOrder,
  };
}

const betweenNearby = (similarity: SimilarityMatrix, units: number) => (i: number, j: number) =>
  distanceOf(valueAt(similarity, units, i, j) || 0);

function noDiscriminant(matches: number, candidates: number, features: readonly FeatureName[]): string {
  const why =
    matches === 0
      ? 'no candidate pair shares a cluster'
      : matches === candidates
        ? 'every candidate pair shares a cluster'
        : 'matched pairs are not more similar than unmatched ones';
  return `The weights of ${features.join(', ')} cannot be learned: ${why}. The last weights are kept.`;
}

/** Of nearby pairs, whose weighted sum is the same to the last digit wherever it is formed. */
function listedSimilarities(
  similarities: CandidateSimilarities,
  pairs: UnitPairs,
  weights: Float64Array,
  similarity: SimilarityMatrix,
): PairSimilarities | undefined {
  if (!isNearbyMatrix(similarity) || pairs.sampledFrom !== undefined) return undefined;
  const byFeature = similarities.pairValues(pairs);
  return { weighted: weightedValues(byFeature, weights, pairs.count), byFeature };
}

function weightedValues(values: readonly Float64Array[], weights: Float64Array, count: number): Float64Array {
  const sum = new Float64Array(count);
  values.forEach((feature, f) => {
    for (let p = 0; p < count; p++) sum[p] += weights[f] * feature[p];
  });
  return sum;
}
