/** Pearson's r as a scalar product of standardised rows, and its Fisher z. */
import { MAX_Z } from './kernels.ts';

const LARGEST_R = Math.tanh(MAX_Z);

/**
 * Writes `(x - mean) / ‖x - mean‖` to `out` at `offset`, so that r is the scalar product of two such rows. A constant row,
 * for which r is undefined, becomes zeros: r counts as 0.
 */
export function standardizeRow(x: Float64Array, out: Float64Array, offset: number): void {
  const n = x.length;
  let sum = 0;
  let constant = true;
  for (let k = 0; k < n; k++) {
    sum += x[k];
    if (x[k] !== x[0]) constant = false;
  }
  if (constant) {
    out.fill(0, offset, offset + n);
    return;
  }
  const mean = sum / n;
  let squares = 0;
  for (let k = 0; k < n; k++) {
    const difference = x[k] - mean;
    out[offset + k] = difference;
    squares += difference * difference;
  }
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let k = 0; k < n; k++) out[offset + k] *= scale;
}

/** `atanh` of r cut to ±tanh(6). */
export function fisherZ(r: number): number {
  if (r >= LARGEST_R) return MAX_Z;
  if (r <= -LARGEST_R) return -MAX_Z;
  return Math.atanh(r);
}
