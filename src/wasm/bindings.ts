/** The SIMD kernels as functions that check their sizes: inside WebAssembly nothing is checked. */
import { type Region, ScratchMemory } from './scratch-memory.ts';
import {
  F32,
  F64,
  holds,
  I16,
  krigingLists,
  lastOffset,
  pieceLists,
  slotLists,
  whole,
} from './size-checks.ts';

type Numbers = (...values: (number | boolean)[]) => number;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly addSnippet: Numbers;
  readonly channelMoments: Numbers;
  readonly combineMasked: Numbers;
  readonly correlationsOfRows: Numbers;
  readonly exceeding: Numbers;
  readonly fisherZ: Numbers;
  readonly covariance: Numbers;
  readonly krige: Numbers;
  readonly largest: Numbers;
  readonly mergeDirections: Numbers;
  readonly multiplyPanels: Numbers;
  readonly multiplyWaveforms: Numbers;
  readonly packColumns: Numbers;
  readonly packPanels: Numbers;
  readonly packRow: Numbers;
  readonly positionsAbove: Numbers;
  readonly transpose: Numbers;
}

/** One instance of the kernels with its scratch memory; shapes are those that `assembly/` documents. */
export class SimdKernels extends ScratchMemory {
  private readonly exports: Exports;

  constructor(module: WebAssembly.Module) {
    const exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    super(exports.memory);
    this.exports = exports;
  }

  addSnippet(n: number, values: Region, sum: Region): void {
    whole('addSnippet', 'n', n, 1);
    holds('addSnippet', 'values', values, n * I16);
    holds('addSnippet', 'sum', sum, n * F32);
    this.exports.addSnippet(n, values.pointer, sum.pointer);
  }

  /** @returns number of entries written to `found` and `sums` */
  exceeding(
    n: number,
    features: number,
    rows: Region,
    weights: Region,
    bar: Region,
    found: Region,
    sums: Region,
  ): number {
    whole('exceeding', 'n', n, 8);
    whole('exceeding', 'features', features >= 1 ? features : Number.NaN, 1);
    holds('exceeding', 'rows', rows, features * n * F64);
    holds('exceeding', 'weights', weights, features * F64);
    holds('exceeding', 'bar', bar, n * F64);
    holds('exceeding', 'found', found, n * 4);
    holds('exceeding', 'sums', sums, (n + 8) * F64);
    const { exceeding } = this.exports;
    return exceeding(n, features, rows.pointer, weights.pointer, bar.pointer, found.pointer, sums.pointer);
  }

  largest(n: number, values: Region): number {
    whole('largest', 'n', n, 8);
    holds('largest', 'values', values, n * F64);
    return this.exports.largest(n, values.pointer);
  }

  /** @returns number of entries written to `found` */
  positionsAbove(n: number, values: Region, limit: number, found: Region): number {
    whole('positionsAbove', 'n', n, 8);
    holds('positionsAbove', 'values', values, n * F64);
    holds('positionsAbove', 'found', found, n * 4);
    return this.exports.positionsAbove(n, values.pointer, limit, found.pointer);
  }

  covariance(count: number, a: Region, meanA: number, b: Region): number {
    whole('covariance', 'count', count, 1);
    holds('covariance', 'a', a, count * F32);
    holds('covariance', 'b', b, count * F32);
    return this.exports.covariance(count, a.pointer, meanA, b.pointer);
  }

  fisherZ(count: number, r: Region): void {
    whole('fisherZ', 'count', count, 2);
    holds('fisherZ', 'r', r, count * F64);
    this.exports.fisherZ(count, r.pointer);
  }

  transpose(rows: number, columns: number, x: Region, out: Region): void {
    const bytes = rows * columns * F64;
    whole('transpose', 'rows', rows, 2);
    whole('transpose', 'columns', columns, 2);
    holds('transpose', 'x', x, bytes);
    holds('transpose', 'out', out, bytes);
    this.exports.transpose(rows, columns, x.pointer, out.pointer);
  }

  packPanels(panels: number, depth: number, x: Region, out: Region): void {
    const bytes = 4 * panels * depth * F64;
    whole('packPanels', 'panels', panels, 1);
    whole('packPanels', 'depth', depth, 1);
    holds('packPanels', 'x', x, bytes);
    holds('packPanels', 'out', out, bytes);
    this.exports.packPanels(panels, depth, x.pointer, out.pointer);
  }

  /** `c` has rows of `4·columnPanels` values. */
  multiplyPanels(
    rowPanels: number,
    columnPanels: number,
    depth: number,
    a: Region,
    b: Region,
    c: Region,
  ): void {
    const rowBytes = 4 * columnPanels * F64;
    whole('multiplyPanels', 'rowPanels', rowPanels, 1);
    whole('multiplyPanels', 'columnPanels', columnPanels, 1);
    whole('multiplyPanels', 'depth', depth, 1);
    holds('multiplyPanels', 'a', a, 4 * rowPanels * depth * F64);
    holds('multiplyPanels', 'b', b, 4 * columnPanels * depth * F64);
    holds('multiplyPanels', 'c', c, 4 * rowPanels * rowBytes);
    this.exports.multiplyPanels(rowPanels, columnPanels, depth, a.pointer, b.pointer, c.pointer, rowBytes);
  }

  combineMasked(
    pairs: number,
    count: Region,
    x: Region,
    y: Region,
    xx: Region,
    yy: Region,
    xy: Region,
  ): void {
    const bytes = pairs * F64;
    whole('combineMasked', 'pairs', pairs, 2);
    holds('combineMasked', 'count', count, bytes);
    holds('combineMasked', 'x', x, bytes);
    holds('combineMasked', 'y', y, bytes);
    holds('combineMasked', 'xx', xx, bytes);
    holds('combineMasked', 'yy', yy, bytes);
    holds('combineMasked', 'xy', xy, bytes);
    const { combineMasked } = this.exports;
    combineMasked(pairs, count.pointer, x.pointer, y.pointer, xx.pointer, yy.pointer, xy.pointer);
  }

  channelMoments(
    chunks: number,
    samples: number,
    x: Region,
    means: Region,
    squares: Region,
    ranges: Region,
  ): void {
    const bytes = chunks * F64;
    whole('channelMoments', 'chunks', chunks, 1);
    whole('channelMoments', 'samples', samples, 1);
    holds('channelMoments', 'x', x, chunks * samples * F32);
    holds('channelMoments', 'means', means, bytes);
    holds('channelMoments', 'squares', squares, bytes);
    holds('channelMoments', 'ranges', ranges, bytes);
    const { channelMoments } = this.exports;
    channelMoments(chunks, samples, x.pointer, means.pointer, squares.pointer, ranges.pointer);
  }

  /**
   * @param targets byte offsets in `out`
   * @param lane which of the four columns of a panel
   */
  packRow(
    channels: number,
    samples: number,
    x: Region,
    means: Region,
    scale: number,
    targets: Region,
    lane: number,
    out: Region,
  ): void {
    whole('packRow', 'channels', channels, 1);
    whole('packRow', 'samples', samples, 1);
    holds('packRow', 'x', x, channels * samples * F32);
    holds('packRow', 'means', means, channels * F64);
    holds('packRow', 'targets', targets, channels * 4);
    const end = lastOffset(targets, channels) + samples * 16;
    holds('packRow', 'out', out, lane < 4 ? end : Number.NaN);
    const { packRow } = this.exports;
    packRow(channels, samples, x.pointer, means.pointer, scale, targets.pointer, out.pointer + lane * F32);
  }

  /** @param targets byte offsets in `out` */
  packColumns(
    channels: number,
    samples: number,
    x: Region,
    means: Region,
    targets: Region,
    out: Region,
  ): void {
    whole('packColumns', 'channels', channels, 1);
    whole('packColumns', 'samples', samples, 1);
    holds('packColumns', 'x', x, 8 * channels * samples * F32);
    holds('packColumns', 'means', means, 8 * channels * F64);
    holds('packColumns', 'targets', targets, channels * 4);
    holds('packColumns', 'out', out, lastOffset(targets, channels) + samples * 32);
    const { packColumns } = this.exports;
    packColumns(channels, samples, x.pointer, means.pointer, targets.pointer, out.pointer);
  }

  /** @param panelBytes bytes of one panel of `b` */
  multiplyWaveforms(
    rowPanels: number,
    panels: number,
    samples: number,
    lists: Region,
    a: Region,
    b: Region,
    panelBytes: number,
    c: Region,
    add: boolean,
  ): void {
    const { words, aBytes, bBytes } = slotLists(lists, rowPanels, samples);
    whole('multiplyWaveforms', 'rowPanels', rowPanels, 1);
    whole('multiplyWaveforms', 'panels', panels, 1);
    whole('multiplyWaveforms', 'samples', samples, 1);
    holds('multiplyWaveforms', 'lists', lists, words * 4);
    holds('multiplyWaveforms', 'a', a, aBytes);
    holds('multiplyWaveforms', 'b', b, bBytes <= panelBytes ? panels * panelBytes : Number.NaN);
    holds('multiplyWaveforms', 'c', c, rowPanels * panels * 32 * F32);
    const { multiplyWaveforms } = this.exports;
    multiplyWaveforms(
      rowPanels,
      panels,
      samples,
      lists.pointer,
      a.pointer,
      b.pointer,
      panelBytes,
      c.pointer,
      add,
    );
  }

  /**
   * @param panelBytes bytes of one panel of `means` and `squares`
   * @param productRows rows of one panel of `products`
   * @param out rows of `8·panels` values
   */
  correlationsOfRows(
    peaks: number,
    channels: number,
    panels: number,
    samples: number,
    pieces: Region,
    rowMeans: Region,
    means: Region,
    squares: Region,
    panelBytes: number,
    products: Region,
    productRows: number,
    scratch: Region,
    out: Region,
  ): void {
    const { words, pieceCount, momentEnd, rowEnd } = pieceLists(pieces, peaks, channels);
    const outBytes = panels * 8 * F32;
    const moments = momentEnd <= panelBytes ? panels * panelBytes : Number.NaN;
    whole('correlationsOfRows', 'peaks', peaks, 1);
    whole('correlationsOfRows', 'channels', channels, 1);
    whole('correlationsOfRows', 'panels', panels, 1);
    holds('correlationsOfRows', 'pieces', pieces, words * 4);
    holds('correlationsOfRows', 'rowMeans', rowMeans, pieceCount * channels * 4 * F32);
    holds('correlationsOfRows', 'means', means, moments);
    holds('correlationsOfRows', 'squares', squares, moments);
    holds('correlationsOfRows', 'products', products, ((panels - 1) * productRows + rowEnd) * 8 * F32);
    holds('correlationsOfRows', 'scratch', scratch, (channels + 5) * 8 * F32);
    holds('correlationsOfRows', 'out', out, rowEnd * outBytes);
    this.exports.correlationsOfRows(
      peaks,
      channels,
      panels,
      samples,
      pieces.pointer,
      rowMeans.pointer,
      means.pointer,
      squares.pointer,
      panelBytes,
      products.pointer,
      productRows * 8 * F32,
      scratch.pointer,
      out.pointer,
      outBytes,
    );
  }

  /** @returns number of positions written to `unsettled` */
  mergeDirections(
    rows: number,
    columns: number,
    forward: Region,
    backward: Region,
    z: Region,
    unsettled: Region,
  ): number {
    const pairs = rows * columns;
    whole('mergeDirections', 'rows', rows, 1);
    whole('mergeDirections', 'columns', columns, 2);
    holds('mergeDirections', 'forward', forward, pairs * F32);
    holds('mergeDirections', 'backward', backward, pairs * F32);
    holds('mergeDirections', 'z', z, pairs * F64);
    holds('mergeDirections', 'unsettled', unsettled, pairs * 4);
    const { mergeDirections } = this.exports;
    return mergeDirections(rows, columns, forward.pointer, backward.pointer, z.pointer, unsettled.pointer);
  }

  /** Some panels of `krige`, for one unit. `x` has `channels` channels; `out` is that of the first of the panels. */
  krigePanels(
    panels: number,
    channels: number,
    samples: number,
    lists: Region,
    coefficients: Region,
    x: Region,
    out: Region,
  ): void {
    const { words, columns, rowEnd } = krigingLists(lists, panels, samples);
    whole('krigePanels', 'panels', panels, 1);
    whole('krigePanels', 'samples', samples >= 8 ? samples : Number.NaN, 1);
    holds('krigePanels', 'lists', lists, words * 4);
    holds('krigePanels', 'coefficients', coefficients, columns * 4 * F32);
    holds('krigePanels', 'x', x, Math.max(rowEnd, channels * samples * F32));
    holds('krigePanels', 'out', out, 4 * panels * samples * F32);
    this.exports.krige(panels, samples, lists.pointer, coefficients.pointer, x.pointer, out.pointer);
  }

  /** `x` and `out` hold `units` waveforms of `channels` channels, the latter rounded up to whole panels. */
  krige(
    units: number,
    channels: number,
    samples: number,
    lists: Region,
    coefficients: Region,
    x: Region,
    out: Region,
  ): void {
    const panels = Math.ceil(channels / 4);
    const unitBytes = channels * samples * F32;
    const outBytes = 4 * panels * samples * F32;
    const { words, columns, rowEnd } = krigingLists(lists, panels, samples);
    whole('krige', 'units', units, 1);
    whole('krige', 'samples', samples >= 8 ? samples : Number.NaN, 1);
    holds('krige', 'lists', lists, words * 4);
    holds('krige', 'coefficients', coefficients, columns * 4 * F32);
    holds('krige', 'x', x, rowEnd <= unitBytes ? units * unitBytes : Number.NaN);
    holds('krige', 'out', out, units * outBytes);
    for (let unit = 0; unit < units; unit++) {
      this.exports.krige(
        panels,
        samples,
        lists.pointer,
        coefficients.pointer,
        x.pointer + unit * unitBytes,
        out.pointer + unit * outBytes,
      );
    }
  }
}
