/** How the waveform similarities of nearby pairs are divided into tasks, from the input alone. */
import type { CellRows } from '../core/similarity/nearby-layout.ts';

/** Rows (units around whose peak channel waveforms are compared) of one task, at most. */
export const MAX_ROWS = 256;
/** Columns (units that are compared with them) of one task, at most. */
export const MAX_COLUMNS = 1024;

/** Some rows that share their peak channel, and some positions they are compared with. */
export interface NearbyTask {
  readonly peak: number;
  /** Positions, ascending. */
  readonly rows: Int32Array;
  /** Positions from .. end - 1. */
  readonly from: number;
  readonly end: number;
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
  const byPeak = new Map<number, number[]>();
  for (let p = 0; p < units; p++) {
    const peak = peakChannels[order[p]];
    const known = byPeak.get(peak);
    if (known) known.push(p);
    else byPeak.set(peak, [p]);
  }
  const after: NearbyTask[] = [];
  const before: NearbyTask[] = [];
  for (const [peak, positions] of [...byPeak].sort(([a], [b]) => a - b)) {
    for (let first = 0; first < positions.length; first += MAX_ROWS) {
      const chunk = Int32Array.from(positions.slice(first, first + MAX_ROWS));
      addBlocks(after, peak, chunk, (p) => [start[p], end[p]]);
      addBlocks(before, peak, chunk, (p) => [begin[p], until[p]]);
    }
  }
  return { after, before };
}

function addBlocks(
  tasks: NearbyTask[],
  peak: number,
  chunk: Int32Array,
  reachOf: (p: number) => readonly [number, number],
): void {
  let from = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const p of chunk) {
    const [low, high] = reachOf(p);
    if (low >= high) continue;
    from = Math.min(from, low);
    end = Math.max(end, high);
  }
  for (let start = from; start < end; start += MAX_COLUMNS) {
    const stop = Math.min(end, start + MAX_COLUMNS);
    const rows = chunk.filter((p) => {
      const [low, high] = reachOf(p);
      return low < stop && high > start;
    });
    if (rows.length > 0) tasks.push({ peak, rows, from: start, end: stop });
  }
}
