/** The data of a plot, on its way into a CSV file. */
import { encodeCsv } from '../../io/csv.ts';

export type Cell = string | number | boolean | null | undefined;

export interface Table {
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly Cell[]>;
}

/** Numbers in full precision; what is not finite or missing becomes an empty field. */
export function csvOf({ columns, rows }: Table): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encodeCsv({ columns, rows: Array.from(rows, (row) => row.map(field)) }));
}

function field(value: Cell): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'number' && !Number.isFinite(value) ? '' : String(value);
}
