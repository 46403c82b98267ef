import { describe, expect, it } from 'vitest';
import { InputError } from '../core/errors.ts';
import { readBatchList } from './batch-list.ts';
import { MemoryStore } from './memory-store.ts';

async function read(text: string) {
  const store = new MemoryStore('folder');
  await store.write('list.csv', new TextEncoder().encode(text));
  const source = await store.open('list.csv');
  if (!source) throw new Error('not written');
  return readBatchList(source);
}

describe('a list of recordings', () => {
  it('may be separated by commas or tabs, in any order of columns and case of names', async () => {
    const csv = await read('Output,DATA,shank\nout/a,a,\n\n"out,b",b, 2 \n');
    const tsv = await read('\uFEFFoutput\tdata\tshank\r\nout/a\ta\t\r\nout,b\tb\t2\r\n');
    expect(csv.rows).toEqual([
      { row: 1, name: '', data: 'a', output: 'out/a', settings: '', shank: '' },
      { row: 2, name: '', data: 'b', output: 'out,b', settings: '', shank: '2' },
    ]);
    expect(tsv).toEqual(csv);
  });

  it('may have columns of its owner, which are told', async () => {
    expect(await read('data,output,Mouse\na,b,c\n')).toMatchObject({ unused: ['Mouse'] });
    expect((await read('settings,output\na,b\n')).unused).toEqual([]);
  });

  it.each([
    ['without output', 'data,out\na,b\n', '"data", "out"'],
    ['without data and settings', 'name,output\na,b\n', '"name", "output"'],
    ['without recordings', 'data,output\n\n', 'nothing below'],
    ['without anything', '', 'an empty file'],
    ['with a column twice', 'data,data,output\na,b,c\n', 'twice'],
    ['with a cell too many', 'data,output\na,b,c\n', '3 fields'],
    ['with a quote that does not end', 'data,output\n"a,b\n', 'damaged field'],
  ])('%s is bad input', async (_name, text, found) => {
    const error = await read(text).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).found).toContain(found);
  });
});
