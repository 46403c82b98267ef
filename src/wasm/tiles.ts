/** The pairs of a symmetric matrix in square tiles, those on and above the diagonal. */

/** Units on a side of a tile. */
export const TILE = 256;

export interface Tile {
  readonly firstRow: number;
  readonly rows: number;
  readonly firstColumn: number;
  readonly columns: number;
  readonly onDiagonal: boolean;
}

export function blockCount(units: number): number {
  return Math.ceil(units / TILE);
}

export function tileCount(units: number): number {
  const blocks = blockCount(units);
  return (blocks * (blocks + 1)) / 2;
}

/** Units of a block of `TILE`. */
export function blockSize(block: number, units: number): number {
  return Math.min(TILE, units - block * TILE);
}

/** The tile of an index in `0 .. tileCount - 1`: row by row of the upper triangle. */
export function tileAt(index: number, units: number): Tile {
  let row = 0;
  let left = index;
  for (let inRow = blockCount(units); left >= inRow; inRow--) {
    left -= inRow;
    row++;
  }
  const column = row + left;
  return {
    firstRow: row * TILE,
    rows: blockSize(row, units),
    firstColumn: column * TILE,
    columns: blockSize(column, units),
    onDiagonal: row === column,
  };
}

/**
 * Writes a tile of `z` (its rows `stride` apart) and its mirror image `mirrored` (rows `mirroredStride` apart) into the
 * (units, units) matrix `out`.
 */
export function writeTile(
  tile: Tile,
  units: number,
  z: Float64Array,
  stride: number,
  mirrored: Float64Array,
  mirroredStride: number,
  out: Float64Array,
): void {
  const { firstRow, rows, firstColumn, columns, onDiagonal } = tile;
  for (let i = 0; i < rows; i++) {
    out.set(z.subarray(i * stride, i * stride + columns), (firstRow + i) * units + firstColumn);
  }
  if (onDiagonal) return;
  for (let j = 0; j < columns; j++) {
    const row = mirrored.subarray(j * mirroredStride, j * mirroredStride + rows);
    out.set(row, (firstColumn + j) * units + firstRow);
  }
}
