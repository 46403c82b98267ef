import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateFolder } from './evaluate.ts';
import { writeReport } from './report.ts';
import { runFolder } from './run.ts';
import { simulateFolder } from './simulate.ts';

const folder = mkdtempSync(join(tmpdir(), 'dant-evaluate-'));
const [data, out] = [join(folder, 'data'), join(folder, 'out')];

beforeAll(async () => {
  await simulateFolder(
    data,
    {
      sessions: 4,
      neuronsPerSession: 20,
      seed: 8,
      peth: false,
      firing: { durationMs: 60_000 },
    },
    { halves: true },
  );
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
  it('reads nearby pairs out of a sparse matrix', async () => {
    const sparse = join(folder, 'sparse');
    await runFolder(
      {
        path_to_data: data,
        output_folder: sparse,
        clustering: { features: ['Waveform'], candidates: 'nearby' },
        motionEstimation: { features: [['Waveform']] },
      },
      { figures: false },
    );
    const [{ evaluation }] = (await evaluateFolder(sparse, { figures: false })).shanks;
    const { truth, errorRates } = evaluation;
    const { decoys, halves } = errorRates;
    expect(decoys.falsePositives.high).toBeGreaterThan(0);
    // Pairs within sessions are not in the matrix; what they told of the others was saved by the run.
    expect(truth!.falseNegatives).toBeGreaterThanOrEqual(decoys.falseNegatives!.low);
    expect(truth!.falseNegatives).toBeLessThanOrEqual(decoys.falseNegatives!.high);
    expect(decoys.falseNegatives!.high).toBeLessThan(1);
    expect(halves!.found).toBeGreaterThan(0.8 * evaluation.units);
    const [isi] = evaluation.functional;
    expect(isi.auc).toBeGreaterThan(0.5);
  });

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
    const { halves } = errorRates;
    expect(halves).toMatchObject({ units: evaluation.units, waveformsHalved: true, features: ['Waveform'] });
    expect(halves!.found).toBeGreaterThan(0.8 * evaluation.units);
    expect(halves!.notFound.high).toBeLessThan(0.3);
    for (const [rate, true_] of [
      [halves!.rates!.falsePositives, truth!.falsePositives],
      [halves!.rates!.falseNegatives, truth!.falseNegatives],
    ] as const) {
      expect(true_).toBeGreaterThanOrEqual(rate.low);
      expect(true_).toBeLessThanOrEqual(rate.high);
      expect(rate.high).toBeLessThan(1);
    }
    expect(truth?.calibrationError).toBeLessThan(0.1);
    expect(truth?.falsePositives).toBeLessThanOrEqual(errorRates.decoys.falsePositives.high);
    expect(JSON.parse(readFileSync(join(out, 'Evaluation.json'), 'utf8')).shanks).toHaveLength(1);
    expect(existsSync(join(out, 'Figures/Evaluation.png'))).toBe(true);
    // There is nothing between two sessions or days.
    const svg = readFileSync(join(out, 'Figures/Evaluation.svg'), 'utf8');
    for (const title of ['Δ session', 'Δ days', 'Sessions later']) {
      const before = svg.slice(0, svg.indexOf(`>${title}<`));
      const labels = before.slice(
        before.lastIndexOf('role-axis-label'),
        before.lastIndexOf('role-axis-domain'),
      );
      const ticks = [...labels.matchAll(/>([^<>]+)</g)].map(([, text]) => text);
      expect(ticks.length, title).toBeGreaterThan(2);
      expect(
        ticks.filter((text) => !/^\d+$/.test(text)),
        title,
      ).toEqual([]);
    }
  });

  it('stands in the report of the result, and only an undamaged one', async () => {
    const file = join(folder, 'report.html');
    await writeReport(out, file, { version: '0', dataFolder: data });
    expect(readFileSync(file, 'utf8')).toContain('<h2>Evaluation</h2>');
    const saved = join(out, 'Evaluation.json');
    const text = readFileSync(saved, 'utf8');
    writeFileSync(saved, text.slice(0, 100));
    await expect(writeReport(out, file, { version: '0' })).rejects.toThrow('evaluate again');
    rmSync(saved);
    await writeReport(out, file, { version: '0', dataFolder: data });
    expect(readFileSync(file, 'utf8')).not.toContain('<h2>Evaluation</h2>');
    writeFileSync(saved, text);
  });

  it('tells halves by spikes alone where waveforms have none, and refuses halves of other units', async () => {
    const file = join(data, 'waveform_halves.npy');
    const bytes = readFileSync(file);
    rmSync(file);
    const [{ evaluation }] = (await evaluateFolder(out, { figures: false })).shanks;
    expect(evaluation.errorRates.halves).toBeUndefined();
    writeFileSync(file, readFileSync(join(data, 'waveform_all.npy')));
    await expect(evaluateFolder(out)).rejects.toThrow(
      /waveform_halves.npy: found an array of shape .* expected \(/,
    );
    writeFileSync(file, bytes);
  });

  it('refuses dates that do not fit the sessions, another recording, and a folder that is no result', async () => {
    await expect(evaluateFolder(out, { dates: ['2024-01-01'] })).rejects.toThrow('expected 4 dates');
    await expect(evaluateFolder(out, { dates: ['1', '2', 'x', '4'] })).rejects.toThrow('--dates');
    for (const date of ['2024-02-30', '2023-02-29', '2024/04/31', '2024-13-01'])
      await expect(evaluateFolder(out, { dates: ['2024-02-29', date, '2024-03-01', '4'] })).rejects.toThrow(
        '--dates',
      );
    await expect(evaluateFolder(data)).rejects.toThrow('IdxCluster.npy');
    await expect(evaluateFolder(out, { dataFolder: join(folder, 'none') })).rejects.toThrow(
      'waveform_all.npy: found no such file',
    );
  });
});
