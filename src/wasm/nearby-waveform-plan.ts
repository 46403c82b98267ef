/** How the waveform similarities of nearby pairs are divided into tasks, from the input alone. */
import type { CellRows } from '../core/similarity/nearby-layout.ts';

/** Columns (units that are compared with the rows) of one task, at most. */
export const MAX_COLUMNS = 128;

/** Some columns, and all rows that are compared with any of them. */
export interface NearbyTask {
  /** Positions from .. end - 1. */
  readonly from: number;
  readonly end: number;
  /** Positions of rows (units around whose peak channel waveforms are compared), those that share the channel together, ascending. */
  readonly rows: Int32Array;
  /** (groups,) the channel that rows share. */
  readonly peaks: Int32Array;
  /** (groups + 1,) where the rows of each begin. */
  readonly starts: Int32Array;
}

export interface NearbyWaveformPlan {
  /** Pairs whose row comes first: every cell is written by one task. */
  readonly after: readonly NearbyTask[];
  /** Pairs whose row comes second: every cell is written by one task. */
  readonly before: readonly NearbyTask[];
}

/** @param peakChannels (units,) */
export function planNearbyWaveforms(
  { units, order, start, end, begin, until }: CellRows,
  peakChannels: Int32Array,
): NearbyWaveformPlan {
  const peaks = order.map((unit) => peakChannels[unit]);
  return {
    after: tasksOf(units, peaks, start, end),
    before: tasksOf(units, peaks, begin, until),
  };
}

/** @param low, high (units,) columns of each row: low .. high - 1 */
function tasksOf(units: number, peaks: Int32Array, low: Int32Array, high: Int32Array): NearbyTask[] {
  const blocks = Array.from({ length: Math.ceil(units / MAX_COLUMNS) }, () => [] as number[]);
  for (let p = 0; p < units; p++) {
    if (low[p] >= high[p]) continue;
    for (let b = Math.floor(low[p] / MAX_COLUMNS); b * MAX_COLUMNS < high[p]; b++) blocks[b].push(p);
  }
  return blocks.flatMap((block, b) => {
    if (block.length === 0) return [];
    const rows = Int32Array.from(block).sort((p, q) => peaks[p] - peaks[q] || p - q);
    const starts = [...rows.keys()].filter((i) => i === 0 || peaks[rows[i]] !== peaks[rows[i - 1]]);
    const from = b * MAX_COLUMNS;
    return [
      {
        ...{ from, end: Math.min(units, from + MAX_COLUMNS), rows },
        peaks: Int32Array.from(starts, (i) => peaks[rows[i]]),
        starts: Int32Array.from([...starts, rows.length]),
      },
    ];
  });
}
