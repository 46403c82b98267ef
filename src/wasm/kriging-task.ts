/** Waveforms of units read at other places: one sparse product per displacement for all units that share it, in float32. */
import type { KrigingGroup } from '../core/kernels/kernels.ts';
import { significantCoefficients } from '../core/kernels/significant-coefficients.ts';
import type { SimdKernels } from './bindings.ts';

export interface KrigeInput {
  /** (units, channels, samples) */
  readonly waveforms: Float32Array;
  readonly channels: number;
  readonly samples: number;
  /** (units, channels, samples) */
  readonly out: Float32Array;
}

/** Most units of one task. */
const TASK_UNITS = 256;

/** Units that pass through scratch memory at a time. */
const BATCH = 4;

/** The groups, large ones divided: one for each task. */
export function krigingPieces(groups: readonly KrigingGroup[]): KrigingGroup[] {
  return groups.flatMap(({ matrix, units }) =>
    Array.from({ length: Math.ceil(units.length / TASK_UNITS) }, (_, piece) => ({
      matrix,
      units: units.subarray(piece * TASK_UNITS, (piece + 1) * TASK_UNITS),
    })),
  );
}

/** Each task is one group of units. */
export function krigeTasks(simd: SimdKernels, input: KrigeInput) {
  const { waveforms, channels, samples, out } = input;
  const panels = Math.ceil(channels / 4);
  /** The kernel works on at least 8 samples. */
  const width = Math.max(8, samples);
  const size = channels * samples;
  const x = simd.float32(BATCH * channels * width);
  const result = simd.float32(BATCH * 4 * panels * width);
  const coefficients = simd.float32(4 * panels * channels);
  const lists = simd.int32(panels * (channels + 1));

  return (_index: number, group: KrigingGroup): void => {
    packMatrix(group.matrix, channels, width, lists.int32, coefficients.float32);
    const from = x.float32;
    const to = result.float32;
    for (let first = 0; first < group.units.length; first += BATCH) {
      const units = group.units.subarray(first, first + BATCH);
      units.forEach((unit, n) => {
        const source = waveforms.subarray(unit * size, (unit + 1) * size);
        copyRows(source, samples, from.subarray(n * channels * width), width, channels);
      });
      simd.krige(units.length, channels, width, lists, coefficients, x, result);
      units.forEach((unit, n) => {
        const target = out.subarray(unit * size, (unit + 1) * size);
        copyRows(to.subarray(n * 4 * panels * width), width, target, samples, channels);
      });
    }
  };
}

export function copyRows(
  from: Float32Array,
  fromWidth: number,
  to: Float32Array,
  toWidth: number,
  rows: number,
): void {
  if (fromWidth === toWidth) {
    to.set(from.subarray(0, rows * fromWidth));
    return;
  }
  const width = Math.min(fromWidth, toWidth);
  for (let row = 0; row < rows; row++) {
    to.set(from.subarray(row * fromWidth, row * fromWidth + width), row * toWidth);
  }
}

/** The significant coefficients of a (channels, channels) matrix in the layout of the kernel `krige`. */
export function packMatrix(
  matrix: Float64Array,
  channels: number,
  width: number,
  lists: Int32Array,
  coefficients: Float32Array,
): void {
  const { rowStart, columns, values } = significantCoefficients(matrix, channels);
  /** Place of each column in the list of a panel; -1 for those that it does not need. */
  const places = new Int32Array(channels);
  let word = 0;
  let next = 0;
  for (let first = 0; first < channels; first += 4) {
    const last = Math.min(channels, first + 4);
    const used = columns.subarray(rowStart[first], rowStart[last]);
    const count = listColumns(used, places, lists.subarray(word + 1), width);
    lists[word] = count;
    word += 1 + count;
    coefficients.fill(0, next, next + 4 * count);
    for (let row = first; row < last; row++) {
      for (let k = rowStart[row]; k < rowStart[row + 1]; k++)
        coefficients[next + 4 * places[columns[k]] + row - first] = values[k];
    }
    next += 4 * count;
  }
}

/** Lists where the rows of some columns begin in memory, each column once, ascending. @returns how many they are */
function listColumns(used: Int32Array, places: Int32Array, list: Int32Array, width: number): number {
  places.fill(-1);
  for (let k = 0; k < used.length; k++) places[used[k]] = 0;
  let count = 0;
  for (let column = 0; column < places.length; column++) {
    if (places[column] < 0) continue;
    places[column] = count;
    list[count++] = column * width * 4;
  }
  return count;
}
