/** The neuron of every cluster for phy: a column `neuron_id` in copies of the sorters' tables. */
import { InputError } from '../../core/errors.ts';
import type { Store } from '../byte-source.ts';
import { encodeCsv, readCsv } from '../csv.ts';
import type { TrackedUnit } from '../units-table.ts';
import type { ExportFile } from './export-file.ts';
import { type ExportSource, requireClusterIds } from './export-source.ts';

const COLUMN = 'neuron_id';

/**
 * For every session a folder `Session<k>` with `cluster_neuron_id.tsv` (cluster_id, neuron_id), which phy shows as a column when it
 * is put into the sorter's folder, and copies of that folder's `cluster_*.tsv` with a column `neuron_id` at their end: -1 for an
 * unmatched unit, empty for a cluster that was not tracked. Sorters' folders are read, never written.
 *
 * @param openFolder opens a sorter's folder as `units.csv` names it
 * @throws InputError when the ids in the sorter's folders are not known, or a folder holds no such table
 */
export async function* phyFiles(
  source: ExportSource,
  openFolder: (folder: string) => Store,
): AsyncGenerator<ExportFile> {
  requireClusterIds(source, 'phy');
  for (let session = 1; session <= source.run.sessionCount; session++) {
    const units = source.units.filter((unit) => unit.session === session);
    const folders = [...new Set(units.map(({ folder }) => folder))].sort();
    for (const folder of folders) {
      const place =
        folders.length === 1 ? `Session${session}` : `Session${session}/${folders.indexOf(folder) + 1}`;
      const own = units.filter((unit) => unit.folder === folder);
      yield* folderFiles(place, own, openFolder(folder));
    }
  }
}

async function* folderFiles(
  place: string,
  units: readonly TrackedUnit[],
  folder: Store,
): AsyncGenerator<ExportFile> {
  const neurons = new Map(units.map(({ clusterId, neuron }) => [clusterId, String(neuron)]));
  const tables = (await folder.list()).filter(
    (name) => /^cluster_\w+\.tsv$/.test(name) && name !== `cluster_${COLUMN}.tsv`,
  );
  if (tables.length === 0) {
    throw new InputError({
      where: folder.name,
      found: 'no cluster_*.tsv',
      expected: "the sorter's folder that units.csv names",
      remedy:
        'Mount or move the folder back, or correct the column folder of units.csv in the output folder.',
    });
  }
  for (const name of tables) {
    const source = await folder.open(name);
    if (!source) continue;
    const { columns, rows } = await readCsv(source, { delimiter: '\t' });
    // Tables of old versions of phy call it id.
    const id = columns.findIndex((column) => column === 'cluster_id' || column === 'id');
    if (id < 0) continue;
    const kept = columns.flatMap((column, i) => (column === COLUMN ? [] : [i]));
    const content = encodeCsv(
      {
        columns: [...kept.map((i) => columns[i]), COLUMN],
        rows: rows.map((cells) => [...kept.map((i) => cells[i]), neurons.get(cells[id].trim()) ?? '']),
      },
      { delimiter: '\t' },
    );
    yield { path: `${place}/${name}`, content };
  }
  yield {
    path: `${place}/cluster_${COLUMN}.tsv`,
    content: encodeCsv({ columns: ['cluster_id', COLUMN], rows: [...neurons] }, { delimiter: '\t' }),
  };
}
