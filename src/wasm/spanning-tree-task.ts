/**
 * Prim's algorithm on S = Σ_f weights[f]·features[f], without the matrix S and without a distance for every pair.
 *
 * The distance D = 1/(1 + tanh S) = ½ + ½·exp(-2S) falls as S grows, so units are compared by S; only where the rounding of D could
 * decide otherwise are the distances themselves computed and compared. The tree is that of D, tie for tie.
 *
 * Limited by memory (F·n² values are read once): one thread; n = 3,414 with two features takes about 20 ms.
 */
import { distanceOf } from '../core/kernels/distance.ts';
import type { SpanningTree } from '../core/kernels/kernels.ts';
import { addScaled } from './weighted-sum-task.ts';

export interface SpanningTreeInput {
  /** (n, n) each, symmetric. */
  readonly features: readonly Float64Array[];
  /** (features,) */
  readonly weights: Float64Array;
  readonly n: number;
}

/**
 * The rounding error of D is below 3e-16, and D changes by exp(-2S)·ΔS: for |S| up to 6.5, S that differ by 1e-9 have distances that
 * differ in the same sense.
 */
const CLOSE = 1e-9;
const LARGEST_SAFE = 6.5;

/** The one task gives the tree. */
export function spanningTreeTask(_simd: unknown, input: SpanningTreeInput) {
  return (): SpanningTree => growTree(input);
}

function growTree({ features, weights, n }: SpanningTreeInput): SpanningTree {
  const edges = Math.max(0, n - 1);
  const from = new Int32Array(edges);
  const to = new Int32Array(edges);
  const weight = new Float64Array(edges);
  const row = new Float64Array(n);
  /** Largest S of each unit outside the tree to a unit of the tree. */
  const best = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  /** S up to here cannot be nearer than `best`; ∞ for units of the tree. */
  const bar = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  let added = 0;
  for (let edge = 0; edge < edges; edge++) {
    best[added] = Number.NEGATIVE_INFINITY;
    bar[added] = Number.POSITIVE_INFINITY;
    row.fill(0);
    for (let f = 0; f < features.length; f++) {
      addScaled(row, features[f].subarray(added * n, (added + 1) * n), weights[f]);
    }
    let nearest = -1;
    let nearestS = Number.NEGATIVE_INFINITY;
    let nearestBar = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < n; j++) {
      const s = row[j];
      if (s > bar[j] && isNearer(s, best[j])) {
        best[j] = s;
        bar[j] = barOf(s);
      }
      if (best[j] > nearestBar && isNearer(best[j], nearestS)) {
        nearest = j;
        nearestS = best[j];
        nearestBar = barOf(nearestS);
      }
    }
    if (nearest < 0) nearest = bar.findIndex((value) => value < Number.POSITIVE_INFINITY);
    from[edge] = added;
    to[edge] = nearest;
    weight[edge] = distanceOf(nearestS);
    added = nearest;
  }
  return { from, to, weight };
}

function barOf(s: number): number {
  return Math.abs(s) < LARGEST_SAFE ? s - CLOSE : Number.NEGATIVE_INFINITY;
}

/** Whether the distance of s is smaller than that of t. */
function isNearer(s: number, t: number): boolean {
  if (s - t > CLOSE && Math.abs(s) < LARGEST_SAFE && Math.abs(t) < LARGEST_SAFE) return true;
  return s !== t && distanceOf(s) < distanceOf(t);
}
