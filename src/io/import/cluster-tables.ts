/** What phy, Kilosort and Bombcell wrote about clusters: `cluster_*.tsv`, one or several columns each. */
import type { Store } from '../byte-source.ts';
import { readCsv } from '../csv.ts';

export interface ClusterTables {
  /** Files that were read. */
  readonly files: readonly string[];
  /** Columns of each cluster. */
  readonly properties: ReadonlyMap<number, ReadonlyMap<string, string>>;
}

const CLUSTER_FILE = /^cluster_\w+\.(tsv|csv)$/;
const ID_COLUMNS = ['cluster_id', 'id'];

/**
 * Reads every table of clusters of a folder. `cluster_info.tsv` is a copy that phy makes of the others, so what those say
 * counts.
 *
 * @throws InputError when a table is damaged
 */
export async function readClusterTables(folder: Store): Promise<ClusterTables> {
  const properties = new Map<number, Map<string, string>>();
  const files: string[] = [];
  const names = (await folder.list()).filter((name) => CLUSTER_FILE.test(name));
  names.sort((a, b) => Number(isInfo(b)) - Number(isInfo(a)));
  for (const name of names) {
    const source = await folder.open(name);
    // phy leaves an empty table where it had nothing to say.
    if (!source || source.size === 0) continue;
    // phy wrote tabs into .csv files, too.
    const head = new TextDecoder().decode(await source.read(0, Math.min(source.size, 4096)));
    const { columns, rows } = await readCsv(source, { delimiter: head.includes('\t') ? '\t' : ',' });
    const idColumn = columns.findIndex((column) => ID_COLUMNS.includes(column.toLowerCase()));
    if (idColumn < 0) continue;
    files.push(name);
    for (const row of rows) {
      const id = Number(row[idColumn]);
      if (!Number.isInteger(id)) continue;
      const known = properties.get(id) ?? new Map<string, string>();
      columns.forEach((column, i) => {
        if (i !== idColumn && row[i] !== '') known.set(column, row[i]);
      });
      properties.set(id, known);
    }
  }
  return { files, properties };
}

const isInfo = (name: string) => name.startsWith('cluster_info.');

/** What counts: the group given by hand in phy; else the sorter's label. */
export function labelOf(properties: ReadonlyMap<string, string> | undefined): string | undefined {
  const group = properties?.get('group');
  if (group !== undefined && group !== 'unsorted') return group;
  return properties?.get('KSLabel') ?? group;
}
