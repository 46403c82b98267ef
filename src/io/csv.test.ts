import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvChunks, encodeCsv, parseCsv, readCsv } from './csv.ts';
import { memorySource } from './memory-store.ts';

const field = fc.string({
  unit: fc.constantFrom('a', 'é', '7', ',', '"', '\n', '\r\n', '\t', ' ', ';'),
  maxLength: 6,
});

describe('CSV', () => {
  it('gives back every table that was written, whatever its fields hold', async () => {
    const tables = fc.integer({ min: 2, max: 4 }).chain((width) =>
      fc.record({
        rows: fc.array(fc.array(field, { minLength: width, maxLength: width }), { maxLength: 5 }),
        width: fc.constant(width),
        delimiter: fc.constantFrom(',' as const, '\t' as const),
      }),
    );
    await fc.assert(
      fc.asyncProperty(tables, async ({ rows, width, delimiter }) => {
        const table = { columns: ['a', 'b,"', 'c', 'd'].slice(0, width), rows };
        const bytes = encodeCsv(table, { delimiter });
        expect(await readCsv(memorySource('t.csv', bytes), { delimiter })).toEqual(table);
      }),
    );
  });

  it('writes long tables piece by piece, the same bytes', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => [String(i), i % 7 === 0 ? 'a,"b' : '']);
    const pieces = [...csvChunks(['n', 'x'], rows)];
    expect(pieces.length).toBe(4);
    expect(Buffer.compare(Buffer.concat(pieces), encodeCsv({ columns: ['n', 'x'], rows }))).toBe(0);
  });

  it('passes over a byte order mark, empty lines, CRLF and a missing last line break', () => {
    const table = { columns: ['a', 'b'], rows: [['1', '2'], ['3', '']] }; // biome-ignore format: as the file stands
    expect(parseCsv('\uFEFFa,b\r\n1,2\r\n\r\n3,', 't')).toEqual(table);
    expect(parseCsv('\na, b\n1,2\n3,\n\n', 't')).toEqual(table);
  });

  it('keeps empty fields of a table with one column', () => {
    expect(parseCsv('a\n1\n\n2\n', 't').rows).toEqual([['1'], [''], ['2']]);
  });

  it.each([
    ['an empty file', '', /t\.csv: found an empty file/],
    ['too few fields', 'a,b\n1,2\n3\n', /t\.csv, line 3: found 1 fields; expected 2/],
    ['too many fields', 'a,b\n1,2,3\n', /line 2: found 3 fields/],
    ['a column twice', 'a,b,a\n', /the column "a" twice/],
    ['a quoted field without end', 'a,b\n1,"2\n', /damaged field/],
  ])('tells %s', (_, text, message) => {
    expect(() => parseCsv(text, 't.csv')).toThrow(message);
  });

  it('tells a file that is no text', async () => {
    await expect(readCsv(memorySource('t.csv', Uint8Array.of(0xff, 0xfe, 0x61)))).rejects.toThrow(
      /no UTF-8 text/,
    );
  });
});
