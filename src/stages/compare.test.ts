import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareFolders } from './compare.ts';
import { runFolder } from './run.ts';
import { simulateFolder } from './simulate.ts';

const folder = mkdtempSync(join(tmpdir(), 'dant-compare-'));
const [data, out] = [join(folder, 'data'), join(folder, 'out')];

beforeAll(async () => {
  await simulateFolder(data, { sessions: 3, neuronsPerSession: 15, seed: 8, firing: { durationMs: 20_000 } });
  await runFolder({ path_to_data: data, output_folder: out }, { figures: false });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('compareFolders', () => {
  it('finds a result equal to itself as a folder, a vector and a table', async () => {
    for (const form of [out, join(out, 'IdxCluster.npy'), join(out, 'units.csv')]) {
      const { pairs, differing } = await compareFolders(out, form);
      expect(pairs.jaccard, form).toBe(1);
      expect(differing).toEqual([]);
    }
  });

  it('refuses tables that name no neuron, name a unit twice, or have other units', async () => {
    const table = join(folder, 'table.csv');
    for (const [text, message] of [
      ['unit,cluster\n0,1\n', 'the columns unit, cluster'],
      ['unit,neuron\n0,1\n0,2\n', 'each unit from 0 to 1 once'],
      ['unit,neuron\n0,1\n1,1\n', 'found 2 units'],
    ]) {
      writeFileSync(table, text);
      await expect(compareFolders(out, table), text).rejects.toThrow(message);
    }
    await expect(compareFolders(out, join(folder, 'no.csv'))).rejects.toThrow('no such file');
  });
});
