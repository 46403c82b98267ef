/** The candidates of every unit, in the order of the units. */
import type { NearbyLayout } from './nearby-layout.ts';
import { cellOf, type NearbyMatrix } from './nearby-matrix.ts';

/** Up to so many cells the rows are found together, and kept with the layout. */
const MOST_KEPT = 2 ** 24;

const keptWhole = new WeakMap<NearbyLayout, CandidateRows>();
const keptWithGaps = new WeakMap<NearbyLayout, CandidateRows>();

/** Gives the candidates of a unit, ascending; the array may be used again for the next one. */
export type CandidateRows = (unit: number) => Int32Array;

/** @param matrix of that layout; candidates without a value are left out when it has gaps, which are the same in all matrices of a layout */
export function candidateRows(layout: NearbyLayout, matrix?: NearbyMatrix): CandidateRows {
  const { sessions } = layout;
  const isPair = matrix?.gaps
    ? (p: number, q: number) =>
        sessions[q] !== sessions[p] && !Number.isNaN(cellOf(matrix, Math.min(p, q), Math.max(p, q)))
    : (p: number, q: number) => sessions[q] !== sessions[p];
  if (layout.cells > MOST_KEPT) return rowByRow(layout, isPair);
  const kept = matrix?.gaps ? keptWithGaps : keptWhole;
  let rows = kept.get(layout);
  if (!rows) {
    rows = allRows(layout, isPair);
    kept.set(layout, rows);
  }
  return rows;
}

type IsPair = (p: number, q: number) => boolean;

function rowByRow({ units, order, position, begin, end }: NearbyLayout, isPair: IsPair): CandidateRows {
  const row = new Int32Array(units);
  return (unit) => {
    const p = position[unit];
    let count = 0;
    for (let q = begin[p]; q < end[p]; q++) if (q !== p && isPair(p, q)) row[count++] = order[q];
    return row.subarray(0, count).sort();
  };
}

/** Every unit in turn goes to the rows of its candidates: those rise by themselves. */
function allRows({ units, order, position, begin, end }: NearbyLayout, isPair: IsPair): CandidateRows {
  const starts = new Int32Array(units + 1);
  for (let unit = 0; unit < units; unit++) {
    const p = position[unit];
    let count = 0;
    for (let q = begin[p]; q < end[p]; q++) if (q !== p && isPair(p, q)) count++;
    starts[unit + 1] = starts[unit] + count;
  }
  const next = starts.slice(0, units);
  const columns = new Int32Array(starts[units]);
  for (let unit = 0; unit < units; unit++) {
    const p = position[unit];
    for (let q = begin[p]; q < end[p]; q++) if (q !== p && isPair(p, q)) columns[next[order[q]]++] = unit;
  }
  return (unit) => columns.subarray(starts[unit], starts[unit + 1]);
}
