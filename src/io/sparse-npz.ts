/** Matrices of nearby pairs as SciPy's sparse files: `scipy.sparse.load_npz` gives a CSR matrix. */
import { clustersOf } from '../core/curation/cluster-labels.ts';
import type { TrackingResult } from '../core/result.ts';
import {
  type CandidateRows,
  candidateCounts,
  candidateRows,
  candidateValues,
} from '../core/similarity/candidate-rows.ts';
import type { NearbyLayout } from '../core/similarity/nearby-layout.ts';
import {
  isNearbyMatrix,
  type NearbyMatrix,
  type SimilarityMatrix,
} from '../core/similarity/nearby-matrix.ts';
import type { NumericDtype } from './npy-elements.ts';
import type { NpyOutput } from './npy-writer.ts';
import { npyMember, type ZipMember } from './npz.ts';
import { type ClusteredBlocks, placeOfUnits, type ResultBlocks } from './result-blocks.ts';

/** Elements of a matrix that are put together at once. */
const PIECE_LENGTH = 1 << 18;
/** Up to so many candidates are kept for the next file, and so many elements put together before they are written, which takes half the time. */
const MOST_KEPT = 1 << 23;
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
export const isSparse = ({ blocks }: ClusteredBlocks) =>
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
    npyMember(
      'indices',
      elementsOf(index, elements, units, rows.columns, (length) => new Int32Array(length)),
    ),
    npyMember('indptr', { dtype: index, shape: [units + 1], data: indptr }),
    npyMember('format', { dtype: 'unicode', shape: [], data: ['csr'] }),
    npyMember('shape', { dtype: 'int64', shape: [2], data: [units, units] }),
    npyMember(
      'data',
      elementsOf(
        isDouble ? 'float64' : 'float32',
        elements,
        units,
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

/** Writes what there is of a row and returns how much that is. */
type FillRow<T> = (unit: number, row: T) => number;

/** Rows one after another, with the columns ascending. */
function sparseRows({ units, blocks }: ResultBlocks, { matrixOf, element, diagonal }: SparseContent) {
  const place = placeOfUnits(units, blocks);
  const open = new Map(
    blocks.map((block) => {
      const matrix = matrixOf(block.result);
      return [block, matrix && isNearbyMatrix(matrix) ? openMatrix(matrix) : undefined];
    }),
  );
  /** Candidates before the unit itself. */
  const before = (others: Int32Array, index: number) => {
    let count = 0;
    while (count < others.length && others[count] < index) count++;
    return count;
  };
  const columns: FillRow<Int32Array> = (unit, row) => {
    const { block, index } = place[unit];
    const others = open.get(block)?.candidates(index) ?? NONE;
    const middle = diagonal === undefined ? others.length : before(others, index);
    for (let i = 0; i < others.length; i++) row[i < middle ? i : i + 1] = block.units[others[i]];
    if (diagonal === undefined) return others.length;
    row[middle] = unit;
    return others.length + 1;
  };
  const values: FillRow<Float64Array> = (unit, row) => {
    const { block, index } = place[unit];
    const matrix = open.get(block);
    const others = matrix?.candidates(index) ?? NONE;
    const middle = diagonal === undefined ? others.length : before(others, index);
    const found = matrix?.values(index, others) ?? [];
    for (let i = 0; i < found.length; i++)
      row[i < middle ? i : i + 1] = element ? element(found[i]) : found[i];
    if (diagonal === undefined) return others.length;
    row[middle] = diagonal;
    return others.length + 1;
  };
  const pairsOf = (unit: number) => {
    const { block, index } = place[unit];
    return open.get(block)?.counts[index] ?? 0;
  };
  return { columns, values, pairsOf };
}

const NONE = new Int32Array(0);

const openMatrix = (matrix: NearbyMatrix) => ({ ...candidatesOf(matrix), values: candidateValues(matrix) });

interface Candidates {
  /** (units,) */
  readonly counts: Int32Array;
  readonly candidates: CandidateRows;
}
/** All matrices of a layout have the same gaps. */
const knownCandidates = new WeakMap<NearbyLayout, Candidates>();

function candidatesOf(matrix: NearbyMatrix): Candidates {
  const { layout } = matrix;
  const known = knownCandidates.get(layout);
  if (known) return known;
  const counts = candidateCounts(layout, matrix);
  const rowOf = candidateRows(layout, matrix);
  const starts = new Float64Array(layout.units + 1);
  for (let unit = 0; unit < layout.units; unit++) starts[unit + 1] = starts[unit] + counts[unit];
  if (starts[layout.units] > MOST_KEPT) return { counts, candidates: rowOf };
  const all = new Int32Array(starts[layout.units]);
  for (let unit = 0; unit < layout.units; unit++) all.set(rowOf(unit), starts[unit]);
  const found = { counts, candidates: (unit: number) => all.subarray(starts[unit], starts[unit + 1]) };
  knownCandidates.set(layout, found);
  return found;
}

/** All rows one after another, put together before they are written when they are not too many. */
function elementsOf<T extends Int32Array | Float64Array>(
  dtype: NumericDtype,
  length: number,
  units: number,
  fill: FillRow<T>,
  make: (length: number) => T,
): NpyOutput {
  const shape = [length];
  if (length > MOST_KEPT) return { dtype, shape, data: () => inPieces(units, fill, make) };
  const data = make(length + units);
  let at = 0;
  for (let unit = 0; unit < units; unit++) at += fill(unit, data.subarray(at, at + units) as T);
  return { dtype, shape, data: data.subarray(0, length) as T };
}

function* inPieces<T extends Int32Array | Float64Array>(
  units: number,
  fill: FillRow<T>,
  make: (length: number) => T,
): Generator<T> {
  const most = PIECE_LENGTH + units + 1;
  let piece = make(most);
  let length = 0;
  for (let unit = 0; unit < units; unit++) {
    length += fill(unit, piece.subarray(length, length + units) as T);
    if (length < PIECE_LENGTH) continue;
    yield piece.subarray(0, length) as T;
    piece = make(most);
    length = 0;
  }
  if (length > 0) yield piece.subarray(0, length) as T;
}

/** An .npz file that is written under the name of the .npy file it replaces. */
export interface SparseFile {
  readonly name: string;
  readonly members: () => ZipMember[];
}
