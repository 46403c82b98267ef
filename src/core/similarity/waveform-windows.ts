/** Waveforms around the peak of every unit only: what of them can matter to the comparison with nearby units. */
import type { Probe } from '../dataset.ts';
import { PIECE_BYTES } from './nearby-matrix.ts';

/** Which channels are kept around which. */
export interface WindowPlan {
  readonly channels: number;
  /** Channels that are kept of every unit. */
  readonly width: number;
  /** (channels, width) those kept around each channel, ascending. */
  readonly kept: Int32Array;
  /** (channels, channels) place of the second channel among those kept around the first; -1 for one that is not. */
  readonly slotOf: Int16Array;
}

/** Plain data, so that it can be sent to threads. */
export interface WaveformWindows extends WindowPlan {
  readonly units: number;
  readonly samples: number;
  /** (units,) channel around which the channels of each unit are kept. */
  readonly anchors: Int32Array;
  readonly unitsPerPiece: number;
  /** (units of the piece, width, samples) each. What is outside counts as 0 µV. */
  readonly pieces: readonly Float32Array[];
}

/**
 * Keeps as many channels around each one as lie within `reach` of it along the probe, where there are most of them: the
 * nearest in depth, the lower channel where two are equally near.
 *
 * @param reach µm
 */
export function planWindows({ channels, locations }: Probe, reach: number): WindowPlan {
  const distance = (a: number, b: number) => Math.abs(locations[2 * a + 1] - locations[2 * b + 1]);
  let width = 1;
  for (let c = 0; c < channels; c++) {
    let inReach = 0;
    for (let other = 0; other < channels; other++) if (distance(c, other) <= reach) inReach++;
    width = Math.max(width, inReach);
  }
  const kept = new Int32Array(channels * width);
  const slotOf = new Int16Array(channels * channels).fill(-1);
  const all = Array.from({ length: channels }, (_, c) => c);
  for (let c = 0; c < channels; c++) {
    const nearest = [...all].sort((a, b) => distance(c, a) - distance(c, b) || a - b).slice(0, width);
    nearest.sort((a, b) => a - b);
    kept.set(nearest, c * width);
    nearest.forEach((channel, slot) => {
      slotOf[c * channels + channel] = slot;
    });
  }
  return { channels, width, kept, slotOf };
}

/** Windows whose waveforms are still 0. @param float32 makes the memory, zero-filled */
export function createWindows(
  plan: WindowPlan,
  anchors: Int32Array,
  samples: number,
  float32: (length: number) => Float32Array,
): WaveformWindows {
  const units = anchors.length;
  const size = plan.width * samples;
  const unitsPerPiece = Math.max(1, Math.min(units, Math.floor(PIECE_BYTES / 4 / size)));
  const pieces = Array.from({ length: Math.ceil(units / unitsPerPiece) }, () =>
    float32(unitsPerPiece === units ? units * size : Math.max(PIECE_BYTES / 4, size)),
  );
  return { ...plan, units, samples, anchors, unitsPerPiece, pieces };
}

/** The piece that holds a unit. */
export function pieceOfUnit(windows: WaveformWindows, unit: number): Float32Array {
  return windows.pieces[Math.floor(unit / windows.unitsPerPiece)];
}

/** Where the samples of a kept channel of a unit begin in its piece; -1 for a channel that is not kept. */
export function offsetInPiece(windows: WaveformWindows, unit: number, channel: number): number {
  const slot = windows.slotOf[windows.anchors[unit] * windows.channels + channel];
  if (slot < 0) return -1;
  return ((unit % windows.unitsPerPiece) * windows.width + slot) * windows.samples;
}

/** Keeps the channels of a unit out of its waveform (channels, samples). */
export function keepWindow(windows: WaveformWindows, unit: number, waveform: Float32Array): void {
  const { width, samples, kept, anchors } = windows;
  const piece = pieceOfUnit(windows, unit);
  let to = (unit % windows.unitsPerPiece) * width * samples;
  const first = anchors[unit] * width;
  for (let slot = 0; slot < width; slot++, to += samples) {
    const from = kept[first + slot] * samples;
    piece.set(waveform.subarray(from, from + samples), to);
  }
}
