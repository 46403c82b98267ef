import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareFolders, evaluateFolder } from './evaluate.ts';
import { runFolder } from './run.ts';
import { simulateFolder } from './simulate.ts';

const folder = mkdtempSync(join(tmpdir(), 'dant-evaluate-'));
const [data, out] = [join(folder, 'data'), join(folder, 'out')];

beforeAll(async () => {
  await simulateFolder(data, {
    sessions: 4,
    neuronsPerSession: 20,
    seed: 8,
    peth: false,
    firing: { durationMs: 60_000 },
  });
  await runFolder(
    {
      path_to_data: data,
      output_folder: out,
      clustering: { features: ['Waveform'] },
      motionEstimation: { features: [['Waveform']] },
    },
    { figures: false },
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('evaluateFolder', () => {
  it('writes what is known of a result, checked by what was held out and by the truth', async () => {
    const { shanks, used } = await evaluateFolder(out, { dates: ['0', '1', '2', '9'] });
    const [{ evaluation }] = shanks;
    expect(used).toEqual(['Waveform']);
    expect(evaluation.functional.map(({ feature }) => feature)).toEqual([
      'AutoCorr',
      'ISI',
      'FiringRate',
      'PopulationCoupling',
    ]);
    expect(evaluation.excluded).toEqual([{ feature: 'PETH', reason: 'not in the data' }]);
    const isi = evaluation.functional.find(({ feature }) => feature === 'ISI');
    for (const { feature, auc, standardError } of evaluation.functional.slice(0, 3)) {
      expect(auc - 2 * standardError, feature).toBeGreaterThan(0.5);
    }
    expect(isi?.byDays.map(({ distance }) => distance)).toEqual([1, 2, 7, 8, 9]);
    const { truth, errorRates } = evaluation;
    expect(truth?.calibrationError).toBeLessThan(0.1);
    expect(truth?.falsePositives).toBeLessThanOrEqual(errorRates.decoys.falsePositives.high);
    expect(JSON.parse(readFileSync(join(out, 'Evaluation.json'), 'utf8')).shanks).toHaveLength(1);
    expect(existsSync(join(out, 'Figures/Evaluation.png'))).toBe(true);
  });

  it('refuses dates that do not fit the sessions, another recording, and a folder that is no result', async () => {
    await expect(evaluateFolder(out, { dates: ['2024-01-01'] })).rejects.toThrow('expected 4 dates');
    await expect(evaluateFolder(out, { dates: ['1', '2', 'x', '4'] })).rejects.toThrow('--dates');
    await expect(evaluateFolder(data)).rejects.toThrow('IdxCluster.npy');
    await expect(evaluateFolder(out, { dataFolder: join(folder, 'none') })).rejects.toThrow(
      'waveform_all.npy: found no such file',
    );
  });
});

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
