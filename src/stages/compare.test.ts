import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curateFolder } from '../../test/support/curate-folder.ts';
import type { RunEvent } from '../core/context.ts';
import { compareFolders, readLabels } from './compare.ts';
import { applyCuration } from './curate.ts';
import { evaluateFolder } from './evaluate.ts';
import { writeReport } from './report.ts';
import { runFolder } from './run.ts';
import { scoreFolder } from './score.ts';
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

describe('a result that was curated by hand', () => {
  const curated = join(folder, 'curated');
  /** What a function warns of, and what it gives. */
  async function told<T>(work: (options: { onEvent: (event: RunEvent) => void }) => Promise<T>) {
    const warnings: string[] = [];
    const result = await work({ onEvent: (event) => event.kind === 'warning' && warnings.push(event.text) });
    return { result, warnings };
  }
  let largest: number[];

  beforeAll(async () => {
    cpSync(out, curated, { recursive: true });
    const labels = await readLabels(out);
    largest = [...labels.keys()].filter((unit) => labels[unit] === 0);
    await curateFolder(curated, { operation: 'remove', units: largest });
  });

  it('is compared and scored as it was curated when asked for, applied or not; else it is said', async () => {
    const automatic = await told((options) => compareFolders(out, curated, options));
    expect(automatic.result.differing).toEqual([]);
    expect(automatic.warnings).toEqual([expect.stringMatching(/curated by hand.*automatic.*--curated/)]);
    const compared = await told((options) => compareFolders(out, curated, { ...options, curated: true }));
    expect(compared.result.movedUnits).toEqual(largest);
    expect(compared.warnings).toEqual([expect.stringContaining('nothing is curated by hand')]);

    const plain = await told((options) => scoreFolder(out, options));
    const scored = await told((options) => scoreFolder(curated, options));
    expect(plain.warnings).toEqual([]);
    expect(scored.result).toEqual(plain.result);
    expect(scored.warnings).toEqual([expect.stringContaining('--curated')]);
    const asCurated = await told((options) => scoreFolder(curated, { ...options, curated: true }));
    expect(asCurated.result.pairs.found).toBeLessThan(plain.result.pairs.found);
    expect(asCurated.warnings).toEqual([]);

    await applyCuration(curated);
    const file = join(curated, 'IdxCluster_curated.npy');
    expect((await compareFolders(curated, file, { curated: true })).differing).toEqual([]);
  });

  it('is evaluated as it was tracked, which the evaluation and the report say', async () => {
    const { warnings } = await told((options) => evaluateFolder(curated, { ...options, figures: false }));
    expect(warnings).toContainEqual(expect.stringMatching(/curated by hand.*automatic result/));
    const report = join(folder, 'report.html');
    await writeReport(curated, report, { version: '0' });
    expect(readFileSync(report, 'utf8')).toContain('<h2>Evaluation of the automatic result</h2>');
  });
});
