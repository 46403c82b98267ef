/** Pearson's r between all rows, as a product of standardised rows in float64. */
import { MAX_Z } from '../core/kernels/kernels.ts';
import { standardizeRow } from '../core/kernels/standardize.ts';
import type { SimdKernels } from './bindings.ts';
import { blockSize, TILE, tileAt, writeTile } from './tiles.ts';

export interface StandardizeRowsInput {
  /** (rows, columns) */
  readonly x: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** Standardised rows in panels of four, [panel][column][4]. */
  readonly panels: Float64Array;
}

/** Task b standardises the rows of block b. */
export function standardizeRowsTasks(simd: SimdKernels, input: StandardizeRowsInput) {
  const { x, rows, columns, panels } = input;
  const standard = simd.float64(TILE * columns);
  const packed = simd.float64(TILE * columns);
  return (block: number): void => {
    const first = block * TILE;
    const count = blockSize(block, rows);
    const blockPanels = Math.ceil(count / 4);
    const target = standard.float64.fill(0);
    for (let i = 0; i < count; i++) {
      standardizeRow(x.subarray((first + i) * columns, (first + i + 1) * columns), target, i * columns);
    }
    simd.packPanels(blockPanels, columns, standard, packed);
    panels.set(packed.float64.subarray(0, 4 * blockPanels * columns), first * columns);
  };
}

export interface CorrelateTilesInput {
  /** Of `standardizeRows`. */
  readonly panels: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** (rows, rows) Fisher z. */
  readonly out: Float64Array;
}

/** Task t correlates the rows of tile t. */
export function correlateTilesTasks(simd: SimdKernels, input: CorrelateTilesInput) {
  const { panels, rows, columns, out } = input;
  const a = simd.float64(TILE * columns);
  const b = simd.float64(TILE * columns);
  const z = simd.float64(TILE * TILE);
  const mirrored = simd.float64(TILE * TILE);
  return (index: number): void => {
    const tile = tileAt(index, rows);
    const rowPanels = Math.ceil(tile.rows / 4);
    const columnPanels = Math.ceil(tile.columns / 4);
    a.float64.set(panelsOf(panels, tile.firstRow, rowPanels, columns));
    b.float64.set(panelsOf(panels, tile.firstColumn, columnPanels, columns));
    simd.multiplyPanels(rowPanels, columnPanels, columns, a, b, z);
    simd.fisherZ(16 * rowPanels * columnPanels, z);
    simd.transpose(4 * rowPanels, 4 * columnPanels, z, mirrored);
    if (tile.onDiagonal) {
      const values = z.float64;
      for (let i = 0; i < tile.rows; i++) values[i * (4 * columnPanels + 1)] = MAX_Z;
    }
    writeTile(tile, rows, z.float64, 4 * columnPanels, mirrored.float64, 4 * rowPanels, out);
  };
}

/** The panels of some rows, of which the first is a multiple of four. */
export function panelsOf(
  panels: Float64Array,
  firstRow: number,
  count: number,
  columns: number,
): Float64Array {
  return panels.subarray(firstRow * columns, (firstRow + 4 * count) * columns);
}
