/** CSV and TSV (RFC 4180): every table in text that is read or written goes through here. */
import Papa from 'papaparse';
import { InputError } from '../core/errors.ts';
import type { ByteSource } from './byte-source.ts';

export interface Table {
  /** Names of the columns, in the order of the file. */
  readonly columns: readonly string[];
  /** One text for each column in every row. */
  readonly rows: readonly (readonly string[])[];
}

export interface CsvOptions {
  /** Between the fields: a comma (default), or a tab as in phy's `.tsv` files. */
  readonly delimiter?: ',' | '\t';
}

/** The largest table that is read: far more than any recording has units or events. */
const LARGEST = 2 ** 29 - 1;

/**
 * Splits text into columns by their names in the first line. Empty lines and a byte order mark are passed over; lines end with
 * LF or CRLF.
 *
 * @param where what errors call the text
 * @throws InputError when there is no header, a name stands twice, a line has too few or too many fields, or a quoted field
 *   does not end
 */
export function parseCsv(text: string, where: string, { delimiter = ',' }: CsvOptions = {}): Table {
  const kind = delimiter === ',' ? 'commas' : 'tabs';
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { delimiter });
  // Rows are counted as lines: exact unless a field holds a line break.
  const fail = (line: number, found: string, expected: string) => {
    const remedy = `Mend line ${line}, or save the table again as text with fields between ${kind}.`;
    throw new InputError({ where: `${where}, line ${line}`, found, expected, remedy });
  };
  for (const { row = 0, message } of errors)
    fail(row + 1, `a damaged field (${message})`, 'quotes in pairs, those inside a quoted field doubled');
  const isEmpty = (row: readonly string[]) => row.length === 1 && row[0].trim() === '';
  const header = data.findIndex((row) => !isEmpty(row));
  if (header < 0) {
    throw new InputError({
      where,
      found: 'an empty file',
      expected: 'a first line with the names of the columns',
      remedy: 'Save the table again with its header.',
    });
  }
  const columns = data[header].map((name) => name.trim());
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) fail(header + 1, `the column "${twice}" twice`, 'every column once');
  const rows: string[][] = [];
  for (let i = header + 1; i < data.length; i++) {
    if (isEmpty(data[i]) && columns.length > 1) continue;
    // The line break at the end of the file is no line of its own.
    if (isEmpty(data[i]) && i === data.length - 1) continue;
    if (data[i].length !== columns.length)
      fail(i + 1, `${data[i].length} fields`, `${columns.length}, as the first line has`);
    rows.push(data[i]);
  }
  return { columns, rows };
}

/** Reads a table. @throws InputError as `parseCsv`, and when the file is no UTF-8 text */
export async function readCsv(source: ByteSource, options: CsvOptions = {}): Promise<Table> {
  if (source.size > LARGEST) {
    throw new InputError({
      where: source.name,
      found: `a file of ${source.size} bytes`,
      expected: 'a table of at most 512 MiB',
      remedy: 'Check that it is the right file.',
    });
  }
  const bytes = await source.read(0, source.size);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(
      {
        where: source.name,
        found: 'bytes that are no UTF-8 text',
        expected: 'a table in text',
        remedy: 'Save it as CSV, UTF-8.',
      },
      { cause },
    );
  }
  return parseCsv(text, source.name, options);
}

/** The bytes of a table: lines end with LF, fields are quoted where they must be. */
export function encodeCsv({ columns, rows }: Table, { delimiter = ',' }: CsvOptions = {}): Uint8Array {
  return encodeRows([columns, ...rows], { delimiter });
}

/** Rows that are encoded at once. */
const PIECE_ROWS = 8192;

/** The bytes of a table of any length, piece by piece; as `encodeCsv` otherwise. */
export function* csvChunks(
  columns: readonly string[],
  rows: Iterable<readonly string[]>,
  options: CsvOptions = {},
): Generator<Uint8Array> {
  yield encodeCsv({ columns, rows: [] }, options);
  let piece: (readonly string[])[] = [];
  for (const row of rows) {
    piece.push(row);
    if (piece.length < PIECE_ROWS) continue;
    yield encodeRows(piece, options);
    piece = [];
  }
  if (piece.length > 0) yield encodeRows(piece, options);
}

function encodeRows(rows: readonly (readonly string[])[], { delimiter = ',' }: CsvOptions): Uint8Array {
  return new TextEncoder().encode(`${Papa.unparse(rows as string[][], { delimiter, newline: '\n' })}\n`);
}
