/** How the waveform similarities of one template are divided into tasks, from the input alone. */

/** Rows (units around whose peak channel waveforms are compared) of one task: their share of a chunk fits the second-level cache. */
const MAX_ROWS = 128;
/** Columns (units that are compared with them) of one task, at most. */
const MAX_COLUMNS = 4096;
/** Bytes of the columns' waveforms on the channels of one task, at most. */
const MAX_COLUMN_BYTES = 96 << 20;
/** Samples summed in registers before they are added up, about. It fixes the order of summation: results depend on it. */
const DEPTH = 384;

/** Channels of which products are summed in registers together. */
export const channelsAtOnce = (samples: number): number => Math.max(1, Math.floor(DEPTH / samples));

/** Units whose peak channels are neighbours, so that their neighbourhoods overlap. */
export interface RowGroup {
  /** The units, those with the same peak channel next to each other. */
  readonly units: Int32Array;
  /** All channels of their neighbourhoods, ascending. */
  readonly channels: Int32Array;
}

export interface WaveformPlan {
  readonly groups: readonly RowGroup[];
  /** Number of column blocks. */
  readonly blocks: number;
  /** Columns of a block, a multiple of 8. */
  readonly blockColumns: number;
  /** Channels of the group that has most. */
  readonly slots: number;
  /** Channels summed in registers together. */
  readonly chunkChannels: number;
  /** Groups times blocks; task t is group t mod groups of block ⌊t / groups⌋. */
  readonly tasks: number;
}

/**
 * @param peakChannels (units,)
 * @param neighbours (channels, neighbourCount)
 */
export function planWaveforms(
  peakChannels: Int32Array,
  neighbours: Int32Array,
  neighbourCount: number,
  samples: number,
): WaveformPlan {
  const units = peakChannels.length;
  const groups = groupRows(peakChannels, neighbours, neighbourCount);
  const slots = Math.max(1, ...groups.map((group) => group.channels.length));
  const panelBytes = slots * samples * 8 * 4;
  const mostColumns = 8 * Math.max(1, Math.min(MAX_COLUMNS / 8, Math.floor(MAX_COLUMN_BYTES / panelBytes)));
  const blocks = Math.ceil(units / mostColumns);
  return {
    groups,
    blocks,
    blockColumns: 8 * Math.ceil(units / blocks / 8),
    slots,
    chunkChannels: channelsAtOnce(samples),
    tasks: groups.length * blocks,
  };
}

/** Starts from the lowest channel that is left and adds the channels nearest to it, until there are enough rows. */
function groupRows(peakChannels: Int32Array, neighbours: Int32Array, neighbourCount: number): RowGroup[] {
  const neighboursOf = (channel: number) =>
    neighbours.subarray(channel * neighbourCount, (channel + 1) * neighbourCount);
  const unitsOf = new Map<number, number[]>();
  peakChannels.forEach((peak, unit) => {
    const known = unitsOf.get(peak);
    if (known) known.push(unit);
    else unitsOf.set(peak, [unit]);
  });
  const groups: RowGroup[] = [];
  const left = new Set([...unitsOf.keys()].sort((a, b) => a - b));
  for (const seed of left) {
    const peaks: number[] = [];
    let rows = 0;
    for (const channel of [seed, ...neighboursOf(seed)]) {
      const more = unitsOf.get(channel)?.length ?? 0;
      if (!left.has(channel) || more === 0) continue;
      if (rows > 0 && rows + more > MAX_ROWS) break;
      left.delete(channel);
      peaks.push(channel);
      rows += more;
    }
    peaks.sort((a, b) => a - b);
    const units = Int32Array.from(peaks.flatMap((peak) => unitsOf.get(peak) as number[]));
    const channels = Int32Array.from(new Set(peaks.flatMap((peak) => [...neighboursOf(peak)]))).sort();
    for (let first = 0; first < rows; first += MAX_ROWS) {
      groups.push({ units: units.subarray(first, first + MAX_ROWS), channels });
    }
  }
  return groups;
}
