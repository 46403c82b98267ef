/** From the correlations on the neighbourhood of either unit of a pair to their similarity. */
import { MAX_Z } from '../core/kernels/kernels.ts';
import type { SimdKernels } from './bindings.ts';
import { createExactCorrelation, type ExactCorrelationInput } from './exact-correlation.ts';
import { TILE, tileAt, writeTile } from './tiles.ts';

export interface MergeDirectionsInput extends ExactCorrelationInput {
  readonly units: number;
  /** Of `waveformProducts`. */
  readonly directed: Float32Array;
  /** (units, units) Fisher z, raised where the new one is larger. */
  readonly out: Float64Array;
}

/** Of two float32 correlations, the smaller one may be the larger in truth when it comes this close. */
const DOUBT = 1e-5;

/**
 * Task t settles the pairs of tile t. The float32 correlations decide which of the two directions is larger unless they nearly agree;
 * where it is above 0.9 in size, where Fisher z magnifies its error, it is computed again in float64.
 */
export function mergeDirectionsTasks(simd: SimdKernels, input: MergeDirectionsInput) {
  const { units, directed, out } = input;
  const forward = simd.float32(TILE * TILE);
  const backward = simd.float32(TILE * TILE);
  const z = simd.float64(TILE * TILE);
  const mirrored = simd.float64(TILE * TILE);
  const unsettled = simd.int32(TILE * TILE);
  const exact = simd.float64(TILE * TILE);
  const correlate = createExactCorrelation(simd, input);

  return (index: number): void => {
    const tile = tileAt(index, units);
    const { firstRow, rows, firstColumn, columns, onDiagonal } = tile;
    const evenRows = rows + (rows % 2);
    const evenColumns = columns + (columns % 2);
    const forwards = forward.float32;
    const backwards = backward.float32;
    const known = z.float64;
    for (let i = 0; i < rows; i++) {
      const from = (firstRow + i) * units + firstColumn;
      forwards.set(directed.subarray(from, from + columns), i * evenColumns);
      known.set(out.subarray(from, from + columns), i * evenColumns);
    }
    for (let j = 0; j < columns; j++) {
      const from = (firstColumn + j) * units + firstRow;
      backwards.set(directed.subarray(from, from + rows), j * evenRows);
    }
    const count = simd.mergeDirections(evenRows, evenColumns, forward, backward, z, unsettled);
    const positions = unsettled.int32.subarray(0, count).filter((position) => {
      const i = Math.floor(position / evenColumns);
      const j = position % evenColumns;
      return i < rows && j < columns && !(onDiagonal && j <= i);
    });
    const correlations = exact.float64.fill(Number.NEGATIVE_INFINITY, 0, positions.length);
    /** Pairs (n, j) of a position and its column, where the neighbourhood of the column counts. */
    const around: [number, number][] = [];
    positions.forEach((position, n) => {
      const i = Math.floor(position / evenColumns);
      const j = position % evenColumns;
      const difference = forwards[position] - backwards[j * evenRows + i];
      if (!(difference < -DOUBT)) correlations[n] = correlate(firstRow + i, firstColumn + j);
      if (!(difference > DOUBT)) around.push([n, j]);
    });
    // Column by column, since what is prepared for one neighbourhood serves many pairs.
    around.sort(([, a], [, b]) => a - b);
    for (const [n, j] of around) {
      const i = Math.floor(positions[n] / evenColumns);
      correlations[n] = Math.max(correlations[n], correlate(firstColumn + j, firstRow + i));
    }
    simd.fisherZ(positions.length + (positions.length % 2), exact);
    positions.forEach((position, n) => {
      known[position] = Math.max(known[position], correlations[n]);
    });
    if (onDiagonal) {
      for (let i = 0; i < rows; i++) {
        known[i * evenColumns + i] = MAX_Z;
        for (let j = 0; j < i; j++) known[i * evenColumns + j] = known[j * evenColumns + i];
      }
    }
    simd.transpose(evenRows, evenColumns, z, mirrored);
    writeTile(tile, units, known, evenColumns, mirrored.float64, evenRows, out);
  };
}
