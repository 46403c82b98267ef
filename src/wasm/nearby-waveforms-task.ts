/**
 * Correlations of the waveforms of nearby pairs on the neighbourhood of the row's peak channel, as float32 products of packed panels. All
 * rows of a task share that channel, so both sides are centred for it when they are packed.
 */
import type { CellMatrix } from '../core/similarity/nearby-matrix.ts';
import { pieceOfUnit, type WaveformWindows } from '../core/similarity/waveform-windows.ts';
import type { SimdKernels } from './bindings.ts';
import { MAX_COLUMNS, MAX_ROWS, type NearbyTask } from './nearby-waveform-plan.ts';
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

/** Samples summed in registers before they are added up, about. It fixes the order of summation: results depend on it. */
const DEPTH = 384;
/**
 * Above it, Fisher z magnifies the error of float32, 1e-7 / (1 - r²), beyond what the matrix is to tell: such pairs are correlated again in
 * float64. Matrices of int16, for a first guess, never.
 */
const LARGEST_COARSE = { float64: 0.9, float32: 0.99, int16: Number.POSITIVE_INFINITY } as const;

/** Each task is some rows against some columns. */
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
  const panelBytes = size * 8 * 4;

  /** [chunk][panel][channel of the chunk][sample][4] float32 */
  const packedRows = simd.float32(rowPanels * 4 * size);
  /** [panel][channel][sample][8] float32 */
  const packedColumns = simd.float32((MAX_COLUMNS / 8) * size * 8);
  const products = simd.float32(MAX_ROWS * MAX_COLUMNS);
  const lists = simd.int32(rowPanels * 4 * chunks);
  const staged = simd.float32(8 * size);
  const stagedMeans = simd.float64(8 * neighbourCount);
  const rowMeans = simd.float64(neighbourCount);
  const targets = simd.int32(neighbourCount);
  const inverse = new Float64Array(MAX_COLUMNS);
  const z = simd.float64(MAX_COLUMNS + 2);
  const exactRow = simd.float32(size);
  const exactColumn = simd.float32(size);

  const near = new Int32Array(neighbourCount);
  let held = -1;
  /** Runs of channels of the neighbourhood that lie next to each other in the window of an anchor. */
  const runs = new Map<number, readonly (readonly [place: number, slot: number, count: number])[]>();

  function holdPeak(peak: number): void {
    if (peak === held) return;
    held = peak;
    near.set(neighbours.subarray(peak * neighbourCount, (peak + 1) * neighbourCount));
    near.sort();
    runs.clear();
  }

  function runsOf(anchor: number) {
    const known = runs.get(anchor);
    if (known) return known;
    const found: [number, number, number][] = [];
    near.forEach((channel, place) => {
      const slot = windows.slotOf[anchor * windows.channels + channel];
      if (slot < 0) return;
      const last = found.at(-1);
      if (last && last[0] + last[2] === place && last[1] + last[2] === slot) last[2]++;
      else found.push([place, slot, 1]);
    });
    runs.set(anchor, found);
    return found;
  }

  /** Copies the waveform of a unit on the neighbourhood; 0 where it is not kept. */
  function stage(unit: number, target: Float32Array, at: number): void {
    const piece = pieceOfUnit(windows, unit);
    const start = (unit % windows.unitsPerPiece) * windows.width;
    const parts = runsOf(windows.anchors[unit]);
    if (parts.length !== 1 || parts[0][2] !== neighbourCount) target.fill(0, at, at + size);
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
      for (let panel = 0; panel < panels; panel++) {
        words[word++] = 1;
        words[word++] = (first * panels + panel * count) * samples * 16;
        words[word++] = first * samples * 32;
        words[word++] = count;
      }
    }
    packedRows.float32.fill(0, 0, panels * 4 * size);
    rows.forEach((p, row) => {
      const unit = order[p];
      const { mean, norm } = meanAndNorm(unit);
      if (norm === 0) return;
      stage(unit, staged.float32, 0);
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

  function packColumns(from: number, to: number): void {
    for (let c = 0; c < neighbourCount; c++) targets.int32[c] = c * samples * 32;
    const means = stagedMeans.float64;
    for (let first = from; first < to; first += 8) {
      for (let lane = 0; lane < 8; lane++) {
        const q = first + lane;
        if (q >= to) {
          staged.float32.fill(0, lane * size, (lane + 1) * size);
          for (let c = 0; c < neighbourCount; c++) means[8 * c + lane] = 0;
          continue;
        }
        const { mean, norm } = meanAndNorm(order[q]);
        inverse[q - from] = norm === 0 ? 0 : 1 / norm;
        stage(order[q], staged.float32, lane * size);
        for (let c = 0; c < neighbourCount; c++) means[8 * c + lane] = mean;
      }
      const panel = (first - from) / 8;
      simd.packColumns(
        neighbourCount,
        samples,
        staged,
        stagedMeans,
        targets,
        packedColumns.from(panel * panelBytes),
      );
    }
  }

  return (_index: number, { peak, rows, from, end: to }: NearbyTask): void => {
    holdPeak(peak);
    const panels = Math.ceil((to - from) / 8);
    const rowCount = 4 * Math.ceil(rows.length / 4);
    const chunkLists = packRows(rows);
    packColumns(from, to);
    chunkLists.forEach((list, chunk) => {
      simd.multiplyWaveforms(
        rowCount / 4,
        panels,
        samples,
        list,
        packedRows,
        packedColumns,
        panelBytes,
        products,
        chunk > 0,
      );
    });
    const r = products.float32;
    const values = z.float64;
    rows.forEach((p, row) => {
      const low = Math.max(from, rowsFirst ? start[p] : begin[p]);
      const high = Math.min(to, rowsFirst ? end[p] : until[p]);
      if (low >= high) return;
      for (let q = low; q < high; q++) {
        const column = q - from;
        values[q - low] = r[((column >> 3) * rowCount + row) * 8 + (column & 7)] * inverse[column];
      }
      const count = high - low;
      correlateAgain(order[p], low, count, values);
      simd.fisherZ(count + (count & 1), z);
      if (rowsFirst) raiseRow(pieces[pieceOf[p]], origin[p] + low, values, count);
      else {
        for (let q = low; q < high; q++) {
          const cells = pieces[pieceOf[q]];
          const cell = toCell > 0 ? Math.round(values[q - low] * toCell) : values[q - low];
          if (cell > cells[origin[q] + p]) cells[origin[q] + p] = cell;
        }
      }
    });
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
        stage(unit, exactRow.float32, 0);
      }
      const other = order[low + k];
      stage(other, exactColumn.float32, 0);
      const product = own.norm * meanAndNorm(other).norm;
      values[k] = product === 0 ? 0 : simd.covariance(size, exactRow, own.mean, exactColumn) / product;
    }
  }
}
