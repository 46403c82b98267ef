/** Tables as CSV. */
import { encodeCsv } from '../csv.ts';
import type { ExportFile } from './export-file.ts';
import type { ExportSource } from './export-source.ts';
import { type Column, neuronClusterColumns, neuronColumns, unitColumns } from './neuron-tables.ts';

/** `neurons.csv`, `units.csv` and, where the ids of the sorter's folders are known, `neurons_cluster_id.csv`. */
export function* csvFiles(source: ExportSource): Generator<ExportFile> {
  yield { path: 'units.csv', content: encode(unitColumns(source)) };
  const clusters = neuronClusterColumns(source);
  if (clusters) yield { path: 'neurons_cluster_id.csv', content: encode(clusters) };
  yield { path: 'neurons.csv', content: encode(neuronColumns(source)) };
}

const encode = (columns: readonly Column[]): Uint8Array =>
  encodeCsv({
    columns: columns.map(({ name }) => name),
    rows: columns[0].values.map((_, row) => columns.map(({ values }) => String(values[row] ?? ''))),
  });
