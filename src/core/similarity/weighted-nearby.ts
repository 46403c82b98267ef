/** The weighted sum of matrices of nearby pairs. */
import { throwIfStopped } from '../errors.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { createNearbyMatrix, type NearbyMatrix, setCell } from './nearby-matrix.ts';

/** `Σ_f weights[f]·matrices[f]`. @param matrices of one layout */
export function weightedNearby(
  matrices: readonly NearbyMatrix[],
  weights: Float64Array,
  { float32 }: Pick<Kernels, 'float32'>,
  signal?: AbortSignal,
): NearbyMatrix {
  const [{ layout, precision }] = matrices;
  const sum = createNearbyMatrix(layout, float32, precision);
  const { origin, pieceOf, scale } = sum;
  for (let p = 0; p < layout.units; p++) {
    if (p % 4096 === 0) throwIfStopped(signal);
    for (let q = p + 1; q < layout.end[p]; q++) {
      let value = 0;
      for (let f = 0; f < matrices.length; f++)
        value += weights[f] * (matrices[f].pieces[pieceOf[p]][origin[p] + q] * scale);
      setCell(sum, p, q, value);
    }
  }
  return sum;
}
