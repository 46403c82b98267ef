/** Tables as Apache Parquet. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { ExportFile } from './export-file.ts';
import type { ExportSource } from './export-source.ts';
import { type Column, neuronClusterColumns, neuronColumns, unitColumns } from './neuron-tables.ts';

const TYPES = { whole: 'INT32', number: 'DOUBLE', text: 'STRING' } as const;

/** Ids and dates of nothing but digits are texts all the same. */
const PUBLISHED_TEXTS = new Set(['date', 'label', 'cluster_id', 'folder']);

/**
 * The tables of `csvFiles`; whole numbers are INT32, numbers DOUBLE, texts UTF-8, and what is missing is null. Further columns of
 * `units.csv` that hold nothing but numbers are DOUBLE.
 */
export function* parquetFiles(source: ExportSource): Generator<ExportFile> {
  yield { path: 'units.parquet', content: encode(unitColumns(source).map(numericWhereItCan)) };
  const clusters = neuronClusterColumns(source);
  if (clusters) yield { path: 'neurons_cluster_id.parquet', content: encode(clusters) };
  yield { path: 'neurons.parquet', content: encode(neuronColumns(source)) };
}

function encode(columns: readonly Column[]): Uint8Array {
  const columnData = columns.map(({ name, type, values }) => ({
    name,
    type: TYPES[type],
    nullable: true,
    data: values.map((value) => value ?? null),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** A column of texts that are all numbers, or empty, as numbers. */
function numericWhereItCan(column: Column): Column {
  if (column.type !== 'text' || PUBLISHED_TEXTS.has(column.name)) return column;
  const values = column.values.map((text) => (text === '' ? undefined : Number(text)));
  const all = values.every((value) => value === undefined || Number.isFinite(value));
  return all && values.some((value) => value !== undefined) ? { ...column, type: 'number', values } : column;
}
