/** A symmetric matrix that has values for nearby pairs only. */
import type { CellRows, NearbyLayout } from './nearby-layout.ts';

/**
 * What a similarity is stored as. float64 is exact; float32 keeps seven digits; int16 has steps of 6 / 32767, 0.0002, and is
 * for very many pairs that only a first guess is made from.
 */
export type CellPrecision = 'float64' | 'float32' | 'int16';
export type Cells = Float64Array | Float32Array | Int16Array;

/** Plain data, so that it can be sent to threads. Cells of a row lie next to each other in one of the pieces. */
export interface NearbyMatrix<Layout extends CellRows = NearbyLayout> {
  readonly layout: Layout;
  readonly precision: CellPrecision;
  /** Value of a cell that holds 1: values are cells times it. */
  readonly scale: number;
  readonly pieces: readonly Cells[];
  /** (units,) piece of the row of each position. */
  readonly pieceOf: Uint16Array;
  /** (units,) where position 0 of the row of each position would be in its piece: position q is at `origin[p] + q`. */
  readonly origin: Int32Array;
  /** Whether some candidate pairs have no value: NaN. A run compares all; what is added to its result, some. */
  readonly gaps?: boolean;
}

/** A matrix with whatever cells. */
export type CellMatrix = NearbyMatrix<CellRows>;

/** A (units, units) matrix of all pairs in row-major order, or one of nearby pairs. */
export type SimilarityMatrix = Float64Array | NearbyMatrix;

export const isNearbyMatrix = (matrix: SimilarityMatrix): matrix is NearbyMatrix => 'layout' in matrix;

/** A matrix of all pairs. @throws RangeError for one of nearby pairs */
export function allPairsOf(matrix: SimilarityMatrix): Float64Array {
  if (isNearbyMatrix(matrix)) throw new RangeError('allPairsOf: got a matrix of nearby pairs');
  return matrix;
}

const CELL_BYTES: Readonly<Record<CellPrecision, number>> = { float64: 8, float32: 4, int16: 2 };
/** Bytes of a piece: all but small matrices consist of pieces of one size, so that memory can be used again. */
export const PIECE_BYTES = 64 << 20;
/** Fisher z never exceeds 6. */
const INT16_SCALE = 6 / 32767;
/** Up to here values are kept as they are computed: nothing distinguishes them from those of a matrix of all pairs. */
const MOST_FLOAT64_CELLS = 2 ** 24;
const MOST_FLOAT32_CELLS = 2 ** 29;

/**
 * The precision that fits a number of cells. It depends on nothing else: results must not depend on the machine.
 * @param gaps whether cells may have no value, NaN, which int16 has no place for
 */
export function precisionFor(cells: number, gaps = false): CellPrecision {
  if (cells <= MOST_FLOAT64_CELLS) return 'float64';
  return gaps || cells <= MOST_FLOAT32_CELLS ? 'float32' : 'int16';
}

/** Bytes of a matrix. */
export function nearbyMatrixBytes(cells: number, precision = precisionFor(cells)): number {
  return cells * CELL_BYTES[precision];
}

/**
 * A matrix whose cells are 0.
 * @param float32 makes the memory, zero-filled
 */
export function createNearbyMatrix<Layout extends CellRows>(
  layout: Layout,
  float32: (length: number) => Float32Array,
  precision: CellPrecision = precisionFor(layout.cells),
): NearbyMatrix<Layout> {
  const { units, start, end } = layout;
  const perPiece = PIECE_BYTES / CELL_BYTES[precision];
  const pieceOf = new Uint16Array(units);
  const origin = new Int32Array(units);
  const used: number[] = [0];
  for (let p = 0; p < units; p++) {
    const length = end[p] - start[p];
    if (length > perPiece) throw new RangeError(`createNearbyMatrix: got a row of ${length} cells`);
    if (used[used.length - 1] + length > perPiece) used.push(0);
    const piece = used.length - 1;
    pieceOf[p] = piece;
    origin[p] = used[piece] - start[p];
    used[piece] += length;
  }
  const bytesOf = (cells: number) =>
    used.length === 1 ? 8 * Math.ceil((cells * CELL_BYTES[precision]) / 8) : PIECE_BYTES;
  return {
    layout,
    precision,
    scale: precision === 'int16' ? INT16_SCALE : 1,
    pieces: used.map((cells) => cellsOver(float32(bytesOf(cells) / 4), precision)),
    pieceOf,
    origin,
  };
}

function cellsOver({ buffer, byteOffset, byteLength }: Float32Array, precision: CellPrecision): Cells {
  if (precision === 'float32') return new Float32Array(buffer, byteOffset, byteLength / 4);
  if (precision === 'float64') return new Float64Array(buffer, byteOffset, byteLength / 8);
  return new Int16Array(buffer, byteOffset, byteLength / 2);
}

/** The memory of a matrix, to be given back. */
export function memoryOf(matrix: CellMatrix): Float32Array[] {
  return matrix.pieces.map(
    ({ buffer, byteOffset, byteLength }) => new Float32Array(buffer, byteOffset, byteLength / 4),
  );
}

/** What every cell is before the largest of several values is looked for. */
export function fillWithLowest(matrix: CellMatrix): void {
  const lowest = matrix.precision === 'int16' ? -32768 : Number.NEGATIVE_INFINITY;
  for (const piece of matrix.pieces) piece.fill(lowest);
}

/** Stores a value; the two positions must be within reach, p < q. */
export function setCell(matrix: CellMatrix, p: number, q: number, value: number): void {
  const cell = matrix.precision === 'int16' ? Math.round(value / matrix.scale) : value;
  matrix.pieces[matrix.pieceOf[p]][matrix.origin[p] + q] = cell;
}

/** Raises a cell to a value where that is larger. */
export function raiseCell(matrix: CellMatrix, p: number, q: number, value: number): void {
  const cells = matrix.pieces[matrix.pieceOf[p]];
  const cell = matrix.precision === 'int16' ? Math.round(value / matrix.scale) : value;
  const at = matrix.origin[p] + q;
  if (cell > cells[at]) cells[at] = cell;
}

/**
 * Value of a matrix at two units.
 * @param diagonal what a unit has with itself where the matrix does not hold it
 * @returns NaN for units that are no candidate pair
 */
export function valueAt(
  matrix: SimilarityMatrix,
  units: number,
  a: number,
  b: number,
  diagonal = Number.NaN,
): number {
  if (!isNearbyMatrix(matrix)) return matrix[a * units + b];
  if (a === b) return diagonal;
  const { position, sessions } = matrix.layout;
  return sessions[position[a]] === sessions[position[b]] ? Number.NaN : cellAt(matrix, a, b);
}

/** Value at two different units, of one session or of two; NaN for units that are not within reach. */
export function cellAt(matrix: NearbyMatrix, a: number, b: number): number {
  const { position, end } = matrix.layout;
  const p = Math.min(position[a], position[b]);
  const q = Math.max(position[a], position[b]);
  return q < end[p] ? cellOf(matrix, p, q) : Number.NaN;
}

/** Value at two positions within reach of each other, p < q. */
export function cellOf({ pieces, pieceOf, origin, scale }: CellMatrix, p: number, q: number): number {
  return pieces[pieceOf[p]][origin[p] + q] * scale;
}
