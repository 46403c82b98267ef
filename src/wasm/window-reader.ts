/** Waveform windows as the comparison of nearby units reads them: on the neighbourhood of a peak channel, or on any channels. */
import { pieceOfUnit, type WaveformWindows } from '../core/similarity/waveform-windows.ts';

/** Runs of channels, three numbers each: where they are among those wanted, where in a window, and how many. */
export type WindowRuns = Int32Array;

export interface WindowStatistics {
  readonly windows: WaveformWindows;
  /** (units, width) of `windowMoments` */
  readonly means: Float64Array;
  readonly squares: Float64Array;
  /** (channels, n) nearest channels of every channel, itself first. */
  readonly neighbours: Int32Array;
  readonly neighbourCount: number;
}

export class WindowReader {
  /** (n,) channels of the neighbourhood that is held, ascending. */
  readonly near: Int32Array;
  private held = -1;
  /** Runs of its channels that lie next to each other in the window of an anchor. */
  private runs = new Map<number, WindowRuns>();
  private readonly runsByPeak = new Map<number, Map<number, WindowRuns>>();

  constructor(private readonly input: WindowStatistics) {
    this.near = new Int32Array(input.neighbourCount);
  }

  /** Holds the neighbourhood of a channel. */
  holdPeak(peak: number): void {
    if (peak === this.held) return;
    const { neighbours, neighbourCount } = this.input;
    this.held = peak;
    this.near.set(neighbours.subarray(peak * neighbourCount, (peak + 1) * neighbourCount));
    this.near.sort();
    this.runs = this.runsByPeak.get(peak) ?? new Map();
    this.runsByPeak.set(peak, this.runs);
  }

  /** Those of the neighbourhood in the window of a unit. */
  private runsOf(unit: number): WindowRuns {
    const anchor = this.input.windows.anchors[unit];
    let runs = this.runs.get(anchor);
    if (!runs) {
      runs = this.runsIn(this.near, anchor);
      this.runs.set(anchor, runs);
    }
    return runs;
  }

  /** @param wanted channels, ascending */
  runsIn(wanted: Int32Array, anchor: number): WindowRuns {
    const { slotOf, channels } = this.input.windows;
    const found: number[] = [];
    for (let place = 0; place < wanted.length; place++) {
      const slot = slotOf[anchor * channels + wanted[place]];
      if (slot < 0) continue;
      const last = found.length - 3;
      const length = last < 0 ? 0 : found[last + 2];
      if (length > 0 && found[last] + length === place && found[last + 1] + length === slot)
        found[last + 2]++;
      else found.push(place, slot, 1);
    }
    return Int32Array.from(found);
  }

  /** Copies the waveform of a unit on some channels, `count` in all; 0 where it is not kept. */
  stage(unit: number, runs: WindowRuns, count: number, target: Float32Array, at: number): void {
    const { windows } = this.input;
    const { samples } = windows;
    const piece = pieceOfUnit(windows, unit);
    const start = (unit % windows.unitsPerPiece) * windows.width;
    if (runs.length !== 3 || runs[2] !== count) target.fill(0, at, at + count * samples);
    for (let i = 0; i < runs.length; i += 3) {
      const from = (start + runs[i + 1]) * samples;
      target.set(piece.subarray(from, from + runs[i + 2] * samples), at + runs[i] * samples);
    }
  }

  /** Copies the waveform of a unit on the neighbourhood. */
  stageNear(unit: number, target: Float32Array): void {
    this.stage(unit, this.runsOf(unit), this.input.neighbourCount, target, 0);
  }

  /** Mean of a unit on the neighbourhood. */
  mean(unit: number): number {
    const { windows, means, neighbourCount } = this.input;
    const first = unit * windows.width;
    const runs = this.runsOf(unit);
    let sum = 0;
    for (let i = 0; i < runs.length; i += 3) {
      const begin = first + runs[i + 1];
      for (let at = begin; at < begin + runs[i + 2]; at++) sum += means[at];
    }
    return sum / neighbourCount;
  }

  /** Norm of what differs from that mean; exactly 0 where the waveform is constant. */
  norm(unit: number, mean: number): number {
    const { windows, means, squares, neighbourCount } = this.input;
    const first = unit * windows.width;
    const runs = this.runsOf(unit);
    let total = 0;
    let held = 0;
    for (let i = 0; i < runs.length; i += 3) {
      const begin = first + runs[i + 1];
      for (let at = begin; at < begin + runs[i + 2]; at++) total += squares[at];
      held += runs[i + 2];
    }
    let between = (neighbourCount - held) * mean * mean;
    for (let i = 0; i < runs.length; i += 3) {
      const begin = first + runs[i + 1];
      for (let at = begin; at < begin + runs[i + 2]; at++) {
        const difference = means[at] - mean;
        between += difference * difference;
      }
    }
    return Math.sqrt(total + windows.samples * between);
  }

  /** Mean of a unit on all channels of its window. */
  meanOfWindow(unit: number): number {
    const { windows, means } = this.input;
    const { width } = windows;
    let sum = 0;
    for (let at = unit * width; at < (unit + 1) * width; at++) sum += means[at];
    return sum / width;
  }
}
