/** Waveforms read at other places, on the channels that are kept of every unit only. */
import type { KrigingGroup } from '../core/kernels/kernels.ts';
import { pieceOfUnit, type WaveformWindows } from '../core/similarity/waveform-windows.ts';
import type { SimdKernels } from './bindings.ts';
import { copyRows, packMatrix } from './kriging-task.ts';
import { runsOf } from './runs.ts';

export interface KrigeWindowsInput {
  /** (units of the piece, channels, samples) */
  readonly waveforms: Float32Array;
  /** The first unit of the piece. */
  readonly firstUnit: number;
  readonly windows: WaveformWindows;
}

/** Each task is one group of units, counted within the piece. */
export function krigeWindowsTasks(simd: SimdKernels, { waveforms, firstUnit, windows }: KrigeWindowsInput) {
  const { channels, width: kept, samples, anchors } = windows;
  const panels = Math.ceil(channels / 4);
  /** The kernel works on at least 8 samples. */
  const width = Math.max(8, samples);
  const size = channels * samples;
  const x = simd.float32(channels * width);
  const result = simd.float32(4 * panels * width);
  const coefficients = simd.float32(4 * panels * channels);
  const lists = simd.int32(panels * (channels + 1));
  /** Where the list and the coefficients of each panel begin. */
  const firstWord = new Int32Array(panels + 1);
  const firstCoefficient = new Int32Array(panels + 1);
  const panelRuns = new Map<number, [first: number, count: number][]>();
  const panelsOf = (anchor: number) => {
    let runs = panelRuns.get(anchor);
    if (!runs) {
      const own = windows.kept.subarray(anchor * kept, (anchor + 1) * kept);
      runs = runsOf(Int32Array.from(new Set(own.map((channel) => channel >> 2))));
      panelRuns.set(anchor, runs);
    }
    return runs;
  };

  return (_index: number, group: KrigingGroup): void => {
    packMatrix(group.matrix, channels, width, lists.int32, coefficients.float32);
    for (let panel = 0; panel < panels; panel++) {
      const count = lists.int32[firstWord[panel]];
      firstWord[panel + 1] = firstWord[panel] + 1 + count;
      firstCoefficient[panel + 1] = firstCoefficient[panel] + 4 * count;
    }
    for (const local of group.units) {
      const unit = firstUnit + local;
      const anchor = anchors[unit];
      copyRows(waveforms.subarray(local * size, (local + 1) * size), samples, x.float32, width, channels);
      for (const [first, count] of panelsOf(anchor)) {
        simd.krigePanels(
          count,
          channels,
          width,
          lists.from(4 * firstWord[first]),
          coefficients.from(4 * firstCoefficient[first]),
          x,
          result.from(16 * first * width),
        );
      }
      const piece = pieceOfUnit(windows, unit);
      const to = (unit % windows.unitsPerPiece) * kept * samples;
      for (let slot = 0; slot < kept; slot++) {
        const from = windows.kept[anchor * kept + slot] * width;
        piece.set(result.float32.subarray(from, from + samples), to + slot * samples);
      }
    }
  };
}
