/**
 * Correlations of the waveforms of nearby pairs on the neighbourhood of the row's peak channel, as float32 products of packed panels. Rows
 * are centred on that neighbourhood when they are packed. What is constant over it in a column counts for nothing then: columns are packed
 * once, on all channels that any row of the task needs.
 */
import type { CellMatrix } from '../core/similarity/nearby-matrix.ts';
import { pieceOfUnit, type WaveformWindows } from '../core/similarity/waveform-windows.ts';
import type { SimdKernels } from './bindings.ts';
import { MAX_COLUMNS, type NearbyTask } from './nearby-waveform-plan.ts';
import type { Region } from './scratch-memory.ts';

export interface NearbyWaveformsInput {
  readonly windows: WaveformWindows;
  /** Of `windowMoments`. */
  readonly means: Float64Array;
  readonly squares: Float64Array;
  readonly neighbours: Int32Array;
  readonly neighbourCount: number;
  /** Whether the rows come first in their pairs, else second. */
  readonly rowsFirst: boolean;
  /** Raised where the new similarity is larger. */
  readonly out: CellMatrix;
}

/** Rows that are packed at a time, at most. */
const MAX_ROWS = 256;
/** Bytes of columns that are packed at a time, about: they are to stay in the cache while rows pass. */
const COLUMN_BYTES = 4 << 20;
/** Samples summed in registers before they are added up, about. It fixes the order of summation: results depend on it. */
const DEPTH = 384;
/**
 * Above it, Fisher z magnifies the error of float32, 1e-7 / (1 - r²), beyond what the matrix is to tell: such pairs are correlated again in
 * float64. Matrices of int16, for a first guess, never.
 */
const LARGEST_COARSE = { float64: 0.9, float32: 0.99, int16: Number.POSITIVE_INFINITY } as const;

/** Runs of channels: where they are among those wanted, where in a window, and how many. */
type Runs = readonly (readonly [place: number, slot: number, count: number])[];

/** Each task is some columns against all rows that reach them. */
export function nearbyWaveformsTasks(simd: SimdKernels, input: NearbyWaveformsInput) {
  const { windows, neighbours, neighbourCount, rowsFirst, out } = input;
  const { samples } = windows;
  const { layout, pieces, pieceOf, origin } = out;
  const { order, start, end, begin, until } = layout;
  const largestCoarse = LARGEST_COARSE[out.precision];
  const toCell = out.precision === 'int16' ? 1 / out.scale : 0;
  const size = neighbourCount * samples;
  const chunkChannels = Math.max(1, Math.floor(DEPTH / samples));
  const chunks = Math.ceil(neighbourCount / chunkChannels);
  const rowPanels = Math.ceil(MAX_ROWS / 4);
  const { channels } = windows;
  const [low, high] = rowsFirst ? [start, end] : [begin, until];

  /** [chunk][panel][channel of the chunk][sample][4] float32 */
  const packedRows = simd.float32(rowPanels * 4 * size);
  /** [panel][channel of the task][sample][8] float32 */
  const packedColumns = simd.float32(Math.max(COLUMN_BYTES / 4, 8 * channels * samples));
  const products = simd.float32(MAX_ROWS * (MAX_COLUMNS + 8));
  const lists = simd.int32(rowPanels * chunks * (2 + 2 * chunkChannels));
  const staged = simd.float32(8 * channels * samples);
  const stagedMeans = simd.float64(8 * channels);
  const rowMeans = simd.float64(neighbourCount);
  const targets = simd.int32(channels);
  const inverse = new Float64Array(MAX_COLUMNS + 8);
  const z = simd.float64(MAX_COLUMNS + 2);
  const exactRow = simd.float32(size);
  const exactColumn = simd.float32(size);

  /** Channels that the rows of the task need, ascending, and the place of each among them. */
  let used = new Int32Array(0);
  const placeOf = new Int32Array(channels);
  const near = new Int32Array(neighbourCount);
  let held = -1;
  /** Runs of channels of the neighbourhood that lie next to each other in the window of an anchor. */
  let runs = new Map<number, Runs>();
  const runsByPeak = new Map<number, Map<number, Runs>>();

  function holdPeak(peak: number): void {
    if (peak === held) return;
    held = peak;
    near.set(neighbours.subarray(peak * neighbourCount, (peak + 1) * neighbourCount));
    near.sort();
    runs = runsByPeak.get(peak) ?? new Map();
    runsByPeak.set(peak, runs);
  }

  function runsOf(anchor: number): Runs {
    const known = runs.get(anchor);
    if (known) return known;
    const found = runsIn(near, anchor);
    runs.set(anchor, found);
    return found;
  }

  function runsIn(wanted: Int32Array, anchor: number): Runs {
    const found: [number, number, number][] = [];
    wanted.forEach((channel, place) => {
      const slot = windows.slotOf[anchor * channels + channel];
      if (slot < 0) return;
      const last = found.at(-1);
      if (last && last[0] + last[2] === place && last[1] + last[2] === slot) last[2]++;
      else found.push([place, slot, 1]);
    });
    return found;
  }

  /** Copies the waveform of a unit on some channels, `count` in all; 0 where it is not kept. */
  function stage(unit: number, parts: Runs, count: number, target: Float32Array, at: number): void {
    const piece = pieceOfUnit(windows, unit);
    const start = (unit % windows.unitsPerPiece) * windows.width;
    if (parts.length !== 1 || parts[0][2] !== count) target.fill(0, at, at + count * samples);
    for (const [place, slot, count] of parts) {
      const from = (start + slot) * samples;
      target.set(piece.subarray(from, from + count * samples), at + place * samples);
    }
  }

  /** Mean of a unit on the neighbourhood, and norm of what differs from it; exactly 0 where the waveform is constant. */
  function meanAndNorm(unit: number): { mean: number; norm: number } {
    const { means, squares } = input;
    const first = unit * windows.width;
    const parts = runsOf(windows.anchors[unit]);
    let sum = 0;
    let total = 0;
    let held = 0;
    for (const [, slot, count] of parts) {
      for (let at = first + slot; at < first + slot + count; at++) {
        sum += means[at];
        total += squares[at];
      }
      held += count;
    }
    const mean = sum / neighbourCount;
    let between = (neighbourCount - held) * mean * mean;
    for (const [, slot, count] of parts) {
      for (let at = first + slot; at < first + slot + count; at++) {
        const difference = means[at] - mean;
        between += difference * difference;
      }
    }
    return { mean, norm: Math.sqrt(total + samples * between) };
  }

  /** Packs the rows and returns for each chunk the lists of `multiplyWaveforms`. */
  function packRows(rows: Int32Array): Region[] {
    const panels = Math.ceil(rows.length / 4);
    const words = lists.int32;
    const found: Region[] = [];
    let word = 0;
    for (let first = 0; first < neighbourCount; first += chunkChannels) {
      const count = Math.min(chunkChannels, neighbourCount - first);
      found.push(lists.from(4 * word));
      const slots = placesOf(near.subarray(first, first + count));
      for (let panel = 0; panel < panels; panel++) {
        words[word++] = slots.length;
        words[word++] = (first * panels + panel * count) * samples * 16;
        for (const [slot, length] of slots) {
          words[word++] = slot * samples * 32;
          words[word++] = length;
        }
      }
    }
    packedRows.float32.fill(0, 0, panels * 4 * size);
    rows.forEach((p, row) => {
      const unit = order[p];
      const { mean, norm } = meanAndNorm(unit);
      if (norm === 0) return;
      stage(unit, runsOf(windows.anchors[unit]), neighbourCount, staged.float32, 0);
      rowMeans.float64.fill(mean);
      const panel = row >> 2;
      for (let c = 0; c < neighbourCount; c++) {
        const first = c - (c % chunkChannels);
        const count = Math.min(chunkChannels, neighbourCount - first);
        targets.int32[c] = (first * panels + panel * count + c - first) * samples * 16;
      }
      simd.packRow(neighbourCount, samples, staged, rowMeans, 1 / norm, targets, row & 3, packedRows);
    });
    return found;
  }

  /** Runs of channels that lie beside each other among those of the task. */
  function placesOf(wanted: Int32Array): [place: number, count: number][] {
    const found: [number, number][] = [];
    for (const channel of wanted) {
      const last = found.at(-1);
      if (last && last[0] + last[1] === placeOf[channel]) last[1]++;
      else found.push([placeOf[channel], 1]);
    }
    return found;
  }

  function holdChannels(peaks: Int32Array): void {
    const found = new Set<number>();
    for (const peak of peaks)
      for (const channel of neighbours.subarray(peak * neighbourCount, (peak + 1) * neighbourCount))
        found.add(channel);
    used = Int32Array.from(found).sort();
    used.forEach((channel, place) => {
      placeOf[channel] = place;
    });
  }

  /** Packs columns on the channels of the task, less their mean: it counts for nothing, but would take digits. */
  function packColumns(from: number, to: number, panelBytes: number): void {
    const runsOfAnchors = new Map<number, Runs>();
    const means = stagedMeans.float64;
    const count = used.length;
    for (let c = 0; c < count; c++) targets.int32[c] = c * samples * 32;
    for (let first = from; first < to; first += 8) {
      for (let lane = 0; lane < 8; lane++) {
        const q = first + lane;
        const at = lane * count * samples;
        if (q >= to) {
          staged.float32.fill(0, at, at + count * samples);
          for (let c = 0; c < count; c++) means[8 * c + lane] = 0;
          continue;
        }
        const unit = order[q];
        const anchor = windows.anchors[unit];
        const parts = runsOfAnchors.get(anchor) ?? runsIn(used, anchor);
        runsOfAnchors.set(anchor, parts);
        stage(unit, parts, count, staged.float32, at);
        const mean = meanOfWindow(unit);
        for (let c = 0; c < count; c++) means[8 * c + lane] = mean;
      }
      const panel = (first - from) / 8;
      simd.packColumns(count, samples, staged, stagedMeans, targets, packedColumns.from(panel * panelBytes));
    }
  }

  function meanOfWindow(unit: number): number {
    const { means } = input;
    const { width } = windows;
    let sum = 0;
    for (let at = unit * width; at < (unit + 1) * width; at++) sum += means[at];
    return sum / width;
  }

  /** Compares rows that share the held channel with packed columns `packed` .. to - 1. */
  function compare(rows: Int32Array, packed: number, to: number, panelBytes: number): void {
    let [first, last] = [to, packed];
    for (const p of rows) {
      first = Math.min(first, Math.max(packed, low[p]));
      last = Math.max(last, Math.min(to, high[p]));
    }
    if (first >= last) return;
    const firstPanel = (first - packed) >> 3;
    const from = packed + 8 * firstPanel;
    const panels = Math.ceil((last - from) / 8);
    for (let q = first; q < last; q++) {
      const { norm } = meanAndNorm(order[q]);
      inverse[q - from] = norm === 0 ? 0 : 1 / norm;
    }
    const rowCount = 4 * Math.ceil(rows.length / 4);
    const columns = packedColumns.from(firstPanel * panelBytes);
    packRows(rows).forEach((list, chunk) => {
      const add = chunk > 0;
      simd.multiplyWaveforms(
        rowCount / 4,
        panels,
        samples,
        list,
        packedRows,
        columns,
        panelBytes,
        products,
        add,
      );
    });
    const r = products.float32;
    const values = z.float64;
    rows.forEach((p, row) => {
      const begin = Math.max(first, low[p]);
      const count = Math.min(last, high[p]) - begin;
      if (count <= 0) return;
      for (let k = 0; k < count; k++) {
        const column = begin + k - from;
        values[k] = r[((column >> 3) * rowCount + row) * 8 + (column & 7)] * inverse[column];
      }
      correlateAgain(order[p], begin, count, values);
      simd.fisherZ(count + (count & 1), z);
      if (rowsFirst) raiseRow(pieces[pieceOf[p]], origin[p] + begin, values, count);
      else {
        for (let k = 0; k < count; k++) {
          const cells = pieces[pieceOf[begin + k]];
          const cell = toCell > 0 ? Math.round(values[k] * toCell) : values[k];
          if (cell > cells[origin[begin + k] + p]) cells[origin[begin + k] + p] = cell;
        }
      }
    });
  }

  return (_index: number, { peaks, starts, rows, from, end: to }: NearbyTask): void => {
    if (peaks.length === 0) return;
    holdChannels(peaks);
    const panelBytes = used.length * samples * 32;
    const atOnce = 8 * Math.max(1, Math.floor(COLUMN_BYTES / panelBytes));
    for (let first = from; first < to; first += atOnce) {
      const last = Math.min(to, first + atOnce);
      packColumns(first, last, panelBytes);
      peaks.forEach((peak, group) => {
        holdPeak(peak);
        const own = rows
          .subarray(starts[group], starts[group + 1])
          .filter((p) => low[p] < last && high[p] > first);
        for (let at = 0; at < own.length; at += MAX_ROWS)
          compare(own.subarray(at, at + MAX_ROWS), first, last, panelBytes);
      });
    }
  };

  function raiseRow(cells: CellMatrix['pieces'][number], at: number, values: Float64Array, count: number) {
    for (let k = 0; k < count; k++) {
      const cell = toCell > 0 ? Math.round(values[k] * toCell) : values[k];
      if (cell > cells[at + k]) cells[at + k] = cell;
    }
  }

  /** Replaces large correlations by those of float64. */
  function correlateAgain(unit: number, low: number, count: number, values: Float64Array): void {
    let own: { mean: number; norm: number } | undefined;
    for (let k = 0; k < count; k++) {
      if (!(Math.abs(values[k]) > largestCoarse)) continue;
      if (!own) {
        own = meanAndNorm(unit);
        stage(unit, runsOf(windows.anchors[unit]), neighbourCount, exactRow.float32, 0);
      }
      const other = order[low + k];
      stage(other, runsOf(windows.anchors[other]), neighbourCount, exactColumn.float32, 0);
      const product = own.norm * meanAndNorm(other).norm;
      values[k] = product === 0 ? 0 : simd.covariance(size, exactRow, own.mean, exactColumn) / product;
    }
  }
}
