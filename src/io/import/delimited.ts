/** Tables as text, `.tsv` and `.csv`, with a first line of column names. */
import { InputError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';

export interface TextTable {
  readonly columns: readonly string[];
  /** One for each line, as many values as columns. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * Reads a table; the separator is a tab when the first line holds one, else a comma. Values may stand in double quotes.
 * @throws InputError when the file has no line, or a line has more values than there are columns
 */
export async function readTable(source: ByteSource): Promise<TextTable> {
  const text = new TextDecoder().decode(await source.read(0, source.size)).replace(/^\uFEFF/, '');
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  if (lines.length === 0) {
    throw new InputError({
      where: source.name,
      found: 'an empty file',
      expected: 'a table with a first line of column names',
      remedy: 'Save it again, or remove it.',
    });
  }
  const separator = lines[0].includes('\t') ? '\t' : ',';
  const [columns, ...rows] = lines.map((line) => splitLine(line, separator));
  rows.forEach((row, i) => {
    if (row.length > columns.length) {
      throw new InputError({
        where: `${source.name}, line ${i + 2}`,
        found: `${row.length} values`,
        expected: `${columns.length}, one for each of the columns ${columns.join(', ')}`,
        remedy: 'Correct the line; a value that holds the separator stands in double quotes.',
      });
    }
    while (row.length < columns.length) row.push('');
  });
  return { columns, rows };
}

function splitLine(line: string, separator: string): string[] {
  const values: string[] = [];
  const pattern = new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}]*))(${separator}|$)`, 'g');
  for (const match of line.matchAll(pattern)) {
    values.push(match[1] !== undefined ? match[1].replaceAll('""', '"') : match[2].trim());
    if (match[3] === '') break;
  }
  return values;
}

/** A value as it stands in a comma-separated line. */
export function quoteCsv(value: string): string {
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
