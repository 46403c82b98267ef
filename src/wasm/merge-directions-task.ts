/** From the correlations on the neighbourhood of either unit of a pair to their similarity. */
import { MAX_Z } from '../core/kernels/kernels.ts';
import type { SimdKernels } from './bindings.ts';
import { TILE, tileAt, writeTile } from './tiles.ts';

export interface MergeDirectionsInput {
  readonly units: number;
  /** Of `waveformProducts`. */
  readonly directed: Float32Array;
  /** (units, units) Fisher z, raised where the new one is larger. */
  readonly out: Float64Array;
}

/** Of two float32 correlations, the smaller one may be the larger in truth when it comes this close. */
const DOUBT = 1e-5;

/**
 * Task t settles the pairs of tile t by their larger correlation, but for those above 0.9 in size, where Fisher z magnifies the error of
 * float32. It returns them, (pairs, 2) units: the first one is the one on whose neighbourhood the pair is to be correlated again. Both directions
 * of a pair are among them when they nearly agree.
 */
export function mergeDirectionsTasks(simd: SimdKernels, input: MergeDirectionsInput) {
  const { units, directed, out } = input;
  const forward = simd.float32(TILE * TILE);
  const backward = simd.float32(TILE * TILE);
  const z = simd.float64(TILE * TILE);
  const mirrored = simd.float64(TILE * TILE);
  const unsettled = simd.int32(TILE * TILE);

  return (index: number): Int32Array => {
    const tile = tileAt(index, units);
    const { firstRow, rows, firstColumn, columns, onDiagonal } = tile;
    const evenRows = rows + (rows % 2);
    const evenColumns = columns + (columns % 2);
    const forwards = forward.float32;
    const backwards = backward.float32;
    const values = z.float64;
    for (let i = 0; i < rows; i++) {
      const from = (firstRow + i) * units + firstColumn;
      forwards.set(directed.subarray(from, from + columns), i * evenColumns);
      values.set(out.subarray(from, from + columns), i * evenColumns);
    }
    for (let j = 0; j < columns; j++) {
      const from = (firstColumn + j) * units + firstRow;
      backwards.set(directed.subarray(from, from + rows), j * evenRows);
    }
    const count = simd.mergeDirections(evenRows, evenColumns, forward, backward, z, unsettled);
    const pairs: number[] = [];
    for (const position of unsettled.int32.subarray(0, count)) {
      const i = Math.floor(position / evenColumns);
      const j = position % evenColumns;
      if (i >= rows || j >= columns || (onDiagonal && j <= i)) continue;
      const difference = forwards[position] - backwards[j * evenRows + i];
      if (!(difference < -DOUBT)) pairs.push(firstRow + i, firstColumn + j);
      if (!(difference > DOUBT)) pairs.push(firstColumn + j, firstRow + i);
    }
    if (onDiagonal) {
      for (let i = 0; i < rows; i++) {
        values[i * evenColumns + i] = MAX_Z;
        for (let j = 0; j < i; j++) values[i * evenColumns + j] = values[j * evenColumns + i];
      }
    }
    simd.transpose(evenRows, evenColumns, z, mirrored);
    writeTile(tile, units, values, evenColumns, mirrored.float64, evenRows, out);
    return Int32Array.from(pairs);
  };
}
