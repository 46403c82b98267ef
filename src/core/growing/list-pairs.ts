/** The candidate pairs of a grown result with their similarities, one after another: those that were known, then those with new units. */
import type { Kernels } from '../kernels/kernels.ts';
import type { PairSimilarities, UnitPairs } from '../result.ts';
import type { KnownPairs } from './new-pairs.ts';

/** Pairs with their weighted similarities, ordered as `UnitPairs`. */
export interface WeighedPairs extends UnitPairs {
  /** (P,) */
  readonly weighted: Float64Array;
  /** Those of two sessions that have a similarity. */
  readonly candidates: UnitPairs & PairSimilarities;
}

export interface ListedPairs {
  readonly pairs: UnitPairs;
  readonly pairSimilarities: PairSimilarities;
}

/** Weighs the pairs of a part, each part once; undefined for those that do not tell all features, or are not in order. */
export type WeighPairs = (part: KnownPairs) => WeighedPairs | undefined;

/**
 * @param sessions (units,) session numbers
 * @param weights (features,)
 */
export function pairWeigher(sessions: Int32Array, weights: Float64Array): WeighPairs {
  const known = new WeakMap<KnownPairs, WeighedPairs | undefined>();
  return (part) => {
    if (!known.has(part)) known.set(part, weighPairs(part, sessions, weights));
    return known.get(part);
  };
}

function weighPairs(
  { count, units, similarity }: KnownPairs,
  sessions: Int32Array,
  weights: Float64Array,
): WeighedPairs | undefined {
  const values = similarity.filter((z) => z !== undefined);
  if (values.length < weights.length) return undefined;
  const weighted = new Float64Array(count);
  values.forEach((z, f) => {
    const weight = weights[f];
    for (let p = 0; p < count; p++) weighted[p] += weight * z[p];
  });
  const chosen = new Int32Array(count);
  let candidates = 0;
  let [lastA, lastB] = [-1, -1];
  for (let p = 0; p < count; p++) {
    const a = units[2 * p];
    const b = units[2 * p + 1];
    if (b < lastB || (b === lastB && a <= lastA)) return undefined;
    lastA = a;
    lastB = b;
    if (sessions[a] !== sessions[b] && !Number.isNaN(weighted[p])) chosen[candidates++] = p;
  }
  const pairs = { count, units, weighted };
  if (candidates === count) return { ...pairs, candidates: { ...pairs, byFeature: values } };
  const places = chosen.subarray(0, candidates);
  return {
    ...pairs,
    candidates: {
      count: candidates,
      units: takePairs(units, places),
      weighted: take(weighted, places),
      byFeature: values.map((z) => take(z, places)),
    },
  };
}

function take(values: Float64Array, places: Int32Array): Float64Array {
  const taken = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) taken[i] = values[places[i]];
  return taken;
}

function takePairs(units: Int32Array, places: Int32Array): Int32Array {
  const taken = new Int32Array(2 * places.length);
  for (let i = 0; i < places.length; i++) {
    taken[2 * i] = units[2 * places[i]];
    taken[2 * i + 1] = units[2 * places[i] + 1];
  }
  return taken;
}

/**
 * The candidates of all parts, in memory that threads share where there are any.
 * @returns undefined when the parts do not follow each other in the order of pairs
 */
export function listPairs(
  parts: readonly WeighedPairs[],
  { float32, float64 }: Pick<Kernels, 'float32' | 'float64'>,
): ListedPairs | undefined {
  const lists = parts.map(({ candidates }) => candidates);
  const filled = lists.filter(({ count }) => count > 0);
  const follows = filled.every(({ units }, i) => i === 0 || units[1] > (filled[i - 1].units.at(-1) ?? -1));
  if (!follows) return undefined;
  const count = lists.reduce((sum, list) => sum + list.count, 0);
  const { buffer, byteOffset } = float32(2 * count, false);
  const units = new Int32Array(buffer, byteOffset, 2 * count);
  const join = (values: readonly Float64Array[]) => put(values, float64(count, false));
  put(
    lists.map((list) => list.units),
    units,
  );
  const features = lists[0]?.byFeature ?? [];
  return {
    pairs: { count, units },
    pairSimilarities: {
      weighted: join(lists.map(({ weighted }) => weighted)),
      byFeature: features.map((_, f) => join(lists.map(({ byFeature }) => byFeature[f]))),
    },
  };
}

/** Puts arrays one after another. */
function put<T extends Int32Array | Float64Array>(parts: readonly T[], all: T): T {
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
