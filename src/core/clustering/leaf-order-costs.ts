/** Costs of joining two ordered groups of units end to end: the inner step of optimal leaf ordering. */
import type { Ends } from './leaf-order-ends.ts';
import { addCosts, type Rivals, settleRivals, withinRounding } from './leaf-order-rounding.ts';

/** Below this many ends, trying all of them is quicker than sorting first. */
const WORTH_SORTING = 8;

/**
 * Cost of the best order from u in the left group to w in the right group, for all u and w: the smallest over the inner
 * ends m and k of `cost(u, m) + cost(k, w) + D(m, k)`, added as `addCosts` does.
 *
 * @param left ways to look at the left group
 * @param right ways to look at the right group
 * @param joint (left units, right units) distances
 * @param columns number of right units
 * @returns (left units, right units)
 */
export function joinCosts(
  left: readonly Ends[],
  right: readonly Ends[],
  joint: Float64Array,
  columns: number,
): Float32Array {
  const out = new Float32Array(joint.length);
  for (const l of left) {
    for (const r of right) {
      const leftFirst = l.outerCount * r.innerCount * (l.innerCount + r.outerCount);
      const rightFirst = r.outerCount * l.innerCount * (r.innerCount + l.outerCount);
      if (leftFirst <= rightFirst) reduce(l, r, joint, columns, 1, false, out);
      else reduce(r, l, joint, 1, columns, true, out);
    }
  }
  return out;
}

/**
 * Reduces over the inner end m of group a, then over the inner end k of group b. The rounding of the sum forbids to take
 * it apart, so this runs in float64 and only finds the (m, k) that can be best; its sum is then added as it is defined.
 * Inner ends are tried in rising order of their cost, up to where no later one can come within rounding of the best.
 *
 * `strideA` and `strideB` address units of a and b in `joint` and `out`; `swapped` tells that a is the right group.
 */
function reduce(
  a: Ends,
  b: Ends,
  joint: Float64Array,
  strideA: number,
  strideB: number,
  swapped: boolean,
  out: Float32Array,
): void {
  const { innerCount: countM, cost: costA } = a;
  const { innerCount: countK, cost: costB } = b;
  const distances = new Float64Array(countK * countM);
  const nearest = new Float64Array(countK).fill(Number.POSITIVE_INFINITY);
  let smallest = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let k = 0; k < countK; k++) {
    const column = a.inner * strideA + (b.inner + k) * strideB;
    for (let m = 0; m < countM; m++) {
      const distance = joint[column + m * strideA];
      distances[k * countM + m] = distance;
      if (distance < nearest[k]) nearest[k] = distance;
      if (distance > largest) largest = distance;
    }
    if (nearest[k] < smallest) smallest = nearest[k];
  }
  const most = a.largest + b.largest + largest;
  const rounding = withinRounding(most) - most;
  const risingA = countK >= WORTH_SORTING && countM >= WORTH_SORTING ? a.rising : undefined;
  const risingB = countK >= WORTH_SORTING && a.outerCount >= WORTH_SORTING ? b.rising : undefined;
  const orderA = risingA?.order;
  const orderB = risingB?.order;
  const orderedA = risingA?.cost ?? costA;
  const orderedB = risingB?.cost ?? costB;

  const best = new Float64Array(countK);
  const second = new Float64Array(countK);
  const bestM = new Int32Array(countK);
  const rivals: Rivals = { a, b, distances, smallest, nearest, best, rising: risingA, swapped };
  for (let u = 0; u < a.outerCount; u++) {
    const rowA = u * countM;
    const slackA = risingA ? risingA.reach[u] + rounding : Number.POSITIVE_INFINITY;
    let bestOfAll = Number.POSITIVE_INFINITY;
    for (let k = 0; k < countK; k++) {
      const row = k * countM;
      const atLeast = nearest[k] - slackA;
      let lowest = Number.POSITIVE_INFINITY;
      let next = Number.POSITIVE_INFINITY;
      let lowestM = 0;
      for (let i = 0; i < countM; i++) {
        const cost = orderedA[rowA + i];
        if (cost + atLeast > lowest) break;
        const m = orderA ? orderA[rowA + i] : i;
        const sum = cost + distances[row + m];
        if (sum >= next) continue;
        if (sum < lowest) {
          next = lowest;
          lowest = sum;
          lowestM = m;
        } else next = sum;
      }
      best[k] = lowest;
      second[k] = next;
      bestM[k] = lowestM;
      if (lowest < bestOfAll) bestOfAll = lowest;
    }

    const target = (a.outer + u) * strideA + b.outer * strideB;
    for (let w = 0; w < b.outerCount; w++) {
      const rowB = w * countK;
      const atLeast = risingB ? bestOfAll - risingB.reach[w] - rounding : Number.NEGATIVE_INFINITY;
      let lowest = Number.POSITIVE_INFINITY;
      let next = Number.POSITIVE_INFINITY;
      let k = 0;
      for (let i = 0; i < countK; i++) {
        const cost = orderedB[rowB + i];
        if (cost + atLeast > lowest) break;
        const candidate = orderB ? orderB[rowB + i] : i;
        const sum = cost + best[candidate];
        if (sum >= next) continue;
        if (sum < lowest) {
          next = lowest;
          lowest = sum;
          k = candidate;
        } else next = sum;
      }
      const limit = withinRounding(lowest);
      const unrivalled = next > limit && second[k] + costB[rowB + k] > limit;
      const m = bestM[k];
      out[target + w * strideB] = unrivalled
        ? addCosts(costA[rowA + m], costB[rowB + k], distances[k * countM + m])
        : settleRivals(rivals, u, w, m, k, limit);
    }
  }
}
