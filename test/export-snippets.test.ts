/** The snippets of docs/export.md, run where their language is. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS } from '../src/io/export/formats.ts';
import { exportResult } from '../src/stages/export.ts';
import { exampleData, exampleRows, exampleStore } from './example-export.ts';
import { exampleTracking } from './example-result.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/export.md'), 'utf8');
const snippets = [...page.matchAll(/```(python|r|matlab)\n([\s\S]*?)```/g)].map(([, language, code], i) => ({
  name: `${/export\/(\w+)/.exec(code)?.[1]}, ${i + 1} of the page`,
  language,
  code,
}));
const of = (language: string) => snippets.filter((snippet) => snippet.language === language);

const RESULT = exampleTracking(13);
/** Neurons of the units of the example, as files have them. */
const LABELS = RESULT.curation.labels.map((label) => (label < 0 ? -1 : label + 1));
const SESSION_1 = [...LABELS].filter((_, unit) => RESULT.sessions[unit] === 1);

/** What the variables of a snippet must be, in Python. */
const CHECKS: Readonly<Record<string, string>> = {
  csv: `assert units.neuron.tolist() == labels and set(neurons.index) == set(l for l in labels if l > 0)
assert len(clusters_of_neuron_1) == labels.count(1) and (everywhere.n_sessions == 3).all()`,
  parquet: 'assert sessions_of_neuron.apply(len).to_dict() == {k: labels.count(k) for k in (1, 2, 3)}',
  mat: `names_found, labels_found = names, labels.tolist()
labels = LABELS
assert labels_found == labels and names_found == ['Waveform', 'AutoCorr'] and similarity.shape == (13, 13)`,
  nwb: 'assert sorted(spikes_of_neuron) == sorted(set(l for l in SESSION_1 if l > 0))',
  phy: 'assert list(neuron_of_cluster.values()) == SESSION_1',
  spikeinterface: "assert sorting.get_property('neuron_id').tolist() == SESSION_1",
  unitmatch:
    'assert all(labels[a] == labels[b] for a, b in zip(across_days.Unit1, across_days.Unit2)) and len(table) > 20',
};

const SORTING = `
import numpy
from spikeinterface.core import NumpySorting
sorting = NumpySorting.from_unit_dict({unit: numpy.array([1]) for unit in range(0, 130, 30)}, 30000)`;

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dant-'));
  const put = (files: Map<string, Uint8Array>, below: string) => {
    for (const [name, bytes] of files) {
      mkdirSync(dirname(join(folder, below, name)), { recursive: true });
      writeFileSync(join(folder, below, name), bytes);
    }
  };
  const rows = exampleRows(RESULT).map((row) => ({ ...row, folder: join(folder, row.folder) }));
  put((await exampleStore(RESULT, rows)).files, 'DANT_Output');
  put((await exampleData(RESULT)).files, 'data');
  for (const session of [1, 2, 3])
    put(new Map([['cluster_group.tsv', Buffer.from('cluster_id\tgroup\n0\tgood\n')]]), `sorted/${session}`);
  for (const to of EXPORT_FORMATS)
    await exportResult(join(folder, 'DANT_Output'), { to, dataFolder: join(folder, 'data') });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: string, args: readonly string[]) =>
  spawnSync(command, args, { cwd: folder, encoding: 'utf8', timeout: 100_000 });
const has = (command: string, ...args: string[]) => run(command, args).status === 0;

describe('the snippets of docs/export.md', () => {
  it('are there for all formats, and have a check', () => {
    expect(new Set(of('python').map(({ name }) => name.split(',')[0]))).toEqual(new Set(EXPORT_FORMATS));
    expect(of('r').length).toBeGreaterThan(0);
    expect(of('matlab').length).toBeGreaterThan(0);
  });

  it.for(of('python'))('run in Python: $name', ({ name, code }, context) => {
    const format = name.split(',')[0];
    const lists = `LABELS = [${LABELS}]\nSESSION_1 = [${SESSION_1}]\nlabels = LABELS`;
    const script = [lists, format === 'spikeinterface' ? SORTING : '', code, CHECKS[format]].join('\n');
    const { status, stderr, error } = run('python3', ['-c', script]);
    const [, missing] = /No module named '(\w+)'/.exec(stderr ?? '') ?? [];
    if (error || missing) context.skip(`python3${missing ? ` with ${missing}` : ''} is not on this machine`);
    expect(status, stderr).toBe(0);
  });

  it.for(of('r'))('run in R: $name', ({ code }, context) => {
    const [, needs] = /^library\((\w+)\)/m.exec(code) ?? [];
    if (!has('Rscript', '-e', needs ? `library(${needs})` : '1'))
      context.skip(`Rscript${needs ? ` with ${needs}` : ''} is not on this machine`);
    const check = code.includes('labels <-')
      ? `stopifnot(identical(as.integer(labels), as.integer(c(${LABELS}))))`
      : `stopifnot(identical(as.integer(units$neuron), as.integer(c(${LABELS}))), nrow(neurons) > 0)`;
    const { status, stderr } = run('Rscript', ['-e', `${code}\n${check}`]);
    expect(status, stderr).toBe(0);
  });

  it.for(of('matlab'))('run in MATLAB: $name', ({ code }, context) => {
    if (!has('matlab', '-batch', '1;')) context.skip('MATLAB is not on this machine');
    const check = code.includes('labels =')
      ? `assert(isequal(labels, [${LABELS}]'))`
      : `assert(isequal(units.neuron, [${LABELS}]'))`;
    const { status, stderr, stdout } = run('matlab', [
      '-batch',
      `${code.replace(/^imagesc.*$/m, '')}\n${check}`,
    ]);
    expect(status, stderr + stdout).toBe(0);
  });
});
