/** Interpolation matrices are dense on paper; in fact each channel reads only its surroundings. */

/** Coefficients smaller than this fraction of their row's largest are left out. */
const NEGLIGIBLE = 1e-9;

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
  const columns = new Int32Array(n * n);
  const values = new Float64Array(n * n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    count = addRow(matrix.subarray(i * n, (i + 1) * n), columns, values, count);
    rowStart[i + 1] = count;
  }
  return { rowStart, columns: columns.slice(0, count), values: values.slice(0, count) };
}

/** Puts the coefficients of a row that matter behind the first `count`. @returns how many there are then */
function addRow(row: Float64Array, columns: Int32Array, values: Float64Array, count: number): number {
  let largest = 0;
  for (let j = 0; j < row.length; j++) largest = Math.max(largest, Math.abs(row[j]));
  const least = NEGLIGIBLE * largest;
  let next = count;
  for (let j = 0; j < row.length; j++) {
    const value = row[j];
    if (value === 0 || !(Math.abs(value) >= least)) continue;
    columns[next] = j;
    values[next++] = value;
  }
  return next;
}
