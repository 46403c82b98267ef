/** Pearson's r of two rows where either may have missing values. */
import { standardizeRow } from './standardize.ts';

/**
 * r of rows i and j of x (rows, columns) over the columns that are not NaN in both; 0 where one of them is constant there.
 * @returns undefined when they have no common column
 */
export function correlateCommonColumns(
  x: Float64Array,
  columns: number,
  i: number,
  j: number,
): number | undefined {
  const first = new Float64Array(columns);
  const second = new Float64Array(columns);
  let common = 0;
  for (let k = 0; k < columns; k++) {
    const a = x[i * columns + k];
    const b = x[j * columns + k];
    if (!Number.isNaN(a) && !Number.isNaN(b)) {
      first[common] = a;
      second[common] = b;
      common++;
    }
  }
  if (common === 0) return undefined;
  const a = first.subarray(0, common);
  const b = second.subarray(0, common);
  standardizeRow(a, a, 0);
  standardizeRow(b, b, 0);
  let dot = 0;
  for (let k = 0; k < common; k++) dot += a[k] * b[k];
  return dot;
}
