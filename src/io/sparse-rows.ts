/** Rows of symmetric (units, units) matrices of nearby pairs: both triangles, columns ascending, units of different shanks apart. */
import type { ClusteringResult } from '../core/result.ts';
import { candidatesOf, candidateValues } from '../core/similarity/candidate-rows.ts';
import { isNearbyMatrix, type NearbyMatrix } from '../core/similarity/nearby-matrix.ts';
import type { Blocks } from './result-blocks.ts';

/** Results whose similarities are written. */
export type SparseBlocks = Blocks<SparseResult>;

export interface SparseResult {
  readonly clustering: Pick<ClusteringResult, 'similarity' | 'featureSimilarity' | 'pairSimilarities'> &
    Partial<Pick<ClusteringResult, 'pairs'>>;
}

/** What the elements of a matrix are. */
export interface SparseContent {
  /** Position of the feature; the weighted similarity when left out. */
  readonly feature?: number;
  /** Element of a pair from its similarity; the similarity itself when left out. */
  readonly element?: (value: number) => number;
  /** Elements of the diagonal; none when left out. */
  readonly diagonal?: number;
}

/** Rows first .. end - 1. */
export interface RowRange {
  /** (units + 1,) where each row begins. */
  readonly indptr: Float64Array;
  readonly first: number;
  readonly end: number;
}

export interface SparseRows {
  /** (units,) elements of each row beside the diagonal. */
  readonly counts: Int32Array;
  /** Columns of the elements of some rows. @param into what an earlier call gave, which is no longer needed */
  columns(range: RowRange, into?: Elements): Int32Array;
  /** Their values, as exact as they were computed. */
  values(range: RowRange, into?: Elements): Values;
}

type Values = Float32Array | Float64Array;
export type Elements = Int32Array | Values;

/** The rows of the units of a block, each in its place among those of all units. */
interface BlockRows {
  count(counts: Int32Array): void;
  columns(range: RowRange, data: Int32Array): void;
  values(range: RowRange, data: Values): void;
}

/** Of every block from the list of its pairs where there is one, which is faster; else from its matrix. */
export function sparseRows({ units, blocks }: SparseBlocks, content: SparseContent): SparseRows {
  const rows = blocks.map(({ units: all, result: { clustering } }): BlockRows => {
    const values = listedValues(clustering, content);
    const { pairs } = clustering;
    if (pairs && values) return listedRows({ units: all, list: pairs.units, values }, content);
    return matrixRows(all, clustering, content);
  });
  const counts = new Int32Array(units);
  for (const block of rows) block.count(counts);
  const lengthOf = ({ indptr, first, end }: RowRange) => indptr[end] - indptr[first];
  const Numbers = areDouble({ units, blocks }, content) ? Float64Array : Float32Array;
  return {
    counts,
    columns(range, into) {
      const data = room(Int32Array, lengthOf(range), into);
      for (const block of rows) block.columns(range, data);
      return data;
    },
    values(range, into) {
      const data = room<Values>(Numbers, lengthOf(range), into);
      for (const block of rows) block.values(range, data);
      return data;
    },
  };
}

/** An array in the memory of another one where that suffices: new memory is touched page by page, and given back late. */
function room<T extends Elements>(
  Kind: { new (length: number): T; new (buffer: ArrayBufferLike, at: number, length: number): T } & {
    readonly BYTES_PER_ELEMENT: number;
  },
  length: number,
  into: Elements | undefined,
): T {
  const fits = into && into.buffer.byteLength >= length * Kind.BYTES_PER_ELEMENT;
  return fits ? new Kind(into.buffer, 0, length) : new Kind(length);
}

/** Whether the elements are as exact as they were computed. */
export const areDouble = ({ blocks }: SparseBlocks, content: SparseContent): boolean =>
  blocks.every(({ result: { clustering } }) => {
    const matrix = listedValues(clustering, content) ? undefined : matrixOf(clustering, content);
    return !matrix || !isNearbyMatrix(matrix) || matrix.precision === 'float64';
  });

type Similarities = SparseResult['clustering'];

const listedValues = ({ pairSimilarities }: Similarities, { feature }: SparseContent) =>
  feature === undefined ? pairSimilarities?.weighted : pairSimilarities?.byFeature[feature];

const matrixOf = ({ similarity, featureSimilarity }: Similarities, { feature }: SparseContent) =>
  feature === undefined ? similarity : featureSimilarity[feature];

/** Pairs of the units of a block, ordered by the later unit. */
interface PairList {
  /** (units of the block,) ascending. */
  readonly units: Int32Array;
  /** (P, 2) earlier and later unit, by their places in the block. */
  readonly list: Int32Array;
  /** (P,) */
  readonly values: Float64Array;
}

function listedRows(pairs: PairList, { element, diagonal }: SparseContent): BlockRows {
  const { units } = pairs;
  const hasOwn = diagonal !== undefined;
  return {
    count(counts) {
      const own = pairCounts(pairs);
      for (let b = 0; b < units.length; b++) counts[units[b]] += own[b];
    },
    columns(range, data) {
      spread(range, pairs, { data, hasOwn });
    },
    values(range, data) {
      const values = element ? listElements(pairs.values, element) : pairs.values;
      spread(range, pairs, { data, values, hasOwn, own: diagonal });
    },
  };
}

/** All matrices of a result have the same pairs. */
const knownCounts = new WeakMap<Int32Array, Int32Array>();

/** Pairs of every unit of the block. */
function pairCounts({ units, list }: PairList): Int32Array {
  const known = knownCounts.get(list);
  if (known) return known;
  const counts = new Int32Array(units.length);
  for (let i = 0; i < list.length; i++) counts[list[i]]++;
  knownCounts.set(list, counts);
  return counts;
}

/** A loop takes two thirds of the time of `map`. */
function listElements(values: Float64Array, element: (value: number) => number): Float64Array {
  const elements = new Float64Array(values.length);
  for (let p = 0; p < values.length; p++) elements[p] = element(values[p]);
  return elements;
}

interface Spread {
  /** Takes the elements of the rows, one row after another. */
  readonly data: Elements;
  /** (P,) element of each pair; the column of the element when left out. */
  readonly values?: Float64Array;
  readonly hasOwn: boolean;
  /** Element of the diagonal, where there is one; its column when left out. */
  readonly own?: number;
}

/**
 * Puts every pair into the rows of both of its units. A row begins with the pairs in which its unit is the later one, and goes on with those
 * in which it is the earlier one: both come in the order of the list.
 */
function spread(
  { indptr, first, end }: RowRange,
  { units, list }: PairList,
  { data, values, hasOwn, own }: Spread,
): void {
  const next = new Int32Array(end - first);
  for (let row = first; row < end; row++) next[row - first] = indptr[row] - indptr[first];
  const count = list.length / 2;
  let pair = 0;
  for (let b = 0; b < units.length; b++) {
    const later = units[b];
    const isLaterIn = later >= first && later < end;
    for (; pair < count && list[2 * pair + 1] === b; pair++) {
      const earlier = units[list[2 * pair]];
      if (isLaterIn) data[next[later - first]++] = values ? values[pair] : earlier;
      if (earlier >= first && earlier < end) data[next[earlier - first]++] = values ? values[pair] : later;
    }
    if (isLaterIn && hasOwn) data[next[later - first]++] = own ?? later;
  }
}

const NONE = new Int32Array(0);

/** @param units (units of the block,) ascending */
function matrixRows(units: Int32Array, similarities: Similarities, content: SparseContent): BlockRows {
  const { element, diagonal } = content;
  const matrix = matrixOf(similarities, content);
  const open = matrix && isNearbyMatrix(matrix) ? openMatrix(matrix) : undefined;
  /** Units in the order in which they are read fastest. */
  const order = open?.order ?? Int32Array.from(units.keys());
  /** Puts the diagonal among the elements of a row, where there is one. */
  const close = (row: Elements, others: Int32Array, index: number, own: number) => {
    if (diagonal === undefined) return;
    let middle = others.length;
    for (; middle > 0 && others[middle - 1] > index; middle--) row[middle] = row[middle - 1];
    row[middle] = own;
  };
  const fill = <T extends Elements>(
    { indptr, first, end }: RowRange,
    data: T,
    fillRow: (index: number, row: T) => void,
  ) => {
    const at = (unit: number) => indptr[unit] - indptr[first];
    for (const index of order) {
      const unit = units[index];
      if (unit >= first && unit < end) fillRow(index, data.subarray(at(unit), at(unit + 1)) as T);
    }
  };
  return {
    count(counts) {
      open?.counts.forEach((count, index) => {
        counts[units[index]] = count;
      });
    },
    columns: (range, data) =>
      fill(range, data, (index, row) => {
        const others = open?.rowOf(index) ?? NONE;
        for (let i = 0; i < others.length; i++) row[i] = units[others[i]];
        close(row, others, index, units[index]);
      }),
    values: (range, data) =>
      fill(range, data, (index, row) => {
        const others = open?.rowOf(index) ?? NONE;
        const found = open?.values(index, others) ?? NONE;
        if (element) for (let i = 0; i < found.length; i++) row[i] = element(found[i]);
        else row.set(found);
        close(row, others, index, diagonal ?? 0);
      }),
  };
}

const openMatrix = (matrix: NearbyMatrix) => ({
  ...candidatesOf(matrix.layout, matrix),
  values: candidateValues(matrix),
  order: matrix.layout.order,
});
