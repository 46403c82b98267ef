/**
 * Which pairs of units are candidates when only nearby ones exist: compressed rows whose columns need not be stored. With
 * the units in the order of their depth, those within reach of a unit are a run of the units that follow it.
 */

/** Which cells a matrix stores: of every position those with a run of later ones. */
export interface CellRows {
  readonly units: number;
  /** (units,) unit at each position. */
  readonly order: Int32Array;
  /** (units,) session number of the unit at each position. */
  readonly sessions: Int32Array;
  /** (units,) first of the later positions that a position has a cell with. */
  readonly start: Int32Array;
  /** (units,) end of these: cells are those of start[p] to end[p] - 1. */
  readonly end: Int32Array;
  /** (units,) first of the earlier positions that have a cell with a position. */
  readonly begin: Int32Array;
  /** (units,) end of these: begin[q] to until[q] - 1; the same as begin[q] when there is none. */
  readonly until: Int32Array;
  /** All of them, those of one session among them. */
  readonly cells: number;
}

/**
 * All pairs within reach of each other: units are in order of rising depth, the lower one first where depths are equal. start[p] is
 * p + 1 and until[p] is p, so that those within reach of p are begin[p] to end[p] - 1, itself among them.
 */
export interface NearbyLayout extends CellRows {
  /** (units,) position of each unit. */
  readonly position: Int32Array;
  /** Candidate pairs: those of two sessions. */
  readonly pairs: number;
}

/**
 * All pairs of units of two sessions whose depths differ by at most `maxDistance`.
 *
 * @param maxDistance µm
 * @param sessions (units,) session numbers, 1..N
 * @param depths (units,) µm, the motion taken out
 */
export function nearbyLayout(
  maxDistance: number,
  sessions: ArrayLike<number>,
  depths: Float64Array,
): NearbyLayout {
  const units = depths.length;
  if (sessions.length !== units) {
    throw new RangeError(`nearbyLayout: got ${sessions.length} sessions, expected ${units}`);
  }
  const order = Int32Array.from({ length: units }, (_, unit) => unit);
  order.sort((a, b) => depths[a] - depths[b] || a - b);
  const position = new Int32Array(units);
  const ordered = new Int32Array(units);
  for (let p = 0; p < units; p++) {
    position[order[p]] = p;
    ordered[p] = sessions[order[p]];
  }
  const start = Int32Array.from({ length: units }, (_, p) => p + 1);
  const end = new Int32Array(units);
  const inReach = new Map<number, number>();
  let cells = 0;
  let sameSession = 0;
  let last = 0;
  for (let p = 0; p < units; p++) {
    for (; last < units && depths[order[last]] - depths[order[p]] <= maxDistance; last++) {
      inReach.set(ordered[last], (inReach.get(ordered[last]) ?? 0) + 1);
    }
    end[p] = Math.max(last, p + 1);
    cells += end[p] - p - 1;
    // Those of its own session that are still ahead, itself not counted.
    const ahead = (inReach.get(ordered[p]) ?? 1) - 1;
    sameSession += ahead;
    inReach.set(ordered[p], ahead);
  }
  const rows = { units, order, sessions: ordered, start, end, ...earlierPositions(start, end), cells };
  return { ...rows, position, pairs: cells - sameSession };
}

/**
 * The earlier positions that have a cell with each, where they lie next to each other.
 * @param start (units,) first of the later ones; where there are any, it never falls from position to position
 * @param end (units,) end of these; as start
 */
export function earlierPositions(start: Int32Array, end: Int32Array): Pick<CellRows, 'begin' | 'until'> {
  const begin = new Int32Array(start.length);
  const until = new Int32Array(start.length);
  const rows = start.map((_, p) => p).filter((p) => start[p] < end[p]);
  let [first, last] = [0, 0];
  for (let q = 0; q < start.length; q++) {
    while (first < rows.length && end[rows[first]] <= q) first++;
    while (last < rows.length && start[rows[last]] <= q) last++;
    begin[q] = first < last ? rows[first] : q;
    until[q] = first < last ? rows[last - 1] + 1 : q;
  }
  return { begin, until };
}

/** Whether two units are a candidate pair. */
export function isCandidate(layout: NearbyLayout, a: number, b: number): boolean {
  const p = Math.min(layout.position[a], layout.position[b]);
  const q = Math.max(layout.position[a], layout.position[b]);
  return p < q && q < layout.end[p] && layout.sessions[p] !== layout.sessions[q];
}
