/** Rows of symmetric (units, units) matrices of nearby pairs: both triangles, columns ascending, units of different shanks apart. */
import type { ClusteringResult } from '../core/result.ts';
import { candidatesOf, candidateValues } from '../core/similarity/candidate-rows.ts';
import {
  isNearbyMatrix,
  type NearbyMatrix,
  type SimilarityMatrix,
} from '../core/similarity/nearby-matrix.ts';
import { type Blocks, placeOfUnits } from './result-blocks.ts';

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
  /** Elements of the row of a unit beside the diagonal. */
  readonly pairsOf: (unit: number) => number;
  /** Columns of the elements of some rows. */
  columns(range: RowRange): Int32Array;
  /** Their values. */
  values(range: RowRange): Float64Array;
}

/** The matrix that has the elements of a block, where it has one. */
export const matrixOf = (
  { clustering }: SparseResult,
  { feature }: Pick<SparseContent, 'feature'>,
): SimilarityMatrix | undefined =>
  feature === undefined ? clustering.similarity : clustering.featureSimilarity[feature];

/** From the list of the pairs where there is one, which is several times as fast; else from the matrices. */
export function sparseRows(result: SparseBlocks, content: SparseContent): SparseRows {
  const lists = result.blocks.map(({ units, result: { clustering } }) => {
    const { pairs, pairSimilarities } = clustering;
    if (!pairs || !pairSimilarities) return undefined;
    const { weighted, byFeature } = pairSimilarities;
    return {
      units,
      list: pairs.units,
      values: content.feature === undefined ? weighted : byFeature[content.feature],
    };
  });
  return lists.every((list) => list !== undefined)
    ? listedRows(result.units, lists, content)
    : matrixRows(result, content);
}

const lengthOf = ({ indptr, first, end }: RowRange) => indptr[end] - indptr[first];

/** Pairs of the units of a block, ordered by the later unit. */
interface PairList {
  /** (units of the block,) ascending. */
  readonly units: Int32Array;
  /** (P, 2) earlier and later unit, by their places in the block. */
  readonly list: Int32Array;
  /** (P,) */
  readonly values: Float64Array;
}

function listedRows(
  units: number,
  lists: readonly PairList[],
  { element, diagonal }: SparseContent,
): SparseRows {
  const counts = new Int32Array(units);
  for (const { units: all, list } of lists) for (let i = 0; i < list.length; i++) counts[all[list[i]]]++;
  return {
    pairsOf: (unit) => counts[unit],
    columns(range) {
      const data = new Int32Array(lengthOf(range));
      const hasOwn = diagonal !== undefined;
      for (const list of lists) spread(range, list, { data, hasOwn });
      return data;
    },
    values(range) {
      const data = new Float64Array(lengthOf(range));
      for (const list of lists) {
        const values = element ? list.values.map(element) : list.values;
        spread(range, list, { data, values, hasOwn: diagonal !== undefined, own: diagonal });
      }
      return data;
    },
  };
}

interface Spread {
  /** Takes the elements of the rows, one row after another. */
  readonly data: Int32Array | Float64Array;
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

const openMatrix = (matrix: NearbyMatrix) => ({
  ...candidatesOf(matrix.layout, matrix),
  values: candidateValues(matrix),
});

function matrixRows({ units, blocks }: SparseBlocks, content: SparseContent): SparseRows {
  const { element, diagonal } = content;
  const place = placeOfUnits(units, blocks);
  const open = new Map(
    blocks.map((block) => {
      const matrix = matrixOf(block.result, content);
      return [block, matrix && isNearbyMatrix(matrix) ? openMatrix(matrix) : undefined];
    }),
  );
  /** Units in the order in which they are read fastest. */
  const order = blocks.flatMap(({ units: all, result: { clustering } }) =>
    isNearbyMatrix(clustering.similarity)
      ? Array.from(clustering.similarity.layout.order, (unit) => all[unit])
      : [...all],
  );
  /** Puts the diagonal among the elements of a row, where there is one. */
  const close = (row: Int32Array | Float64Array, others: Int32Array, index: number, own: number) => {
    if (diagonal === undefined) return;
    let middle = others.length;
    for (; middle > 0 && others[middle - 1] > index; middle--) row[middle] = row[middle - 1];
    row[middle] = own;
  };
  const fill = <T extends Int32Array | Float64Array>(
    { indptr, first, end }: RowRange,
    data: T,
    fillRow: (unit: number, row: T) => void,
  ): T => {
    const at = (unit: number) => indptr[unit] - indptr[first];
    for (const unit of order)
      if (unit >= first && unit < end) fillRow(unit, data.subarray(at(unit), at(unit + 1)) as T);
    return data;
  };
  const fillColumns = (unit: number, row: Int32Array) => {
    const { block, index } = place[unit];
    const others = open.get(block)?.rowOf(index) ?? NONE;
    for (let i = 0; i < others.length; i++) row[i] = block.units[others[i]];
    close(row, others, index, unit);
  };
  const fillValues = (unit: number, row: Float64Array) => {
    const { block, index } = place[unit];
    const matrix = open.get(block);
    const others = matrix?.rowOf(index) ?? NONE;
    const found = matrix?.values(index, others) ?? NONE;
    if (element) for (let i = 0; i < found.length; i++) row[i] = element(found[i]);
    else row.set(found);
    close(row, others, index, diagonal ?? 0);
  };
  return {
    pairsOf: (unit) => open.get(place[unit].block)?.counts[place[unit].index] ?? 0,
    columns: (range) => fill(range, new Int32Array(lengthOf(range)), fillColumns),
    values: (range) => fill(range, new Float64Array(lengthOf(range)), fillValues),
  };
}
