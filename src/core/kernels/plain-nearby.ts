/** The kernels for nearby pairs in plain TypeScript: value for value what `plain.ts` gives for the same pairs. */
import { type PairSearch, type StrongPairs, strongPairs } from '../clustering/strong-pairs.ts';
import { breathe } from '../context.ts';
import { type CellMatrix, raiseCell, setCell } from '../similarity/nearby-matrix.ts';
import { offsetInPiece, pieceOfUnit, type WaveformWindows } from '../similarity/waveform-windows.ts';
import { correlateCommonColumns } from './common-columns.ts';
import type { Job, KrigingGroup, NearbyWaveformInput } from './kernels.ts';
import { significantCoefficients } from './significant-coefficients.ts';
import { fisherZ, standardizeRow } from './standardize.ts';

/** Units that are worked on between two looks at the abort signal. */
const UNIT_BLOCK = 64;

export async function correlateRowsNearby(
  x: Float64Array,
  columns: number,
  out: CellMatrix,
  job: Job = {},
): Promise<void> {
  const { units, order, start, end } = out.layout;
  const standard = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += columns) standardizeRow(x.subarray(at, at + columns), standard, at);
  for (let p = 0; p < units; p++) {
    const a = order[p] * columns;
    for (let q = start[p]; q < end[p]; q++)
      setCell(out, p, q, fisherZ(dot(standard, a, standard, order[q] * columns, columns)));
    await pause(p, units, job);
  }
}

export async function correlateRowsWithGapsNearby(
  x: Float64Array,
  columns: number,
  out: CellMatrix,
  job: Job = {},
): Promise<readonly [number, number] | undefined> {
  if (!x.some(Number.isNaN)) {
    await correlateRowsNearby(x, columns, out, job);
    return undefined;
  }
  const { units, order, start, end, sessions } = out.layout;
  for (let p = 0; p < units; p++) {
    for (let q = start[p]; q < end[p]; q++) {
      const r = correlateCommonColumns(x, columns, order[p], order[q]);
      if (r === undefined && sessions[p] !== sessions[q]) return [order[p], order[q]];
      setCell(out, p, q, fisherZ(r ?? 0));
    }
    await pause(p, units, job);
  }
  return undefined;
}

export async function correlateWaveformsNearby(
  input: NearbyWaveformInput,
  outs: readonly CellMatrix[],
  job: Job = {},
): Promise<void> {
  for (const out of outs) await correlateInto(out, input, job);
}

async function correlateInto(
  out: CellMatrix,
  { windows, neighbours, neighbourCount }: NearbyWaveformInput,
  job: Job,
): Promise<void> {
  const { units, order, start, end, begin, until } = out.layout;
  const { channels, samples } = windows;
  const columns = neighbourCount * samples;
  const unitsOf: number[][] = Array.from({ length: channels }, () => []);
  for (let p = 0; p < units; p++) unitsOf[windowPeak(windows, order[p])].push(p);
  let done = 0;
  for (let peak = 0; peak < channels; peak++) {
    const near = neighbours.subarray(peak * neighbourCount, (peak + 1) * neighbourCount);
    /** Standardised waveforms on the neighbourhood, by position. */
    const rows = new Map<number, Float64Array>();
    const rowAt = (position: number) => {
      let row = rows.get(position);
      if (!row) {
        row = standardNeighbourhood(windows, order[position], near);
        rows.set(position, row);
      }
      return row;
    };
    for (const p of unitsOf[peak]) {
      const row = rowAt(p);
      const withRow = (q: number) => fisherZ(dot(row, 0, rowAt(q), 0, columns));
      for (let q = begin[p]; q < until[p]; q++) raiseCell(out, q, p, withRow(q));
      for (let q = start[p]; q < end[p]; q++) raiseCell(out, p, q, withRow(q));
      await pause(done++, units, job);
    }
  }
}

/** First kept channel with the largest peak-to-trough. */
function windowPeak(windows: WaveformWindows, unit: number): number {
  const { width, samples, kept, anchors } = windows;
  const piece = pieceOfUnit(windows, unit);
  let start = (unit % windows.unitsPerPiece) * width * samples;
  let best = Number.NEGATIVE_INFINITY;
  let peak = 0;
  for (let slot = 0; slot < width; slot++, start += samples) {
    let min = piece[start];
    let max = min;
    for (let t = 1; t < samples; t++) {
      const value = piece[start + t];
      if (value < min) min = value;
      else if (value > max) max = value;
    }
    if (max - min > best) {
      best = max - min;
      peak = kept[anchors[unit] * width + slot];
    }
  }
  return peak;
}

function standardNeighbourhood(windows: WaveformWindows, unit: number, near: Int32Array): Float64Array {
  const { samples } = windows;
  const row = new Float64Array(near.length * samples);
  const piece = pieceOfUnit(windows, unit);
  near.forEach((channel, n) => {
    const from = offsetInPiece(windows, unit, channel);
    if (from < 0) return;
    for (let t = 0; t < samples; t++) row[n * samples + t] = piece[from + t];
  });
  standardizeRow(row, row, 0);
  return row;
}

export async function krigeWindows(
  waveforms: Float32Array,
  groups: readonly KrigingGroup[],
  firstUnit: number,
  windows: WaveformWindows,
  job: Job = {},
): Promise<void> {
  const { channels, width, samples, kept, anchors } = windows;
  const total = groups.reduce((sum, group) => sum + group.units.length, 0);
  const sum = new Float64Array(samples);
  let done = 0;
  for (const group of groups) {
    const { rowStart, columns, values } = significantCoefficients(group.matrix, channels);
    for (const local of group.units) {
      const unit = firstUnit + local;
      const piece = pieceOfUnit(windows, unit);
      const base = local * channels * samples;
      for (let slot = 0; slot < width; slot++) {
        const c = kept[anchors[unit] * width + slot];
        sum.fill(0);
        for (let k = rowStart[c]; k < rowStart[c + 1]; k++) {
          const coefficient = values[k];
          const source = base + columns[k] * samples;
          for (let t = 0; t < samples; t++) sum[t] += coefficient * waveforms[source + t];
        }
        piece.set(sum, ((unit % windows.unitsPerPiece) * width + slot) * samples);
      }
      await pause(done++, total, job);
    }
  }
}

function dot(x: Float64Array, a: number, y: Float64Array, b: number, columns: number): number {
  let sum = 0;
  for (let k = 0; k < columns; k++) sum += x[a + k] * y[b + k];
  return sum;
}

async function pause(done: number, total: number, job: Job): Promise<void> {
  if (done % UNIT_BLOCK !== UNIT_BLOCK - 1) return;
  job.progress?.(done + 1, total);
  await breathe(job.signal);
}

export async function allStrongPairs(search: PairSearch, job: Job = {}): Promise<readonly StrongPairs[]> {
  const { units } = search.features[0].layout;
  await breathe(job.signal);
  return [strongPairs(search, 0, units)];
}
