/** Pearson's r between the rows of nearby units, tile by tile along the diagonal of the units in order of depth. */
import { correlateCommonColumns } from '../core/kernels/common-columns.ts';
import { standardizeRow } from '../core/kernels/standardize.ts';
import type { CellRows } from '../core/similarity/nearby-layout.ts';
import type { CellMatrix } from '../core/similarity/nearby-matrix.ts';
import type { SimdKernels } from './bindings.ts';
import { MASKED_PARTS, maskedPacker } from './masked-rows.ts';
import type { Region } from './scratch-memory.ts';
import { TILE } from './tiles.ts';

export interface NearbyRowsInput {
  /** (units, columns); NaN where a value is missing, if `gaps`. */
  readonly x: Float64Array;
  readonly columns: number;
  readonly gaps: boolean;
  readonly out: CellMatrix;
}

/** Positions of the first row and of the first column. */
export type NearbyTile = readonly [row: number, column: number];

/** The tiles that hold all cells. */
export function nearbyTiles({ units, start, end }: CellRows): NearbyTile[] {
  const tiles: NearbyTile[] = [];
  for (let row = 0; row < units; row += TILE) {
    let first = units;
    let last = 0;
    for (let p = row; p < Math.min(units, row + TILE); p++) {
      if (start[p] >= end[p]) continue;
      first = Math.min(first, start[p]);
      last = Math.max(last, end[p]);
    }
    for (let column = first - (first % TILE); column < last; column += TILE) tiles.push([row, column]);
  }
  return tiles;
}

/** Each task is one tile. It returns its first pair of units without a common column, if two of different sessions have none. */
export function nearbyRowsTasks(simd: SimdKernels, { x, columns, gaps, out }: NearbyRowsInput) {
  const { layout, pieces, pieceOf, origin, scale } = out;
  const { units, order, start, end, sessions } = layout;
  const a = createSide(simd, columns, gaps);
  const b = createSide(simd, columns, gaps);
  const [z, sumX, sumY, sumXX, sumYY, sumXY] = Array.from({ length: gaps ? 6 : 1 }, () =>
    simd.float64(TILE * TILE),
  );
  const again = simd.float64(gaps ? TILE * TILE : 2);
  const rowsAt = (first: number, count: number) =>
    Array.from({ length: count }, (_, i) => {
      const at = order[first + i] * columns;
      return x.subarray(at, at + columns);
    });

  return (_index: number, [firstRow, firstColumn]: NearbyTile): readonly [number, number] | undefined => {
    const rows = Math.min(TILE, units - firstRow);
    const width = Math.min(TILE, units - firstColumn);
    const rowPanels = Math.ceil(rows / 4);
    const columnPanels = Math.ceil(width / 4);
    const stride = 4 * columnPanels;
    a.pack(rowsAt(firstRow, rows));
    b.pack(rowsAt(firstColumn, width));
    const multiply = (left: Region, right: Region, product: Region) =>
      simd.multiplyPanels(rowPanels, columnPanels, columns, left, right, product);
    let disjoint: readonly [number, number] | undefined;
    if (!gaps) {
      multiply(a.values, b.values, z);
      simd.fisherZ(4 * rowPanels * stride, z);
    } else {
      multiply(a.marks, b.marks, z);
      multiply(a.values, b.marks, sumX);
      multiply(a.marks, b.values, sumY);
      multiply(a.squares, b.marks, sumXX);
      multiply(a.marks, b.squares, sumYY);
      multiply(a.values, b.values, sumXY);
      simd.combineMasked(4 * rowPanels * stride, z, sumX, sumY, sumXX, sumYY, sumXY);
      disjoint = settle(firstRow, rows, firstColumn, width, stride);
    }
    const values = z.float64;
    for (let i = 0; i < rows; i++) {
      const p = firstRow + i;
      const from = Math.max(firstColumn, start[p]);
      const to = Math.min(firstColumn + width, end[p]);
      const cells = pieces[pieceOf[p]];
      const base = i * stride - firstColumn;
      if (out.precision !== 'int16') {
        if (from < to) cells.set(values.subarray(base + from, base + to), origin[p] + from);
      } else {
        for (let q = from; q < to; q++) cells[origin[p] + q] = Math.round(values[base + q] / scale);
      }
    }
    return disjoint;
  };

  /** Computes again what `combineMasked` does not trust; units of one session without a common column count as unlike. */
  function settle(firstRow: number, rows: number, firstColumn: number, width: number, stride: number) {
    const values = z.float64;
    const correlations = again.float64;
    const positions: number[] = [];
    let disjoint: readonly [number, number] | undefined;
    for (let i = 0; i < rows; i++) {
      const p = firstRow + i;
      const to = Math.min(firstColumn + width, end[p]);
      for (let q = Math.max(firstColumn, start[p]); q < to; q++) {
        const at = i * stride + q - firstColumn;
        if (values[at] === Number.POSITIVE_INFINITY) {
          values[at] = 0;
          if (sessions[p] !== sessions[q]) disjoint ??= [order[p], order[q]];
        } else if (Number.isNaN(values[at])) {
          correlations[positions.length] = correlateCommonColumns(x, columns, order[p], order[q]) ?? 0;
          positions.push(at);
        }
      }
    }
    simd.fisherZ(positions.length + (positions.length % 2), again);
    positions.forEach((at, n) => {
      values[at] = correlations[n];
    });
    return disjoint;
  }
}

/** The rows or the columns of a tile, in panels of four; 0 where a value is missing. */
function createSide(simd: SimdKernels, columns: number, gaps: boolean) {
  const size = TILE * columns;
  const staged = simd.float64(size);
  const side = {
    values: simd.float64(size),
    squares: simd.float64(gaps ? size : 0),
    marks: simd.float64(gaps ? size : 0),
  };

  const packFull = (rows: readonly Float64Array[]) => {
    const stage = staged.float64.fill(0);
    rows.forEach((row, i) => {
      standardizeRow(row, stage, i * columns);
    });
    simd.packPanels(Math.ceil(rows.length / 4), columns, staged, side.values);
  };
  const packPart = maskedPacker(simd, columns, staged);
  const packMasked = (rows: readonly Float64Array[]) => {
    for (const part of MASKED_PARTS) packPart(rows, part, side[part]);
  };
  return { ...side, pack: gaps ? packMasked : packFull };
}
