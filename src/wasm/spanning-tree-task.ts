/**
 * Prim's algorithm on S = Σ_f weights[f]·features[f], without the matrix S and without a distance for every pair.
 *
 * The distance D = 1/(1 + tanh S) = ½ + ½·exp(-2S) falls as S grows, so units are compared by S; only where the rounding of D could
 * decide otherwise are the distances themselves computed and compared. The tree is that of D, tie for tie.
 *
 * One thread: F·n² values are read once, and every step depends on the one before. Scanning in TypeScript takes three times as long.
 */
import { distanceOf } from '../core/kernels/distance.ts';
import type { SpanningTree } from '../core/kernels/kernels.ts';
import type { SimdKernels } from './bindings.ts';

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
export function spanningTreeTask(simd: SimdKernels, { features, weights, n }: SpanningTreeInput) {
  const width = 8 * Math.ceil(n / 8);
  const rows = simd.float64(features.length * width);
  const factors = simd.float64(features.length);
  /** Largest S of each unit outside the tree to a unit of the tree; -∞ for units of the tree. */
  const nearestS = simd.float64(width);
  /** S up to here cannot be nearer than `nearestS`; ∞ for units of the tree. */
  const bars = simd.float64(width);
  const found = simd.int32(width);
  const sums = simd.float64(width + 8);

  return (): SpanningTree => {
    const edges = Math.max(0, n - 1);
    const tree = {
      from: new Int32Array(edges),
      to: new Int32Array(edges),
      weight: new Float64Array(edges),
    };
    const row = rows.float64.fill(0);
    const best = nearestS.float64.fill(Number.NEGATIVE_INFINITY);
    const bar = bars.float64.fill(Number.NEGATIVE_INFINITY, 0, n).fill(Number.POSITIVE_INFINITY, n);
    const candidates = found.int32;
    const sum = sums.float64;
    factors.float64.set(weights);
    let added = 0;
    for (let edge = 0; edge < edges; edge++) {
      best[added] = Number.NEGATIVE_INFINITY;
      bar[added] = Number.POSITIVE_INFINITY;
      features.forEach((feature, f) => {
        row.set(feature.subarray(added * n, (added + 1) * n), f * width);
      });
      const count = simd.exceeding(width, features.length, rows, factors, bars, found, sums);
      for (let k = 0; k < count; k++) {
        const j = candidates[k];
        if (!isNearer(sum[k], best[j])) continue;
        best[j] = sum[k];
        bar[j] = barOf(sum[k]);
      }
      const limit = barOf(simd.largest(width, nearestS));
      const nearCount = simd.positionsAbove(width, nearestS, limit, found);
      // Where all distances are infinite, no candidate is left.
      let nearest =
        nearCount > 0 ? candidates[0] : bar.findIndex((value) => value < Number.POSITIVE_INFINITY);
      for (let k = 1; k < nearCount; k++) {
        if (isNearer(best[candidates[k]], best[nearest])) nearest = candidates[k];
      }
      tree.from[edge] = added;
      tree.to[edge] = nearest;
      tree.weight[edge] = distanceOf(best[nearest]);
      added = nearest;
    }
    return tree;
  };
}

function barOf(s: number): number {
  return Math.abs(s) < LARGEST_SAFE ? s - CLOSE : Number.NEGATIVE_INFINITY;
}

/** Whether the distance of s is smaller than that of t. */
function isNearer(s: number, t: number): boolean {
  if (s - t > CLOSE && Math.abs(s) < LARGEST_SAFE && Math.abs(t) < LARGEST_SAFE) return true;
  return s !== t && distanceOf(s) < distanceOf(t);
}
