/**
 * The candidates of every unit, one unit after the other. Who reads all of a matrix does so in the order of its positions, where the
 * columns of one unit lie beside those of the next: several times as fast as in the order of the units.
 */
import type { NearbyLayout } from './nearby-layout.ts';
import { cellOf, type NearbyMatrix } from './nearby-matrix.ts';

/** Gives the candidates of a unit, ascending; the array is used again for the next one. */
export type CandidateRows = (unit: number) => Int32Array;

/** @param matrix of that layout; candidates without a value are left out when it has gaps, which are the same in all matrices of a layout */
function candidateRows(layout: NearbyLayout, matrix?: NearbyMatrix): CandidateRows {
  const { units, order, position, begin, end } = layout;
  const isPair = pairTest(layout, matrix);
  const row = new Int32Array(longestReach(layout));
  /** One bit for each unit: those that are set come out in their order. */
  const marks = new Int32Array(Math.ceil(units / 32));
  return (unit) => {
    const p = position[unit];
    let count = 0;
    let [first, last] = [marks.length, -1];
    for (let q = begin[p]; q < end[p]; q++) {
      if (!isPair(p, q)) continue;
      const other = order[q];
      const word = other >> 5;
      marks[word] |= 1 << (other & 31);
      first = Math.min(first, word);
      last = Math.max(last, word);
    }
    for (let word = first; word <= last; word++) {
      let bits = marks[word];
      for (; bits !== 0; bits &= bits - 1) row[count++] = 32 * word + 31 - Math.clz32(bits & -bits);
      marks[word] = 0;
    }
    return row.subarray(0, count);
  };
}

export interface Candidates {
  /** (units,) */
  readonly counts: Int32Array;
  readonly rowOf: CandidateRows;
}

/** Up to so many candidates of all units are listed once for all who ask. */
export const MOST_KEPT = 1 << 26;
/** Of all candidates, and of those that have a value. */
const kept = {
  all: new WeakMap<NearbyLayout, Candidates>(),
  valued: new WeakMap<NearbyLayout, Candidates>(),
};

/** The candidates of all units, which are listed once where they are not too many. @param matrix as of `candidateRows` */
export function candidatesOf(layout: NearbyLayout, matrix?: NearbyMatrix): Candidates {
  const known = kept[matrix?.gaps ? 'valued' : 'all'];
  const found = known.get(layout);
  if (found) return found;
  const { units, order } = layout;
  const counts = candidateCounts(layout, matrix);
  const read = candidateRows(layout, matrix);
  const starts = new Float64Array(units + 1);
  for (let unit = 0; unit < units; unit++) starts[unit + 1] = starts[unit] + counts[unit];
  if (starts[units] > MOST_KEPT) return { counts, rowOf: read };
  const list = new Int32Array(starts[units]);
  for (const unit of order) list.set(read(unit), starts[unit]);
  const candidates = { counts, rowOf: (unit: number) => list.subarray(starts[unit], starts[unit + 1]) };
  known.set(layout, candidates);
  return candidates;
}

/** Gives what a matrix holds of a unit and others that are its candidates. */
export function candidateValues({ layout, pieces, pieceOf, origin, scale }: NearbyMatrix) {
  const { position } = layout;
  const row = new Float64Array(longestReach(layout));
  return (unit: number, others: Int32Array): Float64Array => {
    const p = position[unit];
    const own = pieces[pieceOf[p]];
    for (let i = 0; i < others.length; i++) {
      const q = position[others[i]];
      row[i] = (q < p ? pieces[pieceOf[q]][origin[q] + p] : own[origin[p] + q]) * scale;
    }
    return row.subarray(0, others.length);
  };
}

/** (units,) number of candidates of each unit. @param matrix as of `candidateRows` */
function candidateCounts(layout: NearbyLayout, matrix?: NearbyMatrix): Int32Array {
  const { units, order, end } = layout;
  const isPair = pairTest(layout, matrix);
  const counts = new Int32Array(units);
  for (let p = 0; p < units; p++) {
    for (let q = p + 1; q < end[p]; q++) {
      if (!isPair(p, q)) continue;
      counts[order[p]]++;
      counts[order[q]]++;
    }
  }
  return counts;
}

const longestReach = ({ begin, end }: NearbyLayout) =>
  begin.reduce((longest, first, p) => Math.max(longest, end[p] - first), 0);

/** Whether two positions within reach are a candidate pair that has a value. */
type IsPair = (p: number, q: number) => boolean;

function pairTest({ sessions }: NearbyLayout, matrix: NearbyMatrix | undefined): IsPair {
  if (!matrix?.gaps) return (p, q) => sessions[p] !== sessions[q];
  return (p, q) =>
    sessions[p] !== sessions[q] && !Number.isNaN(cellOf(matrix, Math.min(p, q), Math.max(p, q)));
}
