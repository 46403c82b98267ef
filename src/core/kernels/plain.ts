/**
 * The kernels in plain TypeScript: the readable oracle for every faster twin.
 * All sums run over the columns in their order, one accumulator per result, in float64.
 */
import { optimalLeafOrder } from '../clustering/leaf-order.ts';
import { primOverRows } from '../clustering/prim.ts';
import { breathe } from '../context.ts';
import {
  createUnitDescriber,
  emptyDescriptions,
  type UnitDescriptions,
} from '../features/unit-description.ts';
import { findPeakChannels } from '../similarity/waveform-similarity.ts';
import { correlateCommonColumns } from './common-columns.ts';
import { distanceOf } from './distance.ts';
import {
  type Job,
  type Kernels,
  type KrigingGroup,
  MAX_Z,
  type SpanningTree,
  type UnitDescriptionInput,
  type WaveformSimilarityInput,
} from './kernels.ts';
import {
  allStrongPairs,
  correlateRowsNearby,
  correlateRowsWithGapsNearby,
  correlateWaveformsNearby,
  krigeWindows,
} from './plain-nearby.ts';
import { significantCoefficients } from './significant-coefficients.ts';
import { fisherZ, standardizeRow } from './standardize.ts';

/** Rows that are worked on between two looks at the abort signal. */
const ROW_BLOCK = 256;
/** Units that are described between two looks at it. */
const UNIT_BLOCK = 32;

/**
 * Kernels that need no WebAssembly and no worker: they compute on the thread that calls them, several times slower than those of
 * `createKernels` (`dant/node`, `dant/web`), and look at the abort signal between blocks of rows. Nothing has to be closed.
 *
 * @returns kernels with `name` `plain` and one thread
 */
export function createPlainKernels(): Kernels {
  return {
    name: 'plain',
    threads: 1,
    float32: (length) => new Float32Array(length),
    float64: (length) => new Float64Array(length),
    release: () => {},
    describeUnits,
    correlateRows,
    correlateRowsWithGaps,
    correlateWaveforms,
    krige,
    weightedSum,
    spanningTree,
    weightedSpanningTree,
    distances,
    leafOrder: async (linkage, distance, n) => optimalLeafOrder(linkage, n, distance),
    correlateRowsNearby,
    correlateRowsWithGapsNearby,
    correlateWaveformsNearby,
    strongPairs: allStrongPairs,
    krigeWindows,
  };
}

async function describeUnits(input: UnitDescriptionInput, job: Job = {}): Promise<UnitDescriptions> {
  const { waveforms, units, channels, samples, autoCorr, isi } = input;
  const descriptions = emptyDescriptions(units, input, (length) => new Float64Array(length));
  const describe = createUnitDescriber(input, descriptions);
  const size = channels * samples;
  for (let unit = 0; unit < units; unit++) {
    const times = autoCorr || isi ? await input.spikeTimes(unit) : undefined;
    describe(unit, waveforms.subarray(unit * size, (unit + 1) * size), times);
    if (unit % UNIT_BLOCK === 0) {
      job.progress?.(unit, units);
      await breathe(job.signal);
    }
  }
  job.progress?.(units, units);
  return descriptions;
}

async function correlateRows(
  x: Float64Array,
  rows: number,
  columns: number,
  out: Float64Array,
  job: Job = {},
): Promise<void> {
  const standard = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    standardizeRow(x.subarray(i * columns, (i + 1) * columns), standard, i * columns);
  for (let start = 0; start < rows; start += ROW_BLOCK) {
    const end = Math.min(rows, start + ROW_BLOCK);
    for (let i = start; i < end; i += 4) {
      dotRows(standard, i, Math.min(4, end - i), standard, i, rows, columns, (a, b, dot) => {
        const z = fisherZ(dot);
        out[a * rows + b] = z;
        out[b * rows + a] = z;
      });
    }
    job.progress?.(end, rows);
    await breathe(job.signal);
  }
  for (let i = 0; i < rows; i++) out[i * rows + i] = MAX_Z;
}

async function correlateRowsWithGaps(
  x: Float64Array,
  rows: number,
  columns: number,
  out: Float64Array,
  job: Job = {},
): Promise<readonly [number, number] | undefined> {
  if (!x.some(Number.isNaN)) {
    await correlateRows(x, rows, columns, out, job);
    return undefined;
  }
  for (let i = 0; i < rows; i++) {
    for (let j = i + 1; j < rows; j++) {
      const r = correlateCommonColumns(x, columns, i, j);
      if (r === undefined) return [i, j];
      const z = fisherZ(r);
      out[i * rows + j] = z;
      out[j * rows + i] = z;
    }
    out[i * rows + i] = MAX_Z;
    if (i % 16 === 0) {
      job.progress?.(i, rows);
      await breathe(job.signal);
    }
  }
  return undefined;
}

async function correlateWaveforms(
  input: WaveformSimilarityInput,
  out: Float64Array,
  job: Job = {},
): Promise<void> {
  const { units, channels, samples, neighbourCount, neighbours } = input;
  const columns = neighbourCount * samples;
  const directed = new Float64Array(units * units);
  const block = new Float64Array(Math.min(units, ROW_BLOCK) * columns);
  const peakChannels = findPeakChannels(input.waveforms, units, channels, samples);
  const groups = groupByPeak(peakChannels, channels);
  let done = 0;
  for (let peak = 0; peak < channels; peak++) {
    const group = groups[peak];
    if (group.length === 0) continue;
    const near = neighbours.subarray(peak * neighbourCount, (peak + 1) * neighbourCount);
    const rows = new Float64Array(group.length * columns);
    group.forEach((unit, row) => {
      standardizeNeighbourhood(input, unit, near, rows, row * columns);
    });
    for (let start = 0; start < units; start += ROW_BLOCK) {
      const end = Math.min(units, start + ROW_BLOCK);
      for (let j = start; j < end; j++)
        standardizeNeighbourhood(input, j, near, block, (j - start) * columns);
      for (let i = 0; i < group.length; i += 4) {
        dotRows(rows, i, Math.min(4, group.length - i), block, 0, end - start, columns, (a, b, dot) => {
          directed[group[a] * units + start + b] = fisherZ(dot);
        });
      }
    }
    done += group.length;
    job.progress?.(done, units);
    await breathe(job.signal);
  }
  for (let i = 0; i < units; i++) {
    for (let j = i + 1; j < units; j++) {
      const z = Math.max(directed[i * units + j], directed[j * units + i], out[i * units + j]);
      out[i * units + j] = z;
      out[j * units + i] = z;
    }
    out[i * units + i] = MAX_Z;
  }
}

function groupByPeak(peakChannels: Int32Array, channels: number): number[][] {
  const groups: number[][] = Array.from({ length: channels }, () => []);
  peakChannels.forEach((peak, unit) => {
    groups[peak].push(unit);
  });
  return groups;
}

function standardizeNeighbourhood(
  { waveforms, channels, samples }: WaveformSimilarityInput,
  unit: number,
  near: Int32Array,
  target: Float64Array,
  offset: number,
): void {
  for (let n = 0; n < near.length; n++) {
    const from = (unit * channels + near[n]) * samples;
    const to = offset + n * samples;
    for (let t = 0; t < samples; t++) target[to + t] = waveforms[from + t];
  }
  standardizeRow(target.subarray(offset, offset + near.length * samples), target, offset);
}

/**
 * Scalar products of `count` (at most 4) rows of `a` from `firstA` with the rows `firstB .. endB - 1` of `b`.
 * Four by four at a time, so that a loaded value is used four times; the order of summation is the plain one.
 */
function dotRows(
  a: Float64Array,
  firstA: number,
  count: number,
  b: Float64Array,
  firstB: number,
  endB: number,
  columns: number,
  give: (rowA: number, rowB: number, dot: number) => void,
): void {
  let j = firstB;
  if (count === 4) {
    const a0 = firstA * columns;
    const a1 = a0 + columns;
    const a2 = a1 + columns;
    const a3 = a2 + columns;
    for (; j + 2 <= endB; j += 2) {
      const b0 = j * columns;
      const b1 = b0 + columns;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let k = 0; k < columns; k++) {
        const x0 = b[b0 + k];
        const x1 = b[b1 + k];
        const y0 = a[a0 + k];
        s00 += y0 * x0;
        s01 += y0 * x1;
        const y1 = a[a1 + k];
        s10 += y1 * x0;
        s11 += y1 * x1;
        const y2 = a[a2 + k];
        s20 += y2 * x0;
        s21 += y2 * x1;
        const y3 = a[a3 + k];
        s30 += y3 * x0;
        s31 += y3 * x1;
      }
      give(firstA, j, s00);
      give(firstA, j + 1, s01);
      give(firstA + 1, j, s10);
      give(firstA + 1, j + 1, s11);
      give(firstA + 2, j, s20);
      give(firstA + 2, j + 1, s21);
      give(firstA + 3, j, s30);
      give(firstA + 3, j + 1, s31);
    }
  }
  for (; j < endB; j++) {
    for (let i = firstA; i < firstA + count; i++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += a[i * columns + k] * b[j * columns + k];
      give(i, j, sum);
    }
  }
}

async function krige(
  waveforms: Float32Array,
  channels: number,
  samples: number,
  groups: readonly KrigingGroup[],
  out: Float32Array,
  job: Job = {},
): Promise<void> {
  const total = groups.reduce((sum, group) => sum + group.units.length, 0);
  const sum = new Float64Array(samples);
  let done = 0;
  for (const group of groups) {
    const { rowStart, columns, values } = significantCoefficients(group.matrix, channels);
    for (const unit of group.units) {
      const base = unit * channels * samples;
      for (let c = 0; c < channels; c++) {
        sum.fill(0);
        for (let k = rowStart[c]; k < rowStart[c + 1]; k++) {
          const coefficient = values[k];
          const source = base + columns[k] * samples;
          for (let t = 0; t < samples; t++) sum[t] += coefficient * waveforms[source + t];
        }
        out.set(sum, base + c * samples);
      }
      done++;
      if (done % 64 === 0) {
        job.progress?.(done, total);
        await breathe(job.signal);
      }
    }
  }
  job.progress?.(total, total);
}

async function weightedSum(
  features: readonly Float64Array[],
  weights: Float64Array,
  out: Float64Array,
): Promise<void> {
  out.fill(0);
  features.forEach((feature, f) => {
    const weight = weights[f];
    for (let i = 0; i < out.length; i++) out[i] += weight * feature[i];
  });
}

async function distances(similarity: Float64Array, n: number, out: Float64Array): Promise<void> {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) out[i * n + j] = i === j ? 0 : distanceOf(similarity[i * n + j]);
  }
}

async function spanningTree(similarity: Float64Array, n: number, job: Job = {}): Promise<SpanningTree> {
  await breathe(job.signal);
  return primOverRows(n, (i, row) => {
    for (let j = 0; j < n; j++) row[j] = distanceOf(similarity[i * n + j]);
  });
}

async function weightedSpanningTree(
  features: readonly Float64Array[],
  weights: Float64Array,
  n: number,
  job: Job = {},
): Promise<SpanningTree> {
  const similarity = new Float64Array(n * n);
  await weightedSum(features, weights, similarity);
  return spanningTree(similarity, n, job);
}
