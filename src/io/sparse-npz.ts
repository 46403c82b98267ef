/** Matrices of nearby pairs as SciPy's sparse files: `scipy.sparse.load_npz` gives a CSR matrix. */
import { clustersOf } from '../core/curation/cluster-labels.ts';
import type { ClusteringResult } from '../core/result.ts';
import { candidatesOf, candidateValues } from '../core/similarity/candidate-rows.ts';
import {
  isNearbyMatrix,
  type NearbyMatrix,
  type SimilarityMatrix,
} from '../core/similarity/nearby-matrix.ts';
import type { NumericDtype } from './npy-elements.ts';
import type { NpyOutput } from './npy-writer.ts';
import { npyMember } from './npz.ts';
import { type Blocks, type ClusteredBlocks, placeOfUnits } from './result-blocks.ts';
import type { ZipMember } from './stored-zip.ts';

/** Marks that are put together at once. */
const PIECE_LENGTH = 1 << 18;
/** Elements that are put together before they are written, at most: the more, the nearer in the matrix are those that follow each other. */
const MOST_AT_ONCE = 1 << 23;
/** More elements need 64-bit indices. */
const MOST_INT32 = 2 ** 31 - 1;

/** Results whose similarities are written. */
export type SparseBlocks = Blocks<SparseResult>;

interface SparseResult {
  readonly clustering: Pick<ClusteringResult, 'similarity' | 'featureSimilarity'>;
}

export interface SparseContent {
  /** Matrix whose nearby pairs have elements. */
  readonly matrixOf: (result: SparseResult) => SimilarityMatrix | undefined;
  /** Element of a pair from its value in that matrix; the value itself when left out. */
  readonly element?: (value: number) => number;
  /** Elements of the diagonal; none when left out. */
  readonly diagonal?: number;
}

/** Whether a result has values for nearby pairs only. */
export const isSparse = ({ blocks }: ClusteredBlocks) =>
  blocks.some(({ result }) => isNearbyMatrix(result.clustering.similarity));

/**
 * Members of the sparse file of a symmetric (units, units) matrix: both triangles, indices ascending in every row, units of
 * different shanks apart.
 *
 * @param atOnce elements that are put together before they are written, at most, unless a row has more
 */
export function sparseMembers(
  result: SparseBlocks,
  content: SparseContent,
  atOnce = MOST_AT_ONCE,
): ZipMember[] {
  const { units, blocks } = result;
  const rows = sparseRows(result, content);
  const own = content.diagonal === undefined ? 0 : 1;
  const indptr = new Float64Array(units + 1);
  for (let unit = 0; unit < units; unit++) indptr[unit + 1] = indptr[unit] + own + rows.pairsOf(unit);
  const index = indptr[units] > MOST_INT32 ? 'int64' : 'int32';
  const order = blocks.flatMap(({ units: all, result }) => {
    const { similarity } = result.clustering;
    return isNearbyMatrix(similarity) ? Array.from(similarity.layout.order, (unit) => all[unit]) : [...all];
  });
  const matrices = blocks.map((block) => content.matrixOf(block.result));
  const isDouble = matrices.every(
    (matrix) => !matrix || !isNearbyMatrix(matrix) || matrix.precision === 'float64',
  );
  return [
    npyMember(
      'indices',
      keptColumns(result, own, () =>
        elementsOf(index, { indptr, order, atOnce }, rows.columns, (length) => new Int32Array(length)),
      ),
    ),
    npyMember('indptr', { dtype: index, shape: [units + 1], data: indptr }),
    npyMember('format', { dtype: 'unicode', shape: [], data: ['csr'] }),
    npyMember('shape', { dtype: 'int64', shape: [2], data: [units, units] }),
    npyMember(
      'data',
      elementsOf(
        isDouble ? 'float64' : 'float32',
        { indptr, order, atOnce },
        rows.values,
        (length) => new Float64Array(length),
      ),
    ),
  ];
}

/** Members of the sparse file of the pairs that share a cluster; true on the diagonal. */
export function sparseClusterMembers(units: number, labels: Int32Array): ZipMember[] {
  const clusters = clustersOf(labels);
  const rowOf = (unit: number) => (labels[unit] < 0 ? [unit] : clusters[labels[unit]]);
  const indptr = new Float64Array(units + 1);
  for (let unit = 0; unit < units; unit++) indptr[unit + 1] = indptr[unit] + rowOf(unit).length;
  const elements = indptr[units];
  const index = elements > MOST_INT32 ? 'int64' : 'int32';
  const order = Array.from({ length: units }, (_, unit) => unit);
  const fill = (unit: number, row: Int32Array) => {
    row.set(rowOf(unit));
  };
  return [
    npyMember(
      'indices',
      elementsOf(index, { indptr, order, atOnce: MOST_AT_ONCE }, fill, (length) => new Int32Array(length)),
    ),
    npyMember('indptr', { dtype: index, shape: [units + 1], data: indptr }),
    npyMember('format', { dtype: 'unicode', shape: [], data: ['csr'] }),
    npyMember('shape', { dtype: 'int64', shape: [2], data: [units, units] }),
    npyMember('data', {
      dtype: 'bool',
      shape: [elements],
      *data() {
        const ones = new Uint8Array(PIECE_LENGTH).fill(1);
        for (let left = elements; left > 0; left -= PIECE_LENGTH) yield ones.subarray(0, left);
      },
    }),
  ];
}

/** Writes a row. */
type FillRow<T> = (unit: number, row: T) => void;

/** Rows one after another, with the columns ascending. */
function sparseRows({ units, blocks }: SparseBlocks, { matrixOf, element, diagonal }: SparseContent) {
  const place = placeOfUnits(units, blocks);
  const open = new Map(
    blocks.map((block) => {
      const matrix = matrixOf(block.result);
      return [block, matrix && isNearbyMatrix(matrix) ? openMatrix(matrix) : undefined];
    }),
  );
  /** Puts the diagonal among the elements of a row, where there is one. */
  const close = (row: Int32Array | Float64Array, others: Int32Array, index: number, own: number) => {
    if (diagonal === undefined) return;
    let middle = others.length;
    for (; middle > 0 && others[middle - 1] > index; middle--) row[middle] = row[middle - 1];
    row[middle] = own;
  };
  const columns: FillRow<Int32Array> = (unit, row) => {
    const { block, index } = place[unit];
    const others = open.get(block)?.rowOf(index) ?? NONE;
    for (let i = 0; i < others.length; i++) row[i] = block.units[others[i]];
    close(row, others, index, unit);
  };
  const values: FillRow<Float64Array> = (unit, row) => {
    const { block, index } = place[unit];
    const matrix = open.get(block);
    const others = matrix?.rowOf(index) ?? NONE;
    const found = matrix?.values(index, others) ?? NONE;
    if (element) for (let i = 0; i < found.length; i++) row[i] = element(found[i]);
    else row.set(found);
    close(row, others, index, diagonal ?? 0);
  };
  const pairsOf = (unit: number) => {
    const { block, index } = place[unit];
    return open.get(block)?.counts[index] ?? 0;
  };
  return { columns, values, pairsOf };
}

/** All matrices of a result have the same columns, with the diagonal or without. */
const knownColumns = new WeakMap<SparseBlocks, NpyOutput[]>();

function keptColumns(result: SparseBlocks, own: 0 | 1, columns: () => NpyOutput): NpyOutput {
  const known = knownColumns.get(result) ?? [];
  known[own] ??= columns();
  knownColumns.set(result, known);
  return known[own];
}

const NONE = new Int32Array(0);

const openMatrix = (matrix: NearbyMatrix) => ({
  ...candidatesOf(matrix.layout, matrix),
  values: candidateValues(matrix),
});

interface RowsToFill {
  /** (units + 1,) where each row begins. */
  readonly indptr: Float64Array;
  /** (units,) units as they are read fastest. */
  readonly order: readonly number[];
  readonly atOnce: number;
}

/** All rows one after another. */
function elementsOf<T extends Int32Array | Float64Array>(
  dtype: NumericDtype,
  { indptr, order, atOnce }: RowsToFill,
  fill: FillRow<T>,
  make: (length: number) => T,
): NpyOutput {
  const units = order.length;
  const length = indptr[units];
  const shape = [length];
  /** Rows first .. end - 1. */
  const rows = (first: number, end: number): T => {
    const data = make(indptr[end] - indptr[first]);
    const at = (unit: number) => indptr[unit] - indptr[first];
    for (const unit of order)
      if (unit >= first && unit < end) fill(unit, data.subarray(at(unit), at(unit + 1)) as T);
    return data;
  };
  if (length <= atOnce) return { dtype, shape, data: rows(0, units) };
  function* data() {
    for (let first = 0, end = 0; first < units; first = end) {
      for (end = first + 1; end < units && indptr[end + 1] - indptr[first] <= atOnce; ) end++;
      yield rows(first, end);
    }
  }
  return { dtype, shape, data };
}

/** An .npz file that is written under the name of the .npy file it replaces. */
export interface SparseFile {
  readonly name: string;
  readonly members: () => ZipMember[];
}
