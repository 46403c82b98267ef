import { describe, expect, it } from 'vitest';
import { exampleSource, exampleStore, exported, textOf } from '../../../test/example-export.ts';
import { exampleShanks, exampleTracking } from '../../../test/example-result.ts';
import { parseCsv } from '../csv.ts';
import { MemoryStore } from '../memory-store.ts';
import { readExportSource } from './export-source.ts';
import { phyFiles } from './phy.ts';
import { spikeInterfaceFiles } from './spike-interface.ts';
import { matchTableFiles } from './unit-match.ts';

/** Neurons of the example: units 0, 3 and 12 are in session 1. */
const CURATED = [1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2];

async function sorterFolder(files: Record<string, string>, name = '/sorted'): Promise<MemoryStore> {
  const store = new MemoryStore(name);
  for (const [file, text] of Object.entries(files)) await store.write(file, new TextEncoder().encode(text));
  return store;
}

describe('files for phy', () => {
  it('are copies of the tables with a column neuron_id, and one that phy shows by itself', async () => {
    const source = await exampleSource(undefined, CURATED);
    const folder = await sorterFolder({
      'cluster_group.tsv': 'cluster_id\tgroup\r\n0\tgood\r\n1\tnoise\r\n30\tgood\r\n120\tgood\r\n',
      'cluster_info.tsv': 'id\tneuron_id\tch\n120\told\t"a\tb"\n',
      'cluster_neuron_id.tsv': 'cluster_id\tneuron_id\n0\t9\n',
      'params.py': 'n_channels_dat = 4',
    });
    const opened: string[] = [];
    const files = await exported(
      phyFiles(source, (name) => {
        opened.push(name);
        return folder;
      }),
    );
    expect(opened).toEqual(['/sorted/1', '/sorted/2', '/sorted/3']);
    expect(textOf(files.get('Session1/cluster_group.tsv'))).toBe(
      'cluster_id\tgroup\tneuron_id\n0\tgood\t1\n1\tnoise\t\n30\tgood\t-1\n120\tgood\t2\n',
    );
    expect(textOf(files.get('Session1/cluster_info.tsv'))).toBe('id\tch\tneuron_id\n120\t"a\tb"\t2\n');
    expect(textOf(files.get('Session1/cluster_neuron_id.tsv'))).toBe(
      'cluster_id\tneuron_id\n0\t1\n30\t-1\n60\t-1\n90\t-1\n120\t2\n',
    );
    expect([...files.keys()].filter((name) => name.startsWith('Session2'))).toHaveLength(3);
    expect([...folder.files.keys()]).toHaveLength(4);
  });

  it('need the ids of the sorter, and its folder', async () => {
    const unknown = await readExportSource(await exampleStore(undefined, []));
    await expect(exported(phyFiles(unknown, () => new MemoryStore()))).rejects.toThrow(
      /units\.csv: found no cluster_id for unit 0;.*dant import/,
    );
    const source = await exampleSource();
    await expect(exported(phyFiles(source, (name) => new MemoryStore(name)))).rejects.toThrow(
      /^\/sorted\/1: found no cluster_\*\.tsv/,
    );
  });
});

describe('files for SpikeInterface', () => {
  it('give every unit of a session its neuron', async () => {
    const files = await exported(spikeInterfaceFiles(await exampleSource(undefined, CURATED)));
    expect(textOf(files.get('Session1/neuron_id.csv'))).toBe(
      'unit_id,neuron_id\n0,1\n30,-1\n60,-1\n90,-1\n120,2\n',
    );
    expect(JSON.parse(textOf(files.get('Session1/curation.json')))).toEqual({
      format_version: '2',
      unit_ids: [0, 30, 60, 90, 120],
      label_definitions: { neuron_id: { label_options: ['-1', '1', '2'], exclusive: true } },
      manual_labels: [
        { unit_id: 0, labels: { neuron_id: ['1'] } },
        { unit_id: 30, labels: { neuron_id: ['-1'] } },
        { unit_id: 60, labels: { neuron_id: ['-1'] } },
        { unit_id: 90, labels: { neuron_id: ['-1'] } },
        { unit_id: 120, labels: { neuron_id: ['2'] } },
      ],
      removed: [],
      merges: [],
      splits: [],
    });
  });
});

describe('MatchTable.csv', () => {
  const table = async (...args: Parameters<typeof exampleSource>) =>
    parseCsv(
      textOf((await exported(matchTableFiles(await exampleSource(...args)))).get('MatchTable.csv')),
      't',
    );

  it('holds the candidate pairs alone, with sessions, ids and neurons', async () => {
    const result = exampleTracking(13);
    const { columns, rows } = await table(result, CURATED);
    const pairs = result.clustering.pairs;
    expect(columns.slice(0, 11)).toEqual(
      'ID1,ID2,RecSes1,RecSes2,UID1,UID2,Unit1,Unit2,Match,MatchProb,Similarity'.split(','),
    );
    expect(rows.flatMap((row) => [Number(row[6]), Number(row[7])])).toEqual([...pairs.units]);
    expect(rows.every((row) => row[9] === '')).toBe(true);
    // Units 1 and 2 are neuron 1; unit 4 is unmatched, with a number above those of the two neurons.
    expect(rows.find((row) => row[6] === '1' && row[7] === '2')!.slice(0, 9)).toEqual([
      '10',
      '20',
      '2',
      '3',
      '1',
      '1',
      '1',
      '2',
      '1',
    ]);
    expect(rows.find((row) => row[6] === '2' && row[7] === '4')!.slice(4, 9)).toEqual([
      '1',
      '7',
      '2',
      '4',
      '0',
    ]);
  });

  it('gives the probability of every matched pair that is a candidate', async () => {
    const source = await exampleSource();
    const matched = await source.saved.matchedPairs();
    const probability = (await source.saved.matchProbability())!;
    const { rows } = await table();
    const given = rows.filter((row) => row[9] !== '');
    expect(given.map((row) => row[8])).toEqual(given.map(() => '1'));
    expect(given.length).toBe(rows.filter((row) => row[8] === '1').length);
    for (const row of given) {
      const at = probability.findIndex(
        (_, m) => matched[2 * m] === +row[6] && matched[2 * m + 1] === +row[7],
      );
      expect(Number(row[9])).toBeCloseTo(probability[at], 6);
    }
  });

  it('is not made when the result does not list its pairs', async () => {
    const store = await exampleStore();
    store.files.delete('SimilarityPairs.npy');
    await expect(exported(matchTableFiles(await readExportSource(store)))).rejects.toThrow(
      /SimilarityPairs\.npy: found no such file.*very many pairs/,
    );
  });

  it.each([
    ['one shank', exampleTracking(13)],
    ['several shanks', exampleShanks(31)],
  ])('weighs similarities as %s did', async (_, result) => {
    const source = await exampleSource(result);
    const weights = (await source.saved.weights()).data;
    const { columns, rows } = await table(result);
    const features = columns.slice(11);
    const shanks = [...new Set(source.units.map(({ shank }) => shank))].sort((a, b) => a - b);
    for (const row of rows) {
      const shank = shanks.indexOf(source.units[Number(row[6])].shank);
      const expected = features.reduce(
        (sum, _, f) => sum + weights[shank * features.length + f] * Number(row[11 + f]),
        0,
      );
      expect(Number(row[10])).toBeCloseTo(expected, 4);
    }
    expect(rows.length).toBeGreaterThan(20);
  });
});
