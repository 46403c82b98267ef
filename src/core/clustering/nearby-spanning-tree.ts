/** Prim's algorithm where only nearby pairs have a distance. */
import { breathe } from '../context.ts';
import { distanceOf } from '../kernels/distance.ts';
import type { Job, SpanningTree } from '../kernels/kernels.ts';
import type { NearbyMatrix } from '../similarity/nearby-matrix.ts';
import { UnitQueue } from './unit-queue.ts';

/** Pairs that are looked at before the event loop gets its turn. */
const TURN = 1 << 24;

/**
 * Minimum spanning forest of `Σ_f weights[f]·features[f]` as one tree: what `primOverRows` gives when all other pairs are
 * infinitely far. Where no unit is within reach any more, the lowest one that is left follows at distance ∞.
 *
 * Every pair is looked at once, when the first of its two units is added.
 *
 * @param features at least one; all of one layout and precision
 */
export async function nearbySpanningTree(
  features: readonly NearbyMatrix[],
  weights: Float64Array,
  { signal, progress }: Job = {},
): Promise<SpanningTree> {
  const { layout, pieceOf, origin, scale } = features[0];
  const { units, order, position, sessions, begin, end } = layout;
  const edges = Math.max(0, units - 1);
  const from = new Int32Array(edges);
  const to = new Int32Array(edges);
  const weight = new Float64Array(edges);

  const factors = weights.map((value) => value * scale);
  /** (positions,) largest similarity to a unit of the tree: distances need not be computed for smaller ones. */
  const nearest = new Float64Array(units).fill(Number.NEGATIVE_INFINITY);
  const outside = new Uint8Array(units).fill(1);
  const queue = new UnitQueue(units);
  let lowestLeft = 0;
  let looked = 0;

  const meet = (q: number, similarity: number) => {
    if (!(similarity > nearest[q])) return;
    nearest[q] = similarity;
    queue.offer(order[q], distanceOf(similarity));
  };
  const lookAhead = featuresAhead(features, factors, meet);

  let added = 0;
  for (let edge = 0; edge < edges; edge++) {
    const p = position[added];
    outside[p] = 0;
    queue.remove(added);
    lookAhead(p, outside);
    for (let q = begin[p]; q < p; q++) {
      if (!outside[q] || sessions[q] === sessions[p]) continue;
      const at = origin[q] + p;
      let similarity = 0;
      for (let f = 0; f < features.length; f++) similarity += factors[f] * features[f].pieces[pieceOf[q]][at];
      meet(q, similarity);
    }
    from[edge] = added;
    const next = queue.first();
    if (next < 0) {
      while (!outside[position[lowestLeft]]) lowestLeft++;
      added = lowestLeft;
      weight[edge] = Number.POSITIVE_INFINITY;
    } else {
      added = next;
      weight[edge] = queue.distance(next);
    }
    to[edge] = added;
    looked += end[p] - begin[p];
    if (looked > TURN) {
      looked = 0;
      progress?.(edge + 1, edges);
      await breathe(signal);
    }
  }
  return { from, to, weight };
}

/** Meets all units outside the tree that follow a position; by far the hottest loop, so for two features written out. */
function featuresAhead(
  features: readonly NearbyMatrix[],
  factors: Float64Array,
  meet: (q: number, similarity: number) => void,
): (p: number, outside: Uint8Array) => void {
  const { layout, pieceOf, origin } = features[0];
  const { sessions, end } = layout;
  return (p, outside) => {
    const own = sessions[p];
    const start = origin[p];
    const last = end[p];
    const rows = features.map((feature) => feature.pieces[pieceOf[p]]);
    if (rows.length === 2) {
      const [x, y] = rows;
      const [wx, wy] = factors;
      for (let q = p + 1; q < last; q++) {
        if (outside[q] && sessions[q] !== own) meet(q, 0 + wx * x[start + q] + wy * y[start + q]);
      }
      return;
    }
    for (let q = p + 1; q < last; q++) {
      if (!outside[q] || sessions[q] === own) continue;
      let similarity = 0;
      for (let f = 0; f < rows.length; f++) similarity += factors[f] * rows[f][start + q];
      meet(q, similarity);
    }
  };
}
