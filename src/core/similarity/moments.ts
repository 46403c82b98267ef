/** Sums over candidate pairs. */
import { breathe } from '../context.ts';
import type { NearbyLayout } from './nearby-layout.ts';
import type { NearbyMatrix } from './nearby-matrix.ts';

/** Number, sums and sums of products of values: what means and covariances follow from. */
export interface Moments {
  count: number;
  /** (F,) */
  readonly sums: Float64Array;
  /** (F, F), the lower triangle. */
  readonly products: Float64Array;
}

export function noMoments(features: number): Moments {
  return { count: 0, sums: new Float64Array(features), products: new Float64Array(features * features) };
}

/** Adds the values of one pair. */
export function addValues(moments: Moments, values: Float64Array): void {
  const { sums, products } = moments;
  const n = values.length;
  moments.count++;
  for (let f = 0; f < n; f++) {
    sums[f] += values[f];
    for (let g = 0; g <= f; g++) products[f * n + g] += values[f] * values[g];
  }
}

/** One row of a matrix: its value at position q is `row[origin + q]·scale`. */
interface Cells {
  readonly row: NearbyMatrix['pieces'][number];
  readonly origin: number;
  readonly scale: number;
}

/** Adds a row of two features, as `addValues` does pair by pair: there may be a billion of them. */
function addTwo(
  moments: Moments,
  [a, b]: readonly Cells[],
  { end, sessions }: NearbyLayout,
  p: number,
): void {
  const own = sessions[p];
  const last = end[p];
  let [count, sumX, sumY, xx, yx, yy] = [0, 0, 0, 0, 0, 0];
  for (let q = p + 1; q < last; q++) {
    if (sessions[q] === own) continue;
    const x = a.row[a.origin + q] * a.scale;
    const y = b.row[b.origin + q] * b.scale;
    count++;
    sumX += x;
    sumY += y;
    xx += x * x;
    yx += y * x;
    yy += y * y;
  }
  moments.count += count;
  moments.sums[0] += sumX;
  moments.sums[1] += sumY;
  moments.products[0] += xx;
  moments.products[2] += yx;
  moments.products[3] += yy;
}

/** Moments of the features over all candidate pairs. @param matrices at least one; all of one layout */
export async function candidateMoments(
  matrices: readonly NearbyMatrix[],
  signal?: AbortSignal,
): Promise<Moments> {
  const [{ layout }] = matrices;
  const n = matrices.length;
  const total = noMoments(n);
  const values = new Float64Array(n);
  for (let p = 0; p < layout.units; p++) {
    // Sums of a row are added as one: rounding then does not grow with the number of pairs.
    const row = noMoments(n);
    const cells: Cells[] = matrices.map((matrix) => ({
      row: matrix.pieces[matrix.pieceOf[p]],
      origin: matrix.origin[p],
      scale: matrix.scale,
    }));
    if (n === 2) addTwo(row, cells, layout, p);
    else {
      for (let q = p + 1; q < layout.end[p]; q++) {
        if (layout.sessions[q] === layout.sessions[p]) continue;
        for (let f = 0; f < n; f++) values[f] = cells[f].row[cells[f].origin + q] * cells[f].scale;
        addValues(row, values);
      }
    }
    total.count += row.count;
    for (let f = 0; f < n; f++) total.sums[f] += row.sums[f];
    for (let f = 0; f < n * n; f++) total.products[f] += row.products[f];
    if (p % 1024 === 0) await breathe(signal);
  }
  return total;
}
