/** Distances to test clustering with. */
import { createRandom } from '../../src/core/random.ts';

/**
 * (n, n) symmetric random distances, 0 on the diagonal: from 0.5 to 1, or `levels` eighths from one eighth on, so that
 * many are equal and sums of them exact.
 */
export function randomDistances(seed: number, n: number, levels?: number): Float64Array {
  const random = createRandom(seed);
  return symmetric(n, () => (levels ? (1 + random.integer(levels)) / 8 : 0.5 + random.uniform() / 2));
}

/** (n, n) distances between random points in the plane, as many as `places` of them different. */
export function planarDistances(seed: number, n: number, places = n): Float64Array {
  const random = createRandom(seed);
  const points = Array.from({ length: places }, () => [random.uniform(), random.uniform()]);
  const at = Array.from({ length: n }, (_, i) => points[places === n ? i : random.integer(places)]);
  return symmetric(n, (i, j) => Math.hypot(at[i][0] - at[j][0], at[i][1] - at[j][1]));
}

/** (n, n) matrix from its elements i < j, 0 on the diagonal. */
export function symmetric(n: number, value: (i: number, j: number) => number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < j; i++) {
      matrix[i * n + j] = value(i, j);
      matrix[j * n + i] = matrix[i * n + j];
    }
  }
  return matrix;
}
