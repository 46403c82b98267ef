/** Prim's algorithm where only nearby pairs have a distance. */
import { throwIfStopped } from '../errors.ts';
import { distanceOf } from '../kernels/distance.ts';
import type { Job, Kernels, SpanningTree } from '../kernels/kernels.ts';
import type { NearbyMatrix } from '../similarity/nearby-matrix.ts';
import { DisjointSets } from './disjoint-sets.ts';
import { type StrongPairs, strongPairsThresholds } from './strong-pairs.ts';
import { UnitQueue } from './unit-queue.ts';

/**
 * Minimum spanning forest of `Σ_f weights[f]·features[f]` as one tree: what `primOverRows` gives when all other pairs are
 * infinitely far. Where no unit is within reach any more, the lowest one that is left follows at distance ∞.
 *
 * Of a billion pairs only few can matter, and going through them along the tree would miss the cache at every second one. So pairs are gathered
 * in falling order of similarity, threshold by threshold: units that the pairs so far connect need no weaker pair between them, whatever the order
 * in which equal ones are taken. Prim's algorithm then works on the gathered pairs.
 *
 * @param features at least one; all of one layout and precision
 * @param thresholds falling, -∞ the last
 */
export async function nearbySpanningTree(
  features: readonly NearbyMatrix[],
  weights: Float64Array,
  kernels: Pick<Kernels, 'strongPairs'>,
  { signal, progress }: Job = {},
  thresholds = strongPairsThresholds(features, weights),
): Promise<SpanningTree> {
  const { units } = features[0].layout;
  const sets = new DisjointSets(units);
  const gathered: StrongPairs[] = [];
  let left = units;
  for (const [level, threshold] of thresholds.entries()) {
    if (left === 1) break;
    const parts = Int32Array.from({ length: units }, (_, p) => sets.find(p));
    const found = await kernels.strongPairs(
      { features, weights, threshold, parts },
      {
        signal,
        progress: (done, total) => progress?.(level * total + done, thresholds.length * total),
      },
    );
    for (const pairs of found) {
      gathered.push(pairs);
      for (let e = 0; e < pairs.from.length; e++) if (sets.join(pairs.from[e], pairs.to[e])) left--;
    }
    throwIfStopped(signal);
  }
  return primOverPairs(features[0].layout, gathered);
}

function primOverPairs(
  { units, order, position }: NearbyMatrix['layout'],
  gathered: readonly StrongPairs[],
): SpanningTree {
  const edges = Math.max(0, units - 1);
  const from = new Int32Array(edges);
  const to = new Int32Array(edges);
  const weight = new Float64Array(edges);
  const { start, other, similarity } = neighboursOf(units, gathered);

  /** (positions,) largest similarity to a unit of the tree: distances need not be computed for smaller ones. */
  const nearest = new Float64Array(units).fill(Number.NEGATIVE_INFINITY);
  const outside = new Uint8Array(units).fill(1);
  const queue = new UnitQueue(units);
  let lowestLeft = 0;
  let added = 0;
  for (let edge = 0; edge < edges; edge++) {
    const p = position[added];
    outside[p] = 0;
    queue.remove(added);
    for (let n = start[p]; n < start[p + 1]; n++) {
      const q = other[n];
      if (!outside[q] || !(similarity[n] > nearest[q])) continue;
      nearest[q] = similarity[n];
      queue.offer(order[q], distanceOf(similarity[n]));
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
  }
  return { from, to, weight };
}

/** For each position the others it has a pair with: those from `start[p]` to before `start[p + 1]`. */
function neighboursOf(units: number, gathered: readonly StrongPairs[]) {
  const start = new Int32Array(units + 1);
  for (const { from, to } of gathered) {
    for (let e = 0; e < from.length; e++) {
      start[from[e] + 1]++;
      start[to[e] + 1]++;
    }
  }
  for (let p = 0; p < units; p++) start[p + 1] += start[p];
  const next = start.slice(0, units);
  const other = new Int32Array(start[units]);
  const similarity = new Float64Array(start[units]);
  for (const pairs of gathered) {
    for (let e = 0; e < pairs.from.length; e++) {
      const [p, q] = [pairs.from[e], pairs.to[e]];
      similarity[next[p]] = pairs.similarity[e];
      other[next[p]++] = q;
      similarity[next[q]] = pairs.similarity[e];
      other[next[q]++] = p;
    }
  }
  return { start, other, similarity };
}
