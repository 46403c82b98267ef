/** Pearson's correlation between the columns of two matrices. */
import { standardizeRow } from '../kernels/standardize.ts';
import { type NdArray, ndarray } from '../ndarray.ts';

/**
 * Pearson's r between all columns of x and all columns of y. A constant column, for which r is undefined, has r = 0.
 *
 * @param x (samples, features_x)
 * @param y (samples, features_y)
 * @returns (features_x, features_y) -1..1
 * @throws RangeError when the numbers of samples differ
 */
export function corrcoef2(x: NdArray<ArrayLike<number>>, y: NdArray<ArrayLike<number>>): NdArray {
  if (x.shape.length !== 2 || y.shape.length !== 2 || x.shape[0] !== y.shape[0]) {
    throw new RangeError(
      `corrcoef2: got shapes (${x.shape.join(', ')}) and (${y.shape.join(', ')}), expected (samples, features) of equally many samples`,
    );
  }
  const [samples, featuresX] = x.shape;
  const featuresY = y.shape[1];
  const a = standardizedColumns(x);
  const b = standardizedColumns(y);
  const r = new Float64Array(featuresX * featuresY);
  for (let i = 0; i < featuresX; i++) {
    for (let j = 0; j < featuresY; j++) {
      let sum = 0;
      for (let k = 0; k < samples; k++) sum += a[i * samples + k] * b[j * samples + k];
      r[i * featuresY + j] = Math.min(Math.max(sum, -1), 1);
    }
  }
  return ndarray(r, [featuresX, featuresY]);
}

/** Columns as rows (features, samples), each with mean 0 and norm 1. */
function standardizedColumns({ data, shape }: NdArray<ArrayLike<number>>): Float64Array {
  const [samples, features] = shape;
  const rows = new Float64Array(features * samples);
  for (let f = 0; f < features; f++) {
    const column = Float64Array.from({ length: samples }, (_, k) => data[k * features + f]);
    standardizeRow(column, rows, f * samples);
  }
  return rows;
}
