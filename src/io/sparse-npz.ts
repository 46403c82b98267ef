/** Matrices of nearby pairs as SciPy's sparse files: `scipy.sparse.load_npz` gives a CSR matrix. */
import { clustersOf } from '../core/curation/cluster-labels.ts';
import { isNearbyMatrix } from '../core/similarity/nearby-matrix.ts';
import type { NumericDtype } from './npy-elements.ts';
import type { NpyOutput } from './npy-writer.ts';
import { npyMember } from './npz.ts';
import type { ClusteredBlocks } from './result-blocks.ts';
import {
  areDouble,
  type Elements,
  type RowRange,
  type SparseBlocks,
  type SparseContent,
  sparseRows,
} from './sparse-rows.ts';
import type { ZipMember } from './stored-zip.ts';

/** Marks that are put together at once. */
const PIECE_LENGTH = 1 << 18;
/** Elements that are put together before they are written, at most: the more, the nearer in the matrix are those that follow each other. */
const MOST_AT_ONCE = 1 << 23;
/** More elements need 64-bit indices. */
const MOST_INT32 = 2 ** 31 - 1;

/** When threads of their own write the files of similarities (stages/write-aside.ts), by the number of pairs within reach. */
export const ASIDE = {
  /** At most; each has the columns of the candidates for itself. */
  threads: 2,
  /** Fewer are written by one thread before another one has started. */
  worthAnother: 2 ** 24,
  /** Of more, memory counts more than time: they are written where the rest of the result is. */
  mostCells: 2 ** 27,
} as const;

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
  const { units } = result;
  const rows = sparseRows(result, content);
  const own = content.diagonal === undefined ? 0 : 1;
  const indptr = new Float64Array(units + 1);
  for (let unit = 0; unit < units; unit++) indptr[unit + 1] = indptr[unit] + own + rows.counts[unit];
  const index = indptr[units] > MOST_INT32 ? 'int64' : 'int32';
  return [
    npyMember(
      'indices',
      keptColumns(result, own, () => elementsOf(index, indptr, atOnce, rows.columns)),
    ),
    npyMember('indptr', { dtype: index, shape: [units + 1], data: indptr }),
    npyMember('format', { dtype: 'unicode', shape: [], data: ['csr'] }),
    npyMember('shape', { dtype: 'int64', shape: [2], data: [units, units] }),
    npyMember(
      'data',
      elementsOf(areDouble(result, content) ? 'float64' : 'float32', indptr, atOnce, rows.values),
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
  const columns = ({ first, end }: RowRange) => {
    const data = new Int32Array(indptr[end] - indptr[first]);
    for (let unit = first; unit < end; unit++) data.set(rowOf(unit), indptr[unit] - indptr[first]);
    return data;
  };
  return [
    npyMember('indices', elementsOf(index, indptr, MOST_AT_ONCE, columns)),
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

/** All matrices of a result have the same columns, with the diagonal or without. */
const knownColumns = new WeakMap<SparseBlocks, NpyOutput[]>();

function keptColumns(result: SparseBlocks, own: 0 | 1, columns: () => NpyOutput): NpyOutput {
  const known = knownColumns.get(result) ?? [];
  known[own] ??= columns();
  knownColumns.set(result, known);
  return known[own];
}

/** All rows one after another, as many at once as may be. */
function elementsOf(
  dtype: NumericDtype,
  indptr: Float64Array,
  atOnce: number,
  rows: (range: RowRange, into?: Elements) => Elements,
): NpyOutput {
  const units = indptr.length - 1;
  const length = indptr[units];
  const shape = [length];
  if (length <= atOnce) return { dtype, shape, data: rows({ indptr, first: 0, end: units }) };
  function* data() {
    let piece: Elements | undefined;
    for (let first = 0, end = 0; first < units; first = end) {
      for (end = first + 1; end < units && indptr[end + 1] - indptr[first] <= atOnce; ) end++;
      piece = rows({ indptr, first, end }, piece);
      yield piece;
    }
  }
  return { dtype, shape, data };
}

/** An .npz file that is written under the name of the .npy file it replaces. */
export interface SparseFile {
  readonly name: string;
  readonly members: () => ZipMember[];
}
