/** The candidates of every unit, in the order of the units. */
import type { NearbyLayout } from './nearby-layout.ts';
import { cellOf, type NearbyMatrix } from './nearby-matrix.ts';

/** Candidates of units that follow each other, found together. */
const RANGE_PAIRS = 1 << 22;

/** Candidates of some units that follow each other, row by row. */
export interface CandidateRange {
  readonly first: number;
  /** (units of the range + 1,) where the row of each unit starts. */
  readonly starts: Int32Array;
  /** Candidates of each unit, ascending. */
  readonly columns: Int32Array;
  /** What the matrix holds there. */
  readonly values?: Float64Array;
}

export interface CandidateRowsOptions {
  /** Of that layout. Candidates without a value are left out when it has gaps, which are the same in all matrices of a layout. */
  readonly matrix?: NearbyMatrix;
  /** Whether the values of the matrix are wanted too. */
  readonly values?: boolean;
  /** Pairs of a range, about. */
  readonly rangePairs?: number;
}

/** The rows of all units, range after range. */
export function* candidateRanges(
  layout: NearbyLayout,
  { matrix, values = false, rangePairs = RANGE_PAIRS }: CandidateRowsOptions = {},
): Generator<CandidateRange> {
  const { units, position, begin, end } = layout;
  for (let first = 0; first < units; ) {
    let last = first;
    for (let pairs = 0; last < units && (last === first || pairs < rangePairs); last++) {
      const p = position[last];
      pairs += end[p] - begin[p] - 1;
    }
    yield rangeOf(layout, first, last, matrix, values);
    first = last;
  }
}

/** Every unit in turn goes to the rows of its candidates: those rise by themselves. */
function rangeOf(
  layout: NearbyLayout,
  first: number,
  last: number,
  matrix: NearbyMatrix | undefined,
  wantsValues: boolean,
): CandidateRange {
  const { units, order, position, begin, end } = layout;
  /** Positions of the units of the range, ascending. */
  const own = position.slice(first, last).sort();
  /** (units + 1,) how many of them lie before each position. */
  const before = new Int32Array(units + 1);
  for (const p of own) before[p + 1] = 1;
  for (let p = 0; p < units; p++) before[p + 1] += before[p];
  const isPair = pairTest(layout, matrix);
  const starts = new Int32Array(last - first + 1);
  for (let unit = first; unit < last; unit++)
    starts[unit - first + 1] = starts[unit - first] + countOf(layout, position[unit], isPair);
  const next = starts.slice(0, last - first);
  const columns = new Int32Array(starts[last - first]);
  const values = wantsValues && matrix ? new Float64Array(columns.length) : undefined;
  for (let unit = 0; unit < units; unit++) {
    const p = position[unit];
    for (let i = before[begin[p]]; i < before[end[p]]; i++) {
      const q = own[i];
      if (!isPair(p, q)) continue;
      const at = next[order[q] - first]++;
      columns[at] = unit;
      if (values && matrix) values[at] = p < q ? cellOf(matrix, p, q) : cellOf(matrix, q, p);
    }
  }
  return { first, starts, columns, values };
}

/** (units,) number of candidates of each unit. @param matrix as of `candidateRanges` */
export function candidateCounts(layout: NearbyLayout, matrix?: NearbyMatrix): Int32Array {
  const isPair = pairTest(layout, matrix);
  return layout.position.map((p) => countOf(layout, p, isPair));
}

/** Whether two positions within reach are a candidate pair that has a value. */
type IsPair = (p: number, q: number) => boolean;

function pairTest({ sessions }: NearbyLayout, matrix: NearbyMatrix | undefined): IsPair {
  if (!matrix?.gaps) return (p, q) => sessions[p] !== sessions[q];
  return (p, q) =>
    sessions[p] !== sessions[q] && !Number.isNaN(cellOf(matrix, Math.min(p, q), Math.max(p, q)));
}

function countOf({ begin, end }: NearbyLayout, p: number, isPair: IsPair): number {
  let count = 0;
  for (let q = begin[p]; q < end[p]; q++) if (isPair(p, q)) count++;
  return count;
}
