/** Correlations of the waveforms of nearby pairs on the neighbourhood of the row's peak channel, as float32 products of packed panels. */
import type { CellMatrix } from '../core/similarity/nearby-matrix.ts';
import type { SimdKernels } from './bindings.ts';
import { MAX_COLUMNS, type NearbyTask } from './nearby-waveform-plan.ts';
import { MAX_ROWS, PackedWaveforms } from './packed-waveforms.ts';
import type { Region } from './scratch-memory.ts';
import type { WindowStatistics } from './window-reader.ts';

export interface NearbyWaveformsInput extends WindowStatistics {
  /** Whether the rows come first in their pairs, else second. */
  readonly rowsFirst: boolean;
  /** Raised where the new similarity is larger. */
  readonly out: CellMatrix;
}

/**
 * Above it, Fisher z magnifies the error of float32, 1e-7 / (1 - r²), beyond what the matrix is to tell: such pairs are correlated again in
 * float64. Matrices of int16, for a first guess, never.
 */
const LARGEST_COARSE = { float64: 0.9, float32: 0.99, int16: Number.POSITIVE_INFINITY } as const;

/** Each task is some columns against all rows that reach them. */
export function nearbyWaveformsTasks(simd: SimdKernels, input: NearbyWaveformsInput) {
  const comparison = new NearbyWaveforms(simd, input);
  return (_index: number, task: NearbyTask): void => comparison.run(task);
}

/** Methods of a class, and short ones: engines translate functions that are made anew for every comparison, and long loops, again and again. */
class NearbyWaveforms {
  private readonly packed: PackedWaveforms;
  private readonly largestCoarse: number;
  /** Cells per unit of Fisher z in matrices of int16, else 0. */
  private readonly toCell: number;
  private readonly order: Int32Array;
  /** (units,) first column of each row, and end of its columns. */
  private readonly low: Int32Array;
  private readonly high: Int32Array;
  /** [panel of columns][row][8] float32 */
  private readonly products: Region;
  private readonly z: Region;
  private readonly exactRow: Region;
  private readonly exactColumn: Region;
  /** (columns,) 1 / norm of those that are compared. */
  private readonly inverse = new Float64Array(MAX_COLUMNS + 8);

  constructor(
    private readonly simd: SimdKernels,
    private readonly input: NearbyWaveformsInput,
  ) {
    const { windows, neighbourCount, rowsFirst, out } = input;
    const { order, start, end, begin, until } = out.layout;
    this.packed = new PackedWaveforms(simd, input);
    this.largestCoarse = LARGEST_COARSE[out.precision];
    this.toCell = out.precision === 'int16' ? 1 / out.scale : 0;
    this.order = order;
    this.low = rowsFirst ? start : begin;
    this.high = rowsFirst ? end : until;
    this.products = simd.float32(MAX_ROWS * (MAX_COLUMNS + 8));
    this.z = simd.float64(MAX_COLUMNS + 2);
    this.exactRow = simd.float32(neighbourCount * windows.samples);
    this.exactColumn = simd.float32(neighbourCount * windows.samples);
  }

  run({ peaks, starts, rows, from, end }: NearbyTask): void {
    if (peaks.length === 0) return;
    const { packed, order } = this;
    packed.holdChannels(peaks);
    const atOnce = packed.columnsAtOnce();
    for (let first = from; first < end; first += atOnce) {
      const last = Math.min(end, first + atOnce);
      packed.packColumns(order.subarray(first, last));
      for (let group = 0; group < peaks.length; group++) {
        packed.reader.holdPeak(peaks[group]);
        this.compareGroup(rows.subarray(starts[group], starts[group + 1]), first, last);
      }
    }
  }

  /** Compares rows that share the held channel with the packed columns, `first` .. last - 1. */
  private compareGroup(group: Int32Array, first: number, last: number): void {
    const { low, high } = this;
    const rows = group.filter((p) => low[p] < last && high[p] > first);
    for (let at = 0; at < rows.length; at += MAX_ROWS)
      this.compare(rows.subarray(at, at + MAX_ROWS), first, last);
  }

  private compare(rows: Int32Array, packedFrom: number, to: number): void {
    const { packed, low, high, order } = this;
    let first = to;
    let last = packedFrom;
    for (const p of rows) {
      first = Math.min(first, Math.max(packedFrom, low[p]));
      last = Math.max(last, Math.min(to, high[p]));
    }
    if (first >= last) return;
    const firstPanel = (first - packedFrom) >> 3;
    const from = packedFrom + 8 * firstPanel;
    for (let q = first; q < last; q++) this.inverse[q - from] = this.inverseNorm(order[q]);
    const lists = packed.packRows(rows.map((p) => order[p]));
    const columns = packed.columnsFrom(firstPanel);
    const rowPanels = Math.ceil(rows.length / 4);
    this.multiply(lists, columns, rowPanels, Math.ceil((last - from) / 8));
    for (let row = 0; row < rows.length; row++) {
      const p = rows[row];
      const begin = Math.max(first, low[p]);
      const count = Math.min(last, high[p]) - begin;
      if (count > 0) this.settle(p, begin, count, row, rowPanels, begin - from);
    }
  }

  private inverseNorm(unit: number): number {
    const { reader } = this.packed;
    const norm = reader.norm(unit, reader.mean(unit));
    return norm === 0 ? 0 : 1 / norm;
  }

  private multiply(lists: readonly Region[], columns: Region, rowPanels: number, panels: number): void {
    const { packed, products } = this;
    const { samples } = this.input.windows;
    for (let chunk = 0; chunk < lists.length; chunk++) {
      this.simd.multiplyWaveforms(
        rowPanels,
        panels,
        samples,
        lists[chunk],
        packed.rows,
        columns,
        packed.panelBytes,
        products,
        chunk > 0,
      );
    }
  }

  /**
   * From the products of a row to the similarities of position p with those from `begin` on.
   * @param column the first of them among the columns that were multiplied
   */
  private settle(
    p: number,
    begin: number,
    count: number,
    row: number,
    rowPanels: number,
    column: number,
  ): void {
    const values = this.z.float64;
    this.scale(values, count, row, rowPanels, column);
    this.sharpen(values, count, this.order[p], begin);
    this.simd.fisherZ(count + (count & 1), this.z);
    if (this.input.rowsFirst) this.raiseRow(values, count, p, begin);
    else this.raiseColumn(values, count, p, begin);
  }

  private scale(values: Float64Array, count: number, row: number, rowPanels: number, column: number): void {
    const { inverse } = this;
    const products = this.products.float32;
    for (let k = 0; k < count; k++) {
      const c = column + k;
      values[k] = products[((c >> 3) * 4 * rowPanels + row) * 8 + (c & 7)] * inverse[c];
    }
  }

  /** Replaces large correlations of a unit by those of float64. */
  private sharpen(values: Float64Array, count: number, unit: number, begin: number): void {
    const { order, largestCoarse } = this;
    for (let k = 0; k < count; k++)
      if (Math.abs(values[k]) > largestCoarse) values[k] = this.exactCorrelation(unit, order[begin + k]);
  }

  private exactCorrelation(unit: number, other: number): number {
    const { exactRow, exactColumn } = this;
    const { reader } = this.packed;
    const mean = reader.mean(unit);
    const product = reader.norm(unit, mean) * reader.norm(other, reader.mean(other));
    if (product === 0) return 0;
    reader.stageNear(unit, exactRow.float32);
    reader.stageNear(other, exactColumn.float32);
    const size = this.input.neighbourCount * this.input.windows.samples;
    return this.simd.covariance(size, exactRow, mean, exactColumn) / product;
  }

  /** Raises the cells of a row from position `begin` on. */
  private raiseRow(values: Float64Array, count: number, p: number, begin: number): void {
    const { toCell } = this;
    const { pieces, pieceOf, origin } = this.input.out;
    const cells = pieces[pieceOf[p]];
    const at = origin[p] + begin;
    for (let k = 0; k < count; k++) {
      const cell = toCell > 0 ? Math.round(values[k] * toCell) : values[k];
      if (cell > cells[at + k]) cells[at + k] = cell;
    }
  }

  /** Raises the cells of position p in the rows from `begin` on. */
  private raiseColumn(values: Float64Array, count: number, p: number, begin: number): void {
    const { toCell } = this;
    const { pieces, pieceOf, origin } = this.input.out;
    for (let k = 0; k < count; k++) {
      const cells = pieces[pieceOf[begin + k]];
      const at = origin[begin + k] + p;
      const cell = toCell > 0 ? Math.round(values[k] * toCell) : values[k];
      if (cell > cells[at]) cells[at] = cell;
    }
  }
}
