/** Waveform similarities of new units with the units near them, from the windows around their peaks. */
import type { RunContext } from '../context.ts';
import { throwIfStopped } from '../errors.ts';
import { raiseCell } from '../similarity/nearby-matrix.ts';
import { pieceOfUnit, type WaveformWindows } from '../similarity/waveform-windows.ts';
import type { NewSimilarity } from './new-pairs.ts';
import type { UnitWindows } from './unit-windows.ts';

/** New units that are compared together: fewer need more packing, more have a wider neighbourhood. */
const NEW_UNITS = 256;
/** Groups of new units that are under way: one is put together while the threads work on the other. */
const AT_A_TIME = 2;
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
 * @param fresh windows of all new units
 * @param old windows of the old units that are compared
 * @param out `fillWithLowest` before
 * @param neighbours (channels, n) of `nearestChannelsOnShank`
 */
export async function compareWindows(
  fresh: UnitWindows,
  old: UnitWindows,
  out: NewSimilarity,
  neighbours: Int32Array,
  context: RunContext,
): Promise<void> {
  const among = out.among.layout;
  const between = out.between.layout;
  const freshUnits = fresh.place.size;
  const compareFrom = async (first: number) => {
    throwIfStopped(context.signal);
    const last = Math.min(freshUnits, first + NEW_UNITS);
    const rows = range(first, last);
    const lastFresh = Math.max(...rows.map((p) => among.end[p]));
    const withOld = rows.filter((p) => between.start[p] < between.end[p]);
    const firstOld = Math.min(...withOld.map((p) => between.start[p]));
    const lastOld = Math.max(...withOld.map((p) => between.end[p]));
    /** Positions among the new units, then among the old ones. */
    const near = range(first, lastFresh);
    const nearOld = withOld.length > 0 ? range(firstOld, lastOld) : [];
    if (near.length + nearOld.length === 1) return;
    const placeOf = (of: UnitWindows, unit: number): Place => ({ of, window: of.place.get(unit) as number });
    const members = [
      ...near.map((p) => placeOf(fresh, among.order[p])),
      ...nearOld.map((q) => placeOf(old, between.order[q])),
    ];
    const { z, side } = await compareMembers(members, last - first, neighbours, context);
    for (const p of rows) {
      const row = z.subarray((p - first) * side, (p - first + 1) * side);
      for (let q = among.start[p]; q < among.end[p]; q++) raiseCell(out.among, p, q, row[q - first]);
      for (let q = between.start[p]; q < between.end[p]; q++)
        raiseCell(out.between, p, q, row[near.length + q - firstOld]);
    }
    context.kernels.release(z);
  };
  const underWay: Promise<void>[] = [];
  try {
    for (let first = 0; first < freshUnits; first += NEW_UNITS) {
      if (underWay.length === AT_A_TIME) await underWay.shift();
      const comparison = compareFrom(first);
      // A failure is met where it is waited for.
      comparison.catch(() => {});
      underWay.push(comparison);
    }
    await Promise.all(underWay);
  } finally {
    await Promise.allSettled(underWay);
  }
}

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i);

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
