/**
 * Pearson's r between all rows where values are missing: products of values, of their squares and of the marks of what is there
 * give every pair the sums over its common columns. Pairs for which those cancel too much are computed one by one.
 */
import { correlateCommonColumns } from '../core/kernels/common-columns.ts';
import { MAX_Z } from '../core/kernels/kernels.ts';
import type { SimdKernels } from './bindings.ts';
import { panelsOf } from './correlate-rows-tasks.ts';
import { MASKED_PARTS, maskedPacker } from './masked-rows.ts';
import type { Region } from './scratch-memory.ts';
import { blockSize, TILE, tileAt, writeTile } from './tiles.ts';

/** All in panels of four rows, [panel][column][4]; 0 where a value is missing. */
interface MaskedRows {
  /** Rows standardised over the columns they have. */
  readonly values: Float64Array;
  readonly squares: Float64Array;
  /** 1 where a value is there. */
  readonly marks: Float64Array;
}

export interface MaskRowsInput extends MaskedRows {
  /** (rows, columns), NaN where a value is missing. */
  readonly x: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Task b prepares the rows of block b. */
export function maskRowsTasks(simd: SimdKernels, input: MaskRowsInput) {
  const { x, rows, columns } = input;
  const staged = simd.float64(TILE * columns);
  const packed = simd.float64(TILE * columns);
  const pack = maskedPacker(simd, columns, staged);
  return (block: number): void => {
    const first = block * TILE;
    const rowsOfBlock = Array.from({ length: blockSize(block, rows) }, (_, i) =>
      x.subarray((first + i) * columns, (first + i + 1) * columns),
    );
    const size = 4 * Math.ceil(rowsOfBlock.length / 4) * columns;
    for (const part of MASKED_PARTS) {
      pack(rowsOfBlock, part, packed);
      input[part].set(packed.float64.subarray(0, size), first * columns);
    }
  };
}

export interface CorrelateGapTilesInput extends MaskedRows {
  readonly x: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** (rows, rows) Fisher z. */
  readonly out: Float64Array;
}

/** Task t correlates the rows of tile t. It returns its first pair without a common column, i·rows + j, if there is one. */
export function correlateGapTilesTasks(simd: SimdKernels, input: CorrelateGapTilesInput) {
  const { x, rows, columns, out } = input;
  const regions = () => ({
    values: simd.float64(TILE * columns),
    squares: simd.float64(TILE * columns),
    marks: simd.float64(TILE * columns),
  });
  const a = regions();
  const b = regions();
  const [count, sumX, sumY, sumXX, sumYY, sumXY] = Array.from({ length: 6 }, () => simd.float64(TILE * TILE));
  const again = simd.float64(TILE * TILE);

  return (index: number): number | undefined => {
    const tile = tileAt(index, rows);
    const rowPanels = Math.ceil(tile.rows / 4);
    const columnPanels = Math.ceil(tile.columns / 4);
    const stride = 4 * columnPanels;
    for (const key of ['values', 'squares', 'marks'] as const) {
      a[key].float64.set(panelsOf(input[key], tile.firstRow, rowPanels, columns));
      b[key].float64.set(panelsOf(input[key], tile.firstColumn, columnPanels, columns));
    }
    const multiply = (left: Region, right: Region, product: Region) =>
      simd.multiplyPanels(rowPanels, columnPanels, columns, left, right, product);
    multiply(a.marks, b.marks, count);
    multiply(a.values, b.marks, sumX);
    multiply(a.marks, b.values, sumY);
    multiply(a.squares, b.marks, sumXX);
    multiply(a.marks, b.squares, sumYY);
    multiply(a.values, b.values, sumXY);
    simd.combineMasked(4 * rowPanels * stride, count, sumX, sumY, sumXX, sumYY, sumXY);

    const z = count.float64;
    const correlations = again.float64;
    const positions: number[] = [];
    let disjoint: number | undefined;
    for (let i = 0; i < tile.rows; i++) {
      for (let j = tile.onDiagonal ? i + 1 : 0; j < tile.columns; j++) {
        const value = z[i * stride + j];
        if (value === Number.POSITIVE_INFINITY) {
          disjoint ??= (tile.firstRow + i) * rows + tile.firstColumn + j;
        } else if (Number.isNaN(value)) {
          correlations[positions.length] =
            correlateCommonColumns(x, columns, tile.firstRow + i, tile.firstColumn + j) ?? 0;
          positions.push(i * stride + j);
        }
      }
    }
    simd.fisherZ(positions.length + (positions.length % 2), again);
    positions.forEach((position, n) => {
      z[position] = correlations[n];
    });
    if (tile.onDiagonal) {
      for (let i = 0; i < tile.rows; i++) {
        z[i * stride + i] = MAX_Z;
        for (let j = 0; j < i; j++) z[i * stride + j] = z[j * stride + i];
      }
    }
    simd.transpose(4 * rowPanels, stride, count, sumX);
    writeTile(tile, rows, z, stride, sumX.float64, 4 * rowPanels, out);
    return disjoint;
  };
}
