/** Waveform similarities of new units with the units near them, from the windows around their peaks. */
import type { RunContext } from '../context.ts';
import { throwIfStopped } from '../errors.ts';
import { type CellMatrix, raiseCell } from '../similarity/nearby-matrix.ts';
import { pieceOfUnit, type WaveformWindows } from '../similarity/waveform-windows.ts';
import type { UnitWindows } from './unit-windows.ts';

/** New units that are compared together: fewer need more packing, more have a wider neighbourhood. */
const NEW_UNITS = 128;
/** Sizes are rounded up to these, so that memory can be used again. */
const ROUND_UNITS = 64;
const ROUND_CHANNELS = 16;

/** Where the waveforms of a unit are. */
interface Place {
  readonly of: UnitWindows;
  readonly window: number;
}

/**
 * Raises the cells of new units with the others to their waveform similarity, on the neighbourhood of the peak of either, the largest over
 * the reference probes.
 *
 * @param fresh windows of all new units, the rows of the matrix that have cells
 * @param others windows of some units; pairs with units that have none are left alone
 * @param out `between` or `among` of `NewPairs`; `fillWithLowest` before the first others
 * @param neighbours (channels, n) of `nearestChannelsOnShank`
 */
export async function compareWindows(
  fresh: UnitWindows,
  others: UnitWindows,
  out: CellMatrix,
  neighbours: Int32Array,
  context: RunContext,
): Promise<void> {
  const { units, order, start, end } = out.layout;
  const freshUnits = fresh.place.size;
  /** Positions that have a window among the others, rising. */
  const present: number[] = [];
  for (let q = 0; q < units; q++) if (others.place.has(order[q])) present.push(q);
  let nextPresent = 0;
  for (let first = 0; first < freshUnits; first += NEW_UNITS) {
    throwIfStopped(context.signal);
    const last = Math.min(freshUnits, first + NEW_UNITS);
    const chunk = Array.from({ length: last - first }, (_, i) => first + i);
    const rows = chunk.filter((p) => start[p] < end[p]);
    if (rows.length === 0) continue;
    const low = Math.max(last, Math.min(...rows.map((p) => start[p])));
    const high = Math.max(...rows.map((p) => end[p]));
    while (nextPresent < present.length && present[nextPresent] < low) nextPresent++;
    const near: number[] = [];
    for (let k = nextPresent; k < present.length && present[k] < high; k++) near.push(present[k]);
    const positions = [...chunk, ...near];
    const members = positions.map((p, i): Place => {
      const of = i < chunk.length ? fresh : others;
      return { of, window: of.place.get(order[p]) as number };
    });
    const n = members.length;
    const { z, side } = await compareMembers(members, chunk.length, neighbours, context);
    for (let i = 0; i < chunk.length; i++) {
      const p = positions[i];
      for (let j = i + 1; j < n; j++) {
        const q = positions[j];
        if (q >= start[p] && q < end[p]) raiseCell(out, p, q, z[i * side + j]);
      }
    }
    context.kernels.release(z);
  }
}

/** Compares the first `fresh` members with all of them: (side, side), of which the first members count. */
async function compareMembers(
  members: readonly Place[],
  fresh: number,
  neighbours: Int32Array,
  { kernels, signal }: RunContext,
): Promise<{ z: Float64Array; side: number }> {
  const side = ROUND_UNITS * Math.ceil(members.length / ROUND_UNITS);
  const z = kernels.float64(side * side, false).fill(Number.NEGATIVE_INFINITY);
  const [{ of }] = members;
  for (const [t, { samples, channels: all }] of of.templates.entries()) {
    const count = neighbours.length / all;
    const memberPeaks = members.map(({ of: { peaks }, window }) => peaks[t][window]);
    const local = localChannels(memberPeaks, neighbours, all);
    const channels = ROUND_CHANNELS * Math.ceil(local.channels.length / ROUND_CHANNELS);
    const waveforms = kernels.float32(side * channels * samples);
    members.forEach(({ of: { templates }, window }, i) => {
      copyChannels(templates[t], window, local.channels, waveforms, i * channels * samples);
    });
    const peakChannels = new Int32Array(side);
    memberPeaks.forEach((peak, i) => {
      peakChannels[i] = local.place[peak];
    });
    const own = new Int32Array(channels * count);
    for (const peak of new Set(memberPeaks)) {
      for (let k = 0; k < count; k++)
        own[local.place[peak] * count + k] = local.place[neighbours[peak * count + k]];
    }
    const input = { waveforms, units: side, channels, samples, peakChannels, neighbours: own };
    await kernels.correlateWaveforms({ ...input, neighbourCount: count, fresh }, z, { signal });
    kernels.release(waveforms);
  }
  return { z, side };
}

/** The channels around some peaks, ascending, and the place of each of all channels among them. */
function localChannels(peaks: readonly number[], neighbours: Int32Array, all: number) {
  const count = neighbours.length / all;
  const place = new Int32Array(all).fill(-1);
  for (const peak of new Set(peaks)) for (let k = 0; k < count; k++) place[neighbours[peak * count + k]] = 0;
  const channels: number[] = [];
  for (let c = 0; c < all; c++) if (place[c] === 0) place[c] = channels.push(c) - 1;
  return { channels, place };
}

/** Copies the waveform of a window on some channels, ascending; what it does not hold is left as it is. */
function copyChannels(
  windows: WaveformWindows,
  window: number,
  channels: readonly number[],
  target: Float32Array,
  at: number,
): void {
  const { samples, width, anchors, slotOf, channels: all } = windows;
  const piece = pieceOfUnit(windows, window);
  const base = (window % windows.unitsPerPiece) * width;
  const slots = slotOf.subarray(anchors[window] * all, (anchors[window] + 1) * all);
  for (let c = 0; c < channels.length; ) {
    const slot = slots[channels[c]];
    let run = 1;
    while (slot >= 0 && c + run < channels.length && slots[channels[c + run]] === slot + run) run++;
    if (slot >= 0) {
      const from = (base + slot) * samples;
      target.set(piece.subarray(from, from + run * samples), at + c * samples);
    }
    c += run;
  }
}
