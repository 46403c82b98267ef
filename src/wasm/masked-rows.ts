/** Rows where values are missing, as the products that give every pair the sums over its common columns. */
import { standardizeRow } from '../core/kernels/standardize.ts';
import type { SimdKernels } from './bindings.ts';
import type { Region } from './scratch-memory.ts';

/** What stands where a value is there, by the value standardised over the columns that its row has; 0 stands elsewhere. */
const ENTRIES = {
  values: (standard: number) => standard,
  squares: (standard: number) => standard * standard,
  marks: (_: number) => 1,
};

export type MaskedPart = keyof typeof ENTRIES;
export const MASKED_PARTS = Object.keys(ENTRIES) as MaskedPart[];

/**
 * @param staged memory for (rows, columns) float64
 * @returns writes a part of rows of `columns` values to `target`, in panels of four: [panel][column][4]
 */
export function maskedPacker(simd: SimdKernels, columns: number, staged: Region) {
  const present = new Float64Array(columns);
  return (rows: readonly Float64Array[], part: MaskedPart, target: Region): void => {
    const entryOf = ENTRIES[part];
    const stage = staged.float64.fill(0);
    rows.forEach((row, i) => {
      let size = 0;
      for (const value of row) if (!Number.isNaN(value)) present[size++] = value;
      const standard = present.subarray(0, size);
      if (size > 0) standardizeRow(standard, standard, 0);
      let next = 0;
      for (let k = 0; k < columns; k++) {
        if (!Number.isNaN(row[k])) stage[i * columns + k] = entryOf(standard[next++]);
      }
    });
    simd.packPanels(Math.ceil(rows.length / 4), columns, staged, target);
  };
}
