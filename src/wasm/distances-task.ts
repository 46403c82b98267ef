/** Distances of all units from their weighted similarities, tile by tile: the hyperbolic tangent is taken once for each pair. */
import { distanceOf } from '../core/kernels/distance.ts';
import { TILE, tileAt, writeTile } from './tiles.ts';

export interface DistancesInput {
  /** (n, n) S, symmetric. */
  readonly similarity: Float64Array;
  readonly n: number;
  /** (n, n) */
  readonly out: Float64Array;
}

/** Task t writes tile t and its mirror image. */
export function distancesTasks(_simd: unknown, { similarity, n, out }: DistancesInput) {
  const distance = new Float64Array(TILE * TILE);
  const mirrored = new Float64Array(TILE * TILE);
  return (task: number): void => {
    const tile = tileAt(task, n);
    const { firstRow, rows, firstColumn, columns, onDiagonal } = tile;
    for (let i = 0; i < rows; i++) {
      const from = (firstRow + i) * n + firstColumn;
      for (let j = onDiagonal ? i + 1 : 0; j < columns; j++) {
        const value = distanceOf(similarity[from + j]);
        distance[i * TILE + j] = value;
        if (onDiagonal) distance[j * TILE + i] = value;
        else mirrored[j * TILE + i] = value;
      }
      if (onDiagonal) distance[i * TILE + i] = 0;
    }
    writeTile(tile, n, distance, TILE, mirrored, TILE, out);
  };
}
