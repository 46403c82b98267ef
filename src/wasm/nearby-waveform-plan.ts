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

/** Tasks, each made when it is asked for: those of many units would take much memory together. */
export interface NearbyTasks {
  readonly count: number;
  taskOf(index: number): NearbyTask;
}

export interface NearbyWaveformPlan {
  /** Pairs whose row comes first: every cell is written by one task. */
  readonly after: NearbyTasks;
  /** Pairs whose row comes second: every cell is written by one task. */
  readonly before: NearbyTasks;
}

/** @param peakChannels (units,) */
export function planNearbyWaveforms(
  { order, start, end, begin, until }: CellRows,
  peakChannels: Int32Array,
): NearbyWaveformPlan {
  const peaks = order.map((unit) => peakChannels[unit]);
  return { after: tasksOf(peaks, start, end), before: tasksOf(peaks, begin, until) };
}

/**
 * @param peaks (units,) channel of each position
 * @param low (units,) first column of each row
 * @param high (units,) end of its columns
 */
function tasksOf(peaks: Int32Array, low: Int32Array, high: Int32Array): NearbyTasks {
  const units = peaks.length;
  const byPeak = Int32Array.from(peaks.keys())
    .filter((p) => low[p] < high[p])
    .sort((p, q) => peaks[p] - peaks[q] || p - q);
  return {
    count: Math.ceil(units / MAX_COLUMNS),
    taskOf(index) {
      const from = index * MAX_COLUMNS;
      const end = Math.min(units, from + MAX_COLUMNS);
      const rows = byPeak.filter((p) => low[p] < end && high[p] > from);
      const starts: number[] = [];
      rows.forEach((p, i) => {
        if (i === 0 || peaks[p] !== peaks[rows[i - 1]]) starts.push(i);
      });
      return {
        ...{ from, end, rows },
        peaks: Int32Array.from(starts, (i) => peaks[rows[i]]),
        starts: Int32Array.from([...starts, rows.length]),
      };
    },
  };
}
