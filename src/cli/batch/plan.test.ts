import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BatchRow } from '../../io/batch-list.ts';
import { planBatch } from './plan.ts';

const plan = (rows: readonly Partial<BatchRow>[], base = '/lab') =>
  planBatch(
    {
      rows: rows.map((row, i) => ({
        ...{ row: i + 1, name: '', data: 'data', output: `out/${i}`, settings: '', shank: '' },
        ...row,
      })),
      unused: [],
    },
    'list.csv',
    base,
  );

describe('the plan of a list', () => {
  it('takes paths relative to the list and names jobs by their output', () => {
    expect(
      plan([
        { data: 'a', output: 'results\\m1' },
        { output: '/elsewhere/m 2', settings: 's.json' },
      ]),
    ).toEqual([
      {
        name: 'results-m1',
        row: 1,
        data: '/lab/a',
        output: '/lab/results/m1',
        folder: '/lab/results/m1',
        after: [],
      },
      {
        name: 'elsewhere-m-2',
        row: 2,
        data: '/lab/data',
        settings: '/lab/s.json',
        output: '/elsewhere/m 2',
        folder: '/elsewhere/m 2',
        after: [],
      },
    ]);
  });

  it('merges shanks with one output once all are tracked', () => {
    const jobs = plan([{ output: 'm', shank: '2' }, { output: 'n' }, { output: 'm', shank: '1' }]);
    expect(jobs.map(({ name, folder }) => [name, folder])).toEqual([
      ['m-shank2', '/lab/m/Shank2'],
      ['n', '/lab/n'],
      ['m-shank1', '/lab/m/Shank1'],
      ['m-merge', '/lab/m'],
    ]);
    expect(jobs[3].after).toEqual([jobs[0], jobs[2]]);
  });

  it.each([
    [
      'two recordings with one output',
      [{ output: 'm' }, { output: 'x/../m/' }],
      'rows 1 and 2',
      'two recordings',
    ],
    ['results in the recording', [{ output: 'data' }], 'row 1', 'the data folder of row 1'],
    [
      'results in another recording',
      [{ output: 'm' }, { output: 'n', data: 'm' }],
      'row 1',
      'the data folder of row 2',
    ],
    [
      'one shank twice',
      [
        { output: 'm', shank: '1' },
        { output: 'm', shank: '1' },
      ],
      'rows 1 and 2',
      'two recordings',
    ],
    [
      'a shank and the whole',
      [{ output: 'm', shank: '1' }, { output: 'm' }],
      'rows 1 and 2',
      'two recordings',
    ],
    [
      'shanks of two recordings in one output',
      [
        { output: 'm', shank: '1' },
        { output: 'm', shank: '2', data: 'other' },
      ],
      'rows 1 and 2',
      'other data',
    ],
    [
      'an output in the shank folder of another',
      [{ output: 'm' }, { output: 'm/Shank1' }],
      'rows 1 and 2',
      'shank folder',
    ],
    ['a name twice, but for case', [{ name: 'A' }, { name: 'a' }], 'rows 1 and 2', '"a" twice'],
    ['a name that is no file name', [{ name: '../a' }], 'row 1', '"../a"'],
    ['no output', [{ output: '' }], 'row 1', 'no output folder'],
    ['neither data nor settings', [{ data: '' }], 'row 1', 'neither'],
    ['a shank that is no number', [{ shank: 'all' }], 'row 1', '"all"'],
  ])('%s is bad input', (_name, rows, where, found) => {
    expect(() => plan(rows)).toThrow(
      expect.objectContaining({ where: `list.csv, ${where}`, found: expect.stringContaining(found) }),
    );
  });

  it('sees one output folder behind two names', () => {
    const base = mkdtempSync(path.join(tmpdir(), 'dant-plan-'));
    try {
      mkdirSync(path.join(base, 'results'));
      symlinkSync(path.join(base, 'results'), path.join(base, 'link'));
      expect(() => plan([{ output: 'results/new/m' }, { output: 'link/new/m' }], base)).toThrow(
        'one output folder',
      );
    } finally {
      rmSync(base, { recursive: true });
    }
  });
});
