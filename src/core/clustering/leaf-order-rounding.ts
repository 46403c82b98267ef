/** Where several sums of the optimal leaf ordering are within rounding of each other: what SciPy makes of them. */

import type { Ends, RisingOrder } from './leaf-order-ends.ts';

/** Cost of two groups end to end: costs are added in float32, the distance in float64, the sum is rounded to float32. */
export function addCosts(costA: number, costB: number, distance: number): number {
  return Math.fround(Math.fround(costA + costB) + distance);
}

/**
 * Sums above this cannot be rounded down to what the smallest exact sum is rounded to, nor to what it would be rounded
 * to if its distance were rounded up to float32 first: three roundings of half a step of 2⁻²³ against two, and room.
 */
export const withinRounding = (smallest: number) => smallest * (1 + 2 ** -21) + 1e-44;

/** The inner ends m of group a and k of group b, between which the best order from an outer end u of a may run. */
export interface Rivals {
  readonly a: Ends;
  readonly b: Ends;
  /** (inner ends of b, inner ends of a) */
  readonly distances: Float64Array;
  /** Smallest of the distances. */
  readonly smallest: number;
  /** (inner ends of b,) smallest of the distances to each. */
  readonly nearest: Float64Array;
  /** (inner ends of b,) smallest `cost(u, m) + D(m, k)`. */
  readonly best: Float64Array;
  /** Inner ends of a for each outer end, lowest cost first; undefined where they are not sorted. */
  readonly rising?: RisingOrder;
  /** Whether a is the right group and b the left one. */
  readonly swapped: boolean;
}

/**
 * Cost of the best order from u to w when more than one (m, k) has an exact sum of at most `limit`; (m, k) is the one with
 * the smallest.
 *
 * SciPy tries m and k in the order of their costs and stops where no later pair can be better: where their costs and the
 * smallest distance, all in float32, add up to at least the lowest sum so far. When rounding the distance up makes a
 * float32 step of difference, this can drop the best pair in favour of one that is a step worse and comes earlier. Only
 * where that is possible is the search repeated as SciPy does it.
 */
export function settleRivals(
  rivals: Rivals,
  u: number,
  w: number,
  m: number,
  k: number,
  limit: number,
): number {
  const { a, b, distances, smallest, nearest, best, rising } = rivals;
  const { innerCount: countM, cost: costA } = a;
  const { innerCount: countK, cost: costB } = b;
  // Called for millions of pairs: rows are addressed, not cut out.
  const rowA = u * countM;
  const rowB = w * countK;
  const bound = Math.fround(smallest);
  const floor = addCosts(a.lowest[u], b.lowest[w], smallest);
  const roundedUp = Math.max(distances[k * countM + m], bound);
  if (addCosts(costA[rowA + m], costB[rowB + k], roundedUp) === floor) return floor;

  let lowest = Number.POSITIVE_INFINITY;
  let next = Number.POSITIVE_INFINITY;
  let lowestRoundedUp = Number.POSITIVE_INFINITY;
  const order = rising?.order;
  for (let i = 0; i < countK; i++) {
    const fromW = costB[rowB + i];
    if (best[i] + fromW > limit) continue;
    // A cost above this one, and all that come after it in their order, are too large with any distance.
    const most = rising
      ? limit * (1 + 2 ** -40) - fromW - nearest[i] + rising.reach[u]
      : Number.POSITIVE_INFINITY;
    for (let n = 0; n < countM; n++) {
      const j = order ? order[rowA + n] : n;
      const fromU = costA[rowA + j];
      if (fromU > most) break;
      const distance = distances[i * countM + j];
      if (fromU + distance + fromW > limit) continue;
      const sum = addCosts(fromU, fromW, distance);
      if (sum < lowest) {
        next = lowest;
        lowest = sum;
      } else if (sum > lowest && sum < next) next = sum;
      const sumRoundedUp = addCosts(fromU, fromW, Math.max(distance, bound));
      if (sumRoundedUp < lowestRoundedUp) lowestRoundedUp = sumRoundedUp;
    }
  }
  if (next > lowestRoundedUp) return lowest;
  const fromU = costA.subarray(rowA, rowA + countM);
  const fromW = costB.subarray(rowB, rowB + countK);
  return rivals.swapped
    ? searchInOrder(fromW, fromU, (i, j) => distances[i * countM + j], bound)
    : searchInOrder(fromU, fromW, (j, i) => distances[i * countM + j], bound);
}

function searchInOrder(
  costLeft: Float32Array,
  costRight: Float32Array,
  distance: (m: number, k: number) => number,
  bound: number,
): number {
  const orderLeft = scipyOrder(costLeft);
  const orderRight = scipyOrder(costRight);
  let lowest = Number.POSITIVE_INFINITY;
  for (const m of orderLeft) {
    if (addCosts(costLeft[m], costRight[orderRight[0]], bound) >= lowest) break;
    for (const k of orderRight) {
      if (addCosts(costLeft[m], costRight[k], bound) >= lowest) break;
      lowest = Math.min(lowest, addCosts(costLeft[m], costRight[k], distance(m, k)));
    }
  }
  return lowest;
}

/**
 * Indices in rising order of their values. Equal values stand as SciPy's quicksort leaves them: the median of the first,
 * the middle and the last is the pivot, values below it move to the front in turn.
 */
export function scipyOrder(values: Float32Array): Int32Array {
  const order = Int32Array.from(values, (_, i) => i);
  const swap = (i: number, j: number) => {
    [order[i], order[j]] = [order[j], order[i]];
  };
  const swapIfGreater = (i: number, j: number): boolean => {
    const greater = values[order[i]] > values[order[j]];
    if (greater) swap(i, j);
    return greater;
  };
  const ranges = [[0, values.length - 1]];
  for (let range = ranges.pop(); range; range = ranges.pop()) {
    const [first, last] = range;
    const count = last - first + 1;
    if (count < 2) continue;
    if (count === 2) swapIfGreater(first, last);
    else if (count === 3) {
      swapIfGreater(first, first + 1);
      if (swapIfGreater(first + 1, last)) swapIfGreater(first, first + 1);
    } else {
      swapIfGreater(first, last);
      if (swapIfGreater(last, first + (count >> 1))) swapIfGreater(first, last);
      const pivot = values[order[last]];
      let middle = first;
      for (let i = first; i < last; i++) if (values[order[i]] < pivot) swap(i, middle++);
      swap(middle, last);
      ranges.push([first, middle - 1], [middle + 1, last]);
    }
  }
  return order;
}
