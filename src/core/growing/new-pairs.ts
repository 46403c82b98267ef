/** Which pairs of units with new ones among them are compared. */
import type { UnitPairs } from '../result.ts';
import { type CellRows, earlierPositions, nearbyLayout } from '../similarity/nearby-layout.ts';
import { type CellMatrix, cellOf } from '../similarity/nearby-matrix.ts';

/** Old and new units in one order: the new ones are those from `oldUnits` on. */
export interface NewPairs {
  /** Pairs of a new unit and an old one: the new units come first, each kind in order of depth. Cells are in the rows of new units. */
  readonly between: CellRows;
  /** Pairs of new units. */
  readonly among: CellRows;
}

/** A similarity of the pairs. */
export interface NewSimilarity {
  readonly between: CellMatrix;
  readonly among: CellMatrix;
}

/** Pairs and their Fisher z by each of some features. */
export interface ComparedPairs extends UnitPairs {
  /** (pairs,) each, in the order of the features. */
  readonly similarity: readonly Float64Array[];
}

/** Pairs that a result tells of, by all of its features or by some. */
export interface KnownPairs extends UnitPairs {
  /** (pairs,) each, in the order of the features; undefined for those that another part tells. */
  readonly similarity: readonly (Float64Array | undefined)[];
}

/** How far apart in depth the units of pairs are at most, µm. */
export interface PairReach {
  /** Of a new unit and an old one. */
  readonly between: number;
  /** Of two new units; no two are compared where it is negative. */
  readonly among: number;
}

/**
 * The pairs of a new unit with another one within reach.
 *
 * @param old the old units that are compared
 * @param sessions (units,) session numbers, 1..N
 * @param depths (units,) µm, the motion taken out
 */
export function newPairs(
  reach: PairReach,
  oldUnits: number,
  old: Int32Array,
  sessions: Int32Array,
  depths: Float64Array,
): NewPairs {
  const own = nearbyLayout(reach.among, sessions.subarray(oldUnits), depths.subarray(oldUnits));
  const fresh = own.order.map((unit) => oldUnits + unit);
  const others = old.slice().sort((a, b) => depths[a] - depths[b] || a - b);
  const units = fresh.length + others.length;
  const order = new Int32Array(units);
  order.set(fresh);
  order.set(others, fresh.length);
  const start = Int32Array.from({ length: units }, (_, p) => p + 1);
  const end = start.slice();
  let cells = 0;
  let [first, last] = [fresh.length, fresh.length];
  for (let p = 0; p < fresh.length; p++) {
    const depth = depths[fresh[p]];
    while (first < units && depth - depths[order[first]] > reach.between) first++;
    while (last < units && depths[order[last]] - depth <= reach.between) last++;
    start[p] = Math.min(first, last);
    end[p] = last;
    cells += last - start[p];
  }
  const between = {
    ...{ units, order, sessions: order.map((unit) => sessions[unit]), start, end, cells },
    ...earlierPositions(start, end),
  };
  const among = {
    units: own.units,
    order: fresh,
    sessions: own.sessions,
    start: own.start,
    end: own.end,
    begin: own.begin,
    until: own.until,
    cells: own.cells,
  };
  return { between, among };
}

/**
 * All pairs of a layout with their similarities.
 * @returns pairs a < b of which b is new, ordered by b, then a
 */
export function listNewPairs(
  { between, among }: NewPairs,
  oldUnits: number,
  similarities: readonly NewSimilarity[],
): ComparedPairs {
  const count = between.cells + among.cells;
  const units = new Int32Array(2 * count);
  const values = similarities.map(() => new Float64Array(count));
  const places = { between: placesOf(between.order), among: placesOf(among.order) };
  let at = 0;
  /** Lists the pairs of a unit with some others, ascending. */
  const add = (b: number, others: Int32Array, part: keyof NewPairs) => {
    const place = places[part];
    const p = place[b];
    const positions = others.map((unit) => place[unit]);
    for (let f = 0; f < values.length; f++)
      readCells(similarities[f][part], p, positions, values[f].subarray(at, at + others.length));
    for (let i = 0; i < others.length; i++) {
      units[2 * (at + i)] = others[i];
      units[2 * (at + i) + 1] = b;
    }
    at += others.length;
  };
  for (let b = oldUnits; b < oldUnits + among.units; b++) {
    const p = places.among[b];
    add(b, between.order.slice(between.start[p], between.end[p]).sort(), 'between');
    const near = among.order.slice(among.begin[p], among.end[p]).sort();
    add(b, near.subarray(0, near.indexOf(b)), 'among');
  }
  return { count, units, similarity: values };
}

/** Reads the cells that a position has with some others. */
function readCells(matrix: CellMatrix, p: number, positions: Int32Array, target: Float64Array): void {
  const { pieces, pieceOf, origin, scale } = matrix;
  const [row, first] = [pieces[pieceOf[p]], origin[p]];
  for (let i = 0; i < positions.length; i++) {
    const q = positions[i];
    target[i] = q < p ? cellOf(matrix, q, p) : row[first + q] * scale;
  }
}

/** Where every unit of an order stands. */
function placesOf(order: Int32Array): Int32Array {
  const places = new Int32Array(order.reduce((last, unit) => Math.max(last, unit), -1) + 1);
  order.forEach((unit, place) => {
    places[unit] = place;
  });
  return places;
}
