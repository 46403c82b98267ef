/** The pairs out of very many that a spanning tree can need. */
import type { NearbyLayout } from '../similarity/nearby-layout.ts';
import type { NearbyMatrix } from '../similarity/nearby-matrix.ts';

/** Which candidate pairs are wanted. Plain data, so that it can be sent to threads. */
export interface PairSearch {
  /** At least one; all of one layout and precision. */
  readonly features: readonly NearbyMatrix[];
  readonly weights: Float64Array;
  /** Lowest `Σ_f weights[f]·features[f]`. */
  readonly threshold: number;
  /** (units,) part of the unit at each position: pairs within one part are not wanted. */
  readonly parts: Int32Array;
}

/** Candidate pairs by their positions, `from` before `to`, row by row. */
export interface StrongPairs {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly similarity: Float64Array;
}

/** Cells that one task looks at, about. */
const TASK_CELLS = 1 << 22;

/** The rows of each task: task t has those from `starts[t]` to before `starts[t + 1]`. */
export function strongPairsTasks({ units, start, end }: NearbyLayout): number[] {
  const starts = [0];
  let cells = 0;
  for (let p = 0; p < units; p++) {
    cells += end[p] - start[p];
    if (cells < TASK_CELLS) continue;
    starts.push(p + 1);
    cells = 0;
  }
  if (starts[starts.length - 1] < units) starts.push(units);
  return starts;
}

/** The wanted pairs whose first position lies in `firstRow .. endRow - 1`. */
export function strongPairs(search: PairSearch, firstRow: number, endRow: number): StrongPairs {
  const { features, threshold, parts } = search;
  const [{ layout, pieceOf, origin, scale }] = features;
  const { sessions, start: firstOf, end } = layout;
  const factors = search.weights.map((weight) => weight * scale);
  let room = 1 << 10;
  let from = new Int32Array(room);
  let to = new Int32Array(room);
  let similarity = new Float64Array(room);
  let count = 0;
  const add = (p: number, q: number, value: number) => {
    if (count === room) {
      room *= 2;
      from = grown(from, new Int32Array(room));
      to = grown(to, new Int32Array(room));
      similarity = grown(similarity, new Float64Array(room));
    }
    from[count] = p;
    to[count] = q;
    similarity[count++] = value;
  };
  for (let p = firstRow; p < endRow; p++) {
    const own = sessions[p];
    const part = parts[p];
    const start = origin[p];
    const first = firstOf[p];
    const last = end[p];
    const rows = features.map((feature) => feature.pieces[pieceOf[p]]);
    if (rows.length === 2) {
      // By far the hottest loop, so for two features written out.
      const [x, y] = rows;
      const [wx, wy] = factors;
      for (let q = first; q < last; q++) {
        const value = 0 + wx * x[start + q] + wy * y[start + q];
        if (value >= threshold && sessions[q] !== own && parts[q] !== part) add(p, q, value);
      }
      continue;
    }
    for (let q = first; q < last; q++) {
      let value = 0;
      for (let f = 0; f < rows.length; f++) value += factors[f] * rows[f][start + q];
      if (value >= threshold && sessions[q] !== own && parts[q] !== part) add(p, q, value);
    }
  }
  return {
    from: from.slice(0, count),
    to: to.slice(0, count),
    similarity: similarity.slice(0, count),
  };
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Up to so many cells all pairs are taken at once. */
const FEW_CELLS = 1 << 22;
/** Pairs above the first threshold for each unit, if none of them were left out. */
const FIRST_PER_UNIT = 32;
/** How many times as many pairs lie above each further threshold. */
const GROWTH = 6;
/** Values from which thresholds are told. */
const SAMPLE = 1 << 18;

/** Falling thresholds to go through one after the other; -∞ is the last one. */
export function strongPairsThresholds(
  features: readonly NearbyMatrix[],
  weights: Float64Array,
  fewCells = FEW_CELLS,
): number[] {
  const [{ layout, pieceOf, origin, scale }] = features;
  const { units, start, end, sessions, cells } = layout;
  const thresholds: number[] = [];
  if (cells > fewCells) {
    const step = Math.ceil(cells / SAMPLE);
    const values: number[] = [];
    let skip = 0;
    for (let p = 0; p < units; p++) {
      let q = start[p] + skip;
      for (; q < end[p]; q += step) {
        if (sessions[p] === sessions[q]) continue;
        const cell = origin[p] + q;
        values.push(
          features.reduce((sum, { pieces }, f) => sum + weights[f] * scale * pieces[pieceOf[p]][cell], 0),
        );
      }
      skip = q - end[p];
    }
    const falling = Float64Array.from(values).sort().reverse();
    let share = (FIRST_PER_UNIT * units) / cells;
    for (; share < 0.5; share *= GROWTH) thresholds.push(falling[Math.floor(share * falling.length)]);
  }
  return [...thresholds, Number.NEGATIVE_INFINITY];
}
