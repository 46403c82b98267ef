/** A list of recordings: a table in CSV or TSV with one recording, or one shank of a recording, in each row. */
import { InputError } from '../core/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { readCsv } from './csv.ts';

/** Columns a list may have; `output`, and `data` or `settings`, must be among them. */
const BATCH_COLUMNS = ['name', 'data', 'output', 'settings', 'shank'] as const;
export type BatchColumn = (typeof BATCH_COLUMNS)[number];

/** The cells of a row, without spaces around them; empty where there is none. */
export interface BatchRow extends Readonly<Record<BatchColumn, string>> {
  /** 1 for the first row below the header. */
  readonly row: number;
}

export interface BatchList {
  readonly rows: readonly BatchRow[];
  /** Columns with other names: they are not used. */
  readonly unused: readonly string[];
}

/** Longest part of a file in which the header is looked for, bytes. */
const HEADER_BYTES = 4096;

/**
 * Reads a list. Fields are separated by tabs when the first line has one, else by commas.
 * @throws InputError when it is no table, a column is missing, or there is no recording in it
 */
export async function readBatchList(source: ByteSource): Promise<BatchList> {
  const beginning = await source.read(0, Math.min(source.size, HEADER_BYTES));
  const [firstLine] = new TextDecoder()
    .decode(beginning)
    .trimStart()
    .split(/[\r\n]/);
  const table = await readCsv(source, { delimiter: firstLine.includes('\t') ? '\t' : ',' });
  const columns = table.columns.map((name) => name.toLowerCase());
  const has = (name: BatchColumn) => columns.includes(name);
  if (!has('output') || !(has('data') || has('settings'))) {
    throw new InputError({
      where: source.name,
      found: `the columns ${table.columns.map((name) => `"${name}"`).join(', ')}`,
      expected:
        'a first line that names the columns: data, output, and where needed settings, name and shank',
      remedy: 'Write for example `data,output,settings` above the recordings.',
    });
  }
  if (table.rows.length === 0) {
    throw new InputError({
      where: source.name,
      found: 'a header and nothing below',
      expected: 'at least one recording',
      remedy: 'Write one recording per line.',
    });
  }
  const rows = table.rows.map((cells, i): BatchRow => {
    const cell = (name: BatchColumn) => (has(name) ? cells[columns.indexOf(name)].trim() : '');
    return {
      row: i + 1,
      name: cell('name'),
      data: cell('data'),
      output: cell('output'),
      settings: cell('settings'),
      shank: cell('shank'),
    };
  });
  return { rows, unused: table.columns.filter((_, i) => !isColumn(columns[i])) };
}

const isColumn = (name: string) => (BATCH_COLUMNS as readonly string[]).includes(name);
