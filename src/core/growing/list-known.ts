/** The candidate pairs of a grown result with their similarities, listed as they come: what is known first, pairs with new units then. */
import type { Kernels } from '../kernels/kernels.ts';
import type { PairSimilarities, UnitPairs } from '../result.ts';
import type { NearbyLayout } from '../similarity/nearby-layout.ts';
import { isSampled } from '../similarity/pair-list.ts';
import type { KnownPairs } from './new-pairs.ts';

export interface ListedPairs {
  readonly pairs: UnitPairs;
  readonly pairSimilarities: PairSimilarities;
}

export interface PairList {
  /** Lists those of two sessions that have a similarity by all features. */
  add(part: KnownPairs): void;
  /** Undefined when the list is not to be had from what came: too many pairs, not by all features at once, or not in order. */
  listed(): ListedPairs | undefined;
}

/** @param weights (features,) */
export function createPairList(
  layout: NearbyLayout,
  weights: Float64Array,
  { float32, float64 }: Pick<Kernels, 'float32' | 'float64'>,
): PairList {
  if (isSampled(layout)) return { add: () => {}, listed: () => undefined };
  const { position, sessions } = layout;
  const { buffer, byteOffset } = float32(2 * layout.pairs);
  const units = new Int32Array(buffer, byteOffset, 2 * layout.pairs);
  const weighted = float64(layout.pairs);
  const byFeature = Array.from(weights, () => float64(layout.pairs));
  let count = 0;
  let inOrder = true;
  let [lastA, lastB] = [-1, -1];
  const add = (part: KnownPairs) => {
    const values = part.similarity.filter((z) => z !== undefined);
    if (values.length < weights.length) inOrder = false;
    for (let pair = 0; pair < part.count && inOrder; pair++) {
      const [a, b] = [part.units[2 * pair], part.units[2 * pair + 1]];
      if (b < lastB || (b === lastB && a <= lastA)) inOrder = false;
      [lastA, lastB] = [a, b];
      let sum = 0;
      for (let f = 0; f < values.length; f++) sum += weights[f] * values[f][pair];
      if (sessions[position[a]] === sessions[position[b]] || Number.isNaN(sum)) continue;
      units[2 * count] = a;
      units[2 * count + 1] = b;
      weighted[count] = sum;
      for (let f = 0; f < values.length; f++) byFeature[f][count] = values[f][pair];
      count++;
    }
  };
  const listed = () =>
    inOrder
      ? {
          pairs: { count, units: units.subarray(0, 2 * count) },
          pairSimilarities: {
            weighted: weighted.subarray(0, count),
            byFeature: byFeature.map((values) => values.subarray(0, count)),
          },
        }
      : undefined;
  return { add, listed };
}
