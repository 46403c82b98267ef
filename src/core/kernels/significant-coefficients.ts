/** Interpolation matrices are dense on paper; in fact each channel reads only its surroundings. */

/** Coefficients smaller than this fraction of their row's largest are left out. */
export const NEGLIGIBLE = 1e-9;

/** A matrix in compressed rows. */
export interface CompressedRows {
  /** (rows + 1,) where each row starts in `columns` and `values`. */
  readonly rowStart: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** The coefficients of a square matrix that matter, row by row, in column order. */
export function significantCoefficients(matrix: Float64Array, n: number): CompressedRows {
  const rowStart = new Int32Array(n + 1);
  const columns: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    let largest = 0;
    for (let j = 0; j < n; j++) largest = Math.max(largest, Math.abs(matrix[i * n + j]));
    for (let j = 0; j < n; j++) {
      const value = matrix[i * n + j];
      if (value !== 0 && Math.abs(value) >= NEGLIGIBLE * largest) {
        columns.push(j);
        values.push(value);
      }
    }
    rowStart[i + 1] = columns.length;
  }
  return { rowStart, columns: Int32Array.from(columns), values: Float64Array.from(values) };
}
