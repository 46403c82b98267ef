/** Matrices of nearby pairs as SciPy's sparse files: `scipy.sparse.load_npz` gives a CSR matrix. */
import type { TrackingResult } from '../core/result.ts';
import {
  isNearbyMatrix,
  type NearbyMatrix,
  type SimilarityMatrix,
} from '../core/similarity/nearby-matrix.ts';
import { npyMember, type ZipMember } from './npz.ts';
import { placeOfUnits, type ResultBlocks } from './result-blocks.ts';

/** Elements of a matrix that are put together at once. */
const PIECE_LENGTH = 1 << 18;
/** More elements need 64-bit indices. */
const MOST_INT32 = 2 ** 31 - 1;

export interface SparseContent {
  /** Matrix whose nearby pairs have elements. */
  readonly matrixOf: (result: TrackingResult) => SimilarityMatrix | undefined;
  /** Element of a pair from its value in that matrix; the value itself when left out. */
  readonly element?: (value: number) => number;
  /** Elements of the diagonal; none when left out. */
  readonly diagonal?: number;
}

/** Whether a result has values for nearby pairs only. */
export const isSparse = ({ blocks }: ResultBlocks) =>
  blocks.some(({ result }) => isNearbyMatrix(result.clustering.similarity));

/**
 * Members of the sparse file of a symmetric (units, units) matrix: both triangles, indices ascending in every row, units of
 * different shanks apart.
 */
export function sparseMembers(result: ResultBlocks, content: SparseContent): ZipMember[] {
  const { units, blocks } = result;
  const rows = sparseRows(result, content);
  const own = content.diagonal === undefined ? 0 : 1;
  const indptr = new Float64Array(units + 1);
  for (let unit = 0; unit < units; unit++) indptr[unit + 1] = indptr[unit] + own + rows.pairsOf(unit);
  const elements = indptr[units];
  const index = elements > MOST_INT32 ? 'int64' : 'int32';
  const matrices = blocks.map((block) => content.matrixOf(block.result));
  const isDouble = matrices.every(
    (matrix) => !matrix || !isNearbyMatrix(matrix) || matrix.precision === 'float64',
  );
  return [
    npyMember('indices', {
      dtype: index,
      shape: [elements],
      data: () => inPieces(units, rows.fill, (columns) => columns),
    }),
    npyMember('indptr', { dtype: index, shape: [units + 1], data: indptr }),
    npyMember('format', { dtype: 'unicode', shape: [], data: ['csr'] }),
    npyMember('shape', { dtype: 'int64', shape: [2], data: [units, units] }),
    npyMember('data', {
      dtype: isDouble ? 'float64' : 'float32',
      shape: [elements],
      data: () => inPieces(units, rows.fill, (_, values) => values),
    }),
  ];
}

/** Members of the sparse file of the pairs that share a cluster; true on the diagonal. */
export function sparseClusterMembers(units: number, labels: Int32Array): ZipMember[] {
  const clusters: number[][] = [];
  labels.forEach((label, unit) => {
    while (clusters.length <= label) clusters.push([]);
    if (label >= 0) clusters[label].push(unit);
  });
  const rowOf = (unit: number) => (labels[unit] < 0 ? [unit] : clusters[labels[unit]]);
  const indptr = new Float64Array(units + 1);
  for (let unit = 0; unit < units; unit++) indptr[unit + 1] = indptr[unit] + rowOf(unit).length;
  const elements = indptr[units];
  const index = elements > MOST_INT32 ? 'int64' : 'int32';
  return [
    npyMember('indices', {
      dtype: index,
      shape: [elements],
      *data() {
        for (let unit = 0; unit < units; unit++) yield rowOf(unit);
      },
    }),
    npyMember('indptr', { dtype: index, shape: [units + 1], data: indptr }),
    npyMember('format', { dtype: 'unicode', shape: [], data: ['csr'] }),
    npyMember('shape', { dtype: 'int64', shape: [2], data: [units, units] }),
    npyMember('data', {
      dtype: 'bool',
      shape: [elements],
      *data() {
        for (let unit = 0; unit < units; unit++) yield new Uint8Array(rowOf(unit).length).fill(1);
      },
    }),
  ];
}

type FillRow = (unit: number, columns: Int32Array, values: Float64Array) => number;

/** Rows one after another, with the columns ascending. */
function sparseRows({ units, blocks }: ResultBlocks, { matrixOf, element, diagonal }: SparseContent) {
  const place = placeOfUnits(units, blocks);
  const matrices = new Map(blocks.map((block) => [block, matrixOf(block.result)]));
  const dense = new Float64Array(units);
  const marks = new Uint32Array(Math.ceil(units / 32));
  const nearbyOf = (unit: number): { matrix: NearbyMatrix | undefined; index: number; own: Int32Array } => {
    const { block, index } = place[unit];
    const matrix = matrices.get(block);
    return { matrix: matrix && isNearbyMatrix(matrix) ? matrix : undefined, index, own: block.units };
  };
  const fill: FillRow = (unit, columns, values) => {
    const { matrix, index, own } = nearbyOf(unit);
    if (matrix) {
      const { layout, pieces, pieceOf, origin, scale } = matrix;
      const { order, sessions, begin, end } = layout;
      const p = layout.position[index];
      for (let q = begin[p]; q < end[p]; q++) {
        if (sessions[q] === sessions[p]) continue;
        const value = q < p ? pieces[pieceOf[q]][origin[q] + p] : pieces[pieceOf[p]][origin[p] + q];
        const column = own[order[q]];
        dense[column] = element ? element(value * scale) : value * scale;
        marks[column >>> 5] |= 1 << (column & 31);
      }
    }
    if (diagonal !== undefined) {
      dense[unit] = diagonal;
      marks[unit >>> 5] |= 1 << (unit & 31);
    }
    let count = 0;
    for (let word = 0; word < marks.length; word++) {
      for (let bits = marks[word]; bits !== 0; bits &= bits - 1) {
        const column = 32 * word + 31 - Math.clz32(bits & -bits);
        columns[count] = column;
        values[count++] = dense[column];
      }
      marks[word] = 0;
    }
    return count;
  };
  return {
    fill,
    pairsOf(unit: number): number {
      const { matrix, index } = nearbyOf(unit);
      if (!matrix) return 0;
      const { sessions, begin, end, position } = matrix.layout;
      const p = position[index];
      let count = 0;
      for (let q = begin[p]; q < end[p]; q++) if (sessions[q] !== sessions[p]) count++;
      return count;
    },
  };
}

function* inPieces<T extends Int32Array | Float64Array>(
  units: number,
  fill: FillRow,
  choose: (columns: Int32Array, values: Float64Array) => T,
): Generator<T> {
  const columns = new Int32Array(units);
  const values = new Float64Array(units);
  const row = choose(columns, values);
  let parts: T[] = [];
  let length = 0;
  const joined = (): T => {
    const piece = row instanceof Int32Array ? new Int32Array(length) : new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      piece.set(part, at);
      at += part.length;
    }
    parts = [];
    length = 0;
    return piece as T;
  };
  for (let unit = 0; unit < units; unit++) {
    const count = fill(unit, columns, values);
    parts.push(row.slice(0, count) as T);
    length += count;
    if (length >= PIECE_LENGTH) yield joined();
  }
  if (length > 0) yield joined();
}

/** An .npz file that is written under the name of the .npy file it replaces. */
export interface SparseFile {
  readonly name: string;
  readonly members: () => ZipMember[];
}
