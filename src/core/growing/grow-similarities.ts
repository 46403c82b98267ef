/** The similarities of a grown result: those that were known, and those of pairs with new units. */
import type { RunContext } from '../context.ts';
import { InputError } from '../errors.ts';
import type { NearbySimilarities, UnitPairs } from '../result.ts';
import type { NearbyLayout } from '../similarity/nearby-layout.ts';
import { createNearbyMatrix, type NearbyMatrix, precisionFor, setCell } from '../similarity/nearby-matrix.ts';
import { isSampled, runsAlong } from '../similarity/pair-list.ts';
import { weightedNearby } from '../similarity/weighted-nearby.ts';
import type { Established } from './established.ts';
import { listPairs, type WeighPairs } from './list-pairs.ts';
import type { ComparedPairs, KnownPairs } from './new-pairs.ts';

/** What a result tells, and all that it tells of pairs. */
interface KnownSimilarities {
  readonly clustering: Pick<Established['clustering'], 'features' | 'weights'>;
  readonly known: AsyncIterable<KnownPairs>;
  /** By the weights of the clustering. */
  readonly weigh: WeighPairs;
}

/**
 * @param layout the candidate pairs of all units
 * @param compared the pairs with new units, if there are any
 * @returns similarities of all candidate pairs, NaN for those that were not compared. Where the pairs can be listed the similarities by each
 *   feature are in their list alone
 * @throws InputError when pairs of the result are not within reach of each other
 */
export async function growSimilarities(
  layout: NearbyLayout,
  { clustering, known, weigh }: KnownSimilarities,
  compared: ComparedPairs,
  context: RunContext,
): Promise<NearbySimilarities> {
  async function* followed() {
    yield* known;
    yield compared;
  }
  if (isSampled(layout)) return fromFeatures(layout, followed(), clustering, context);
  const parts: KnownPairs[] = [];
  for await (const part of followed()) parts.push(part);
  const weighed = parts.flatMap((part) => weigh(part) ?? []);
  const listed = weighed.length === parts.length ? listPairs(weighed, context.kernels) : undefined;
  if (!listed) return fromFeatures(layout, parts, clustering, context);
  const similarity = createEmpty(layout, context);
  for (const pairs of weighed)
    putPairs(layout, pairs, (pair, p, q) => setCell(similarity, p, q, pairs.weighted[pair]));
  const gaps = listed.pairs.count < layout.pairs;
  return { similarity: { ...similarity, gaps }, featureSimilarity: [], ...listed };
}

/** A matrix of each feature, and their weighted sum. */
async function fromFeatures(
  layout: NearbyLayout,
  parts: AsyncIterable<KnownPairs> | Iterable<KnownPairs>,
  { features, weights }: KnownSimilarities['clustering'],
  context: RunContext,
): Promise<NearbySimilarities> {
  const featureSimilarity = features.map(() => createEmpty(layout, context));
  const { sessions } = layout;
  let known = 0;
  for await (const { similarity, ...pairs } of parts) {
    putPairs(layout, pairs, (pair, p, q) => {
      if (sessions[p] !== sessions[q] && similarity[0]) known++;
      for (let f = 0; f < similarity.length; f++) {
        const values = similarity[f];
        if (values) setCell(featureSimilarity[f], p, q, values[pair]);
      }
    });
  }
  const gaps = known < layout.pairs;
  const similarity = weightedNearby(featureSimilarity, weights, context.kernels, context.signal);
  return {
    similarity: { ...similarity, gaps },
    featureSimilarity: featureSimilarity.map((matrix) => ({ ...matrix, gaps })),
  };
}

/** A matrix without a value. */
function createEmpty(layout: NearbyLayout, { kernels }: RunContext): NearbyMatrix {
  const matrix = createNearbyMatrix(layout, kernels.float32, precisionFor(layout.cells, true));
  for (const piece of matrix.pieces) piece.fill(Number.NaN);
  return matrix;
}

/** Tells the cell of every pair, p < q. */
function putPairs(
  layout: NearbyLayout,
  pairs: UnitPairs,
  put: (pair: number, p: number, q: number) => void,
): void {
  const { units } = pairs;
  const { position, end: ends } = layout;
  for (const [first, end] of runsAlong(layout, pairs)) {
    const b = position[units[2 * first + 1]];
    for (let pair = first; pair < end; pair++) {
      const a = position[units[2 * pair]];
      const q = Math.max(a, b);
      if (q >= ends[Math.min(a, b)]) throw notWithinReach(units[2 * pair], units[2 * pair + 1]);
      put(pair, Math.min(a, b), q);
    }
  }
}

const notWithinReach = (a: number, b: number) =>
  new InputError({
    where: 'ClusteringResults.npz',
    found: `units ${a} and ${b} as a candidate pair`,
    expected: 'pairs within reach of each other under the motion of the result',
    remedy:
      'The files of the result come from different runs: run dant on the data of all sessions together.',
  });
