/** The similarities of a grown result: those that were known, and those of pairs with new units. */
import type { RunContext } from '../context.ts';
import { InputError } from '../errors.ts';
import type { NearbySimilarities } from '../result.ts';
import type { NearbyLayout } from '../similarity/nearby-layout.ts';
import { createNearbyMatrix, type NearbyMatrix, setCell } from '../similarity/nearby-matrix.ts';
import { runsAlong } from '../similarity/pair-list.ts';
import { weightedNearby } from '../similarity/weighted-nearby.ts';
import type { Established } from './established.ts';
import { createPairList } from './list-known.ts';
import type { ComparedPairs, KnownPairs } from './new-pairs.ts';

/** What a result tells, and all that it tells of pairs. */
interface KnownSimilarities {
  readonly clustering: Pick<Established['clustering'], 'features' | 'weights'>;
  readonly known: AsyncIterable<KnownPairs>;
}

/**
 * @param layout the candidate pairs of all units
 * @param compared the pairs with new units, if there are any
 * @returns matrices of all candidate pairs, NaN for those that were not compared
 * @throws InputError when pairs of the result are not within reach of each other
 */
export async function growSimilarities(
  layout: NearbyLayout,
  { clustering: { features, weights }, known: knownPairs }: KnownSimilarities,
  compared: ComparedPairs,
  { kernels, signal }: RunContext,
): Promise<NearbySimilarities> {
  const featureSimilarity = features.map(() => createNearbyMatrix(layout, kernels.float32));
  for (const { pieces } of featureSimilarity) for (const piece of pieces) piece.fill(Number.NaN);
  const { position, sessions, end: ends } = layout;
  let known = 0;
  const list = createPairList(layout, weights, kernels);
  const put = (pairs: KnownPairs) => {
    list.add(pairs);
    for (const [first, end] of runsAlong(layout, pairs)) putRun(pairs, first, end);
  };
  const putRun = ({ units, similarity }: KnownPairs, first: number, end: number) => {
    for (let pair = first; pair < end; pair++) {
      const [a, b] = [position[units[2 * pair]], position[units[2 * pair + 1]]];
      const [p, q] = [Math.min(a, b), Math.max(a, b)];
      if (q >= ends[p]) throw notWithinReach(units[2 * pair], units[2 * pair + 1]);
      if (sessions[p] !== sessions[q] && similarity[0]) known++;
      for (let f = 0; f < similarity.length; f++) {
        const values = similarity[f];
        if (values) setCell(featureSimilarity[f], p, q, values[pair]);
      }
    }
  };
  for await (const part of knownPairs) put(part);
  put(compared);
  const gaps = known < layout.pairs;
  const withGaps = (matrix: NearbyMatrix) => ({ ...matrix, gaps });
  const similarity = weightedNearby(featureSimilarity, weights, kernels, signal);
  return {
    similarity: withGaps(similarity),
    featureSimilarity: featureSimilarity.map(withGaps),
    ...list.listed(),
  };
}

const notWithinReach = (a: number, b: number) =>
  new InputError({
    where: 'ClusteringResults.npz',
    found: `units ${a} and ${b} as a candidate pair`,
    expected: 'pairs within reach of each other under the motion of the result',
    remedy:
      'The files of the result come from different runs: run dant on the data of all sessions together.',
  });
