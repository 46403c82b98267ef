/** Comparing two results of one recording. */
import { dirname, extname, join } from 'node:path';
import { fromFileLabels } from '../core/curation/cluster-labels.ts';
import { InputError } from '../core/errors.ts';
import { compareTrackings, type TrackingComparison } from '../core/evaluation/compare-trackings.ts';
import { readCsv } from '../io/csv.ts';
import { requireFile } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { type LabelOptions, labelsOf } from './curated-labels.ts';

/**
 * The neuron of every unit, as a result folder, `IdxCluster.npy` or a table has it.
 *
 * @param path a folder of dant or pyDANT, an .npy file, or a .csv file with the columns `unit` (from 0) and `neuron` (from 1; -1, 0 or
 *   empty: unmatched)
 * @param options.curated whether those of a folder are the ones that were curated by hand, where there are some
 * @returns (units,) labels from 0, one less than in the files; -1 unmatched
 * @throws InputError when the file or folder is missing or damaged, the table lacks a column, or a unit is missing or stands twice
 */
export async function readLabels(path: string, options: LabelOptions = {}): Promise<Int32Array> {
  const extension = extname(path).toLowerCase();
  if (extension !== '.csv' && extension !== '.npy') return labelsOf(path, options);
  const source = await requireFile(
    path,
    'a result folder, IdxCluster.npy, or a table with the columns unit and neuron',
  );
  if (extension === '.npy') {
    return fromFileLabels((await readNpyAs(source, 'int32')).data);
  }
  const { columns, rows } = await readCsv(source);
  const [unitColumn, neuronColumn] = ['unit', 'neuron'].map((name) => columns.indexOf(name));
  const labels = new Int32Array(rows.length).fill(-2);
  rows.forEach((cells, i) => {
    const [unit, neuron] = [Number(cells[unitColumn] ?? Number.NaN), Number(cells[neuronColumn] || -1)];
    if (neuronColumn < 0 || !(Number.isInteger(unit) && labels[unit] === -2 && Number.isInteger(neuron))) {
      throw new InputError({
        where: `${path}, row ${i + 1}`,
        found: unitColumn < 0 || neuronColumn < 0 ? `the columns ${columns.join(', ')}` : cells.join(', '),
        expected: `each unit from 0 to ${rows.length - 1} once in column unit, its neuron in column neuron (-1 or empty: unmatched)`,
        remedy: `See ${join(dirname(path), 'units.csv')} in docs/files.md.`,
      });
    }
    labels[unit] = Math.max(-1, neuron);
  });
  return fromFileLabels(labels);
}

/**
 * Compares two results of one recording.
 * @param first what `readLabels` takes; so is `second`, and the options
 * @throws InputError when a file is missing, damaged, or of another number of units
 */
export async function compareFolders(
  first: string,
  second: string,
  options: LabelOptions = {},
): Promise<TrackingComparison> {
  const [a, b] = [await readLabels(first, options), await readLabels(second, options)];
  if (a.length === b.length) return compareTrackings(a, b);
  throw new InputError({
    where: second,
    found: `${b.length} units`,
    expected: `the ${a.length} units of ${first}`,
    remedy: 'Compare two results of the same recording.',
  });
}
