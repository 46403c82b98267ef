import { expect, it } from 'vitest';
import { csvOf } from './table.ts';

it('writes numbers in full and leaves out what is none', () => {
  const bytes = csvOf({
    columns: ['name', 'value'],
    rows: [
      ['a,b', 1 / 3],
      ['c', Number.NaN],
      [undefined, true],
    ],
  });
  expect(new TextDecoder().decode(bytes).replaceAll('\r', '')).toBe(
    'name,value\n"a,b",0.3333333333333333\nc,\n,true\n',
  );
});
