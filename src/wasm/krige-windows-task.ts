/** Waveforms read at other places, on the channels that are kept of every unit only. */
import type { KrigingGroup } from '../core/kernels/kernels.ts';
import { pieceOfUnit, type WaveformWindows } from '../core/similarity/waveform-windows.ts';
import type { SimdKernels } from './bindings.ts';
import { copyRows, packMatrix } from './kriging-task.ts';
import { type Runs, runsOf } from './runs.ts';
import type { Region } from './scratch-memory.ts';

export interface KrigeWindowsInput {
  /** (units of the piece, channels, samples) */
  readonly waveforms: Float32Array;
  /** The first unit of the piece. */
  readonly firstUnit: number;
  readonly windows: WaveformWindows;
}

/** Each task is one group of units, counted within the piece. */
export function krigeWindowsTasks(simd: SimdKernels, input: KrigeWindowsInput) {
  const interpolation = new KrigeWindows(simd, input);
  return (_index: number, { matrix, units }: KrigingGroup): void => {
    interpolation.hold(matrix);
    for (const unit of units) interpolation.run(unit);
  };
}

/** Channels that are kept around an anchor, and the panels of four channels that hold them. */
interface KeptRuns {
  readonly channels: Runs;
  readonly panels: Runs;
}

/** A class, so that engines translate its methods once and not for every piece of a file. */
class KrigeWindows {
  /** The kernel works on at least 8 samples. */
  private readonly sampleWidth: number;
  private readonly panels: number;
  private readonly x: Region;
  private readonly result: Region;
  private readonly coefficients: Region;
  private readonly lists: Region;
  /** Where the list and the coefficients of each panel begin. */
  private readonly firstWord: Int32Array;
  private readonly firstCoefficient: Int32Array;
  private readonly kept = new Map<number, KeptRuns>();

  constructor(
    private readonly simd: SimdKernels,
    private readonly input: KrigeWindowsInput,
  ) {
    const { channels, samples } = input.windows;
    this.sampleWidth = Math.max(8, samples);
    this.panels = Math.ceil(channels / 4);
    this.x = simd.float32(channels * this.sampleWidth);
    this.result = simd.float32(4 * this.panels * this.sampleWidth);
    this.coefficients = simd.float32(4 * this.panels * channels);
    this.lists = simd.int32(this.panels * (channels + 1));
    this.firstWord = new Int32Array(this.panels + 1);
    this.firstCoefficient = new Int32Array(this.panels + 1);
  }

  /** @param matrix (channels, channels) of the units that follow */
  hold(matrix: Float64Array): void {
    const { panels, firstWord, firstCoefficient } = this;
    const { channels } = this.input.windows;
    const lists = this.lists.int32;
    packMatrix(matrix, channels, this.sampleWidth, lists, this.coefficients.float32);
    for (let panel = 0; panel < panels; panel++) {
      const count = lists[firstWord[panel]];
      firstWord[panel + 1] = firstWord[panel] + 1 + count;
      firstCoefficient[panel + 1] = firstCoefficient[panel] + 4 * count;
    }
  }

  /** @param local the unit, counted within the piece */
  run(local: number): void {
    const { sampleWidth, x, result } = this;
    const { waveforms, firstUnit, windows } = this.input;
    const { channels, samples } = windows;
    const size = channels * samples;
    const unit = firstUnit + local;
    const anchor = windows.anchors[unit];
    copyRows(waveforms.subarray(local * size, (local + 1) * size), samples, x.float32, sampleWidth, channels);
    const { channels: kept, panels } = this.keptAround(anchor);
    for (const [first, count] of panels) this.multiply(first, count);
    const piece = pieceOfUnit(windows, unit);
    let to = (unit % windows.unitsPerPiece) * windows.width * samples;
    for (const [first, count] of kept) {
      const from = result.float32.subarray(first * sampleWidth, (first + count) * sampleWidth);
      copyRows(from, sampleWidth, piece.subarray(to, to + count * samples), samples, count);
      to += count * samples;
    }
  }

  private multiply(panel: number, count: number): void {
    const { simd, sampleWidth, lists, coefficients, x, result, firstWord, firstCoefficient } = this;
    simd.krigePanels(
      count,
      this.input.windows.channels,
      sampleWidth,
      lists.from(4 * firstWord[panel]),
      coefficients.from(4 * firstCoefficient[panel]),
      x,
      result.from(16 * panel * sampleWidth),
    );
  }

  private keptAround(anchor: number): KeptRuns {
    let runs = this.kept.get(anchor);
    if (!runs) {
      const { kept, width } = this.input.windows;
      const channels = kept.subarray(anchor * width, (anchor + 1) * width);
      const panels = Int32Array.from(new Set(channels.map((channel) => channel >> 2)));
      runs = { channels: runsOf(channels), panels: runsOf(panels) };
      this.kept.set(anchor, runs);
    }
    return runs;
  }
}
