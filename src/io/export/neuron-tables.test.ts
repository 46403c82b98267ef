import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { exampleSource, exampleStore, exported, textOf } from '../../../test/example-export.ts';
import { exampleShanks, exampleTracking } from '../../../test/example-result.ts';
import { hasPython, inTemporaryFolder, runPython } from '../../../test/numpy.ts';
import { parseCsv } from '../csv.ts';
import { FileStore } from '../node/file-store.ts';
import { csvFiles } from './csv-tables.ts';
import { readExportSource } from './export-source.ts';
import { neuronColumns } from './neuron-tables.ts';
import { parquetFiles } from './parquet-tables.ts';

/** Sessions of the example are 1, 2, 3, 1, 2, … */
const CURATED = [1, 1, 1, 2, -1, 2, 1, -1, -1, -1, -1, -1, 7];

const cells = async (name: string, ...args: Parameters<typeof exampleSource>) =>
  parseCsv(textOf((await exported(csvFiles(await exampleSource(...args)))).get(name)), name);

describe('the tables of neurons', () => {
  it('hold every unit of a neuron once, in the column of its session', async () => {
    const { columns, rows } = await cells('neurons.csv', exampleShanks(31));
    const source = await exampleSource(exampleShanks(31));
    expect(columns).toEqual([
      'neuron',
      'n_sessions',
      'shank',
      'depth',
      'session_1',
      'session_2',
      'session_3',
    ]);
    const placed = rows.flatMap(([neuron, , , , ...units]) =>
      units.flatMap((unit, s) =>
        unit === '' ? [] : [{ unit: Number(unit), session: s + 1, neuron: Number(neuron) }],
      ),
    );
    const expected = source.units
      .filter(({ neuron }) => neuron > 0)
      .map(({ unit, session, neuron }) => ({ unit, session, neuron }));
    expect(placed.sort((a, b) => a.unit - b.unit)).toEqual(expected);
  });

  it('take a further row for a second unit of a session, and keep the numbers of curation by hand', async () => {
    const { rows } = await cells('neurons.csv', undefined, CURATED);
    expect(rows.map((row) => [row[0], row[1], ...row.slice(4)])).toEqual([
      ['1', '3', '0', '1', '2'],
      ['1', '3', '6', '', ''],
      ['2', '2', '3', '', '5'],
      ['7', '1', '12', '', ''],
    ]);
  });

  it('name clusters as the sorters did', async () => {
    const { rows } = await cells('neurons_cluster_id.csv', undefined, CURATED);
    expect(rows[0].slice(4)).toEqual(['0', '10', '20']);
  });

  it('leave out the ids of sorters when there are none', async () => {
    const store = await exampleStore(undefined, []);
    expect([...(await exported(csvFiles(await readExportSource(store)))).keys()]).toEqual([
      'units.csv',
      'neurons.csv',
    ]);
  });

  it('keep the further columns of units.csv as they are', async () => {
    const { columns, rows } = await cells('units.csv');
    expect(rows.map((row) => row[columns.indexOf('quality')])).toEqual(rows.map((_, unit) => `0.${unit}0`));
  });

  it('are the same in Parquet, with types', async () => {
    const source = await exampleSource(undefined, CURATED);
    const files = await exported(parquetFiles(source));
    const read = async (name: string) => {
      const bytes = files.get(name)!;
      return parquetReadObjects({ file: bytes.slice().buffer as ArrayBuffer });
    };
    expect((await read('units.parquet'))[4]).toEqual({
      unit: 4,
      session: 2,
      date: '',
      label: 'day 2',
      cluster_id: '40',
      folder: '/sorted/2',
      shank: 1,
      peak_channel: source.units[4].peakChannel,
      depth: Number(source.units[4].depth.toFixed(3)),
      neuron: -1,
      quality: 0.4,
    });
    const columns = neuronColumns(source);
    const rows = await read('neurons.parquet');
    expect(columns.map(({ name }) => rows.map((row) => row[name] ?? undefined))).toEqual(
      columns.map(({ values }) => values),
    );
  });

  it.skipIf(!hasPython('pandas', 'pyarrow'))('are read by pandas', async () => {
    await inTemporaryFolder(async (folder) => {
      const store = new FileStore(folder);
      const source = await exampleSource(exampleTracking(13), CURATED);
      for (const files of [parquetFiles(source), csvFiles(source)])
        for (const { path, content } of files) await store.write(path, content);
      const said = runPython(
        `
import sys, os, pandas as pd
read = lambda name: pd.read_parquet(os.path.join(sys.argv[1], name))
u, n = read('units.parquet'), read('neurons.parquet')
print(u.neuron.tolist(), str(u.unit.dtype), str(u.quality.dtype))
print(n.session_1.tolist(), u.cluster_id[3])
same = pd.read_csv(os.path.join(sys.argv[1], 'units.csv'))
print((same.depth == u.depth).all() and (same.neuron == u.neuron).all())
`,
        folder,
      );
      expect(said.split('\n').slice(0, 3)).toEqual([
        `[${CURATED.join(', ')}] int32 float64`,
        '[0, 6, 3, 12] 30',
        'True',
      ]);
    });
  });
});
