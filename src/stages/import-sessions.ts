/** Sessions as spike sorters left them, brought together as an input folder. */
import { dirname, resolve } from 'node:path';
import { InputError, throwIfStopped } from '../core/errors.ts';
import { readCsv } from '../io/csv.ts';
import type { ImportReport } from '../io/import/import-report.ts';
import { IMPORT_DEFAULTS, type ImportOptions, importSessions } from '../io/import/import-sessions.ts';
import type { SessionToImport } from '../io/import/sorted-session.ts';
import { FileStore, openFile } from '../io/node/file-store.ts';
import { openSortedSession } from '../io/node/sorted-session.ts';
import { writeRecording } from '../io/recording.ts';
import { createSnippetSums } from '../wasm/snippet-sums.ts';
import type { StageOptions } from './stage-options.ts';

/** A session to import: where it is, and what is known of it. */
export interface SessionEntry {
  readonly path: string;
  /** Default: what the files or the path say. */
  readonly date?: string;
  /** Default: the name of the folder. */
  readonly label?: string;
  /** µV per bit, where the files do not say it. */
  readonly gain?: number;
}

export interface ImportSummary extends ImportReport {
  readonly dataFolder: string;
  readonly taken: number;
  readonly left: number;
}

/**
 * Imports sessions, in their order, as an input folder. One that is there is replaced; when anything fails, it stays as it was.
 *
 * @param dataFolder folder to write
 * @param entries sessions in their order
 * @param options besides those of every stage (`fromFile` has no say), with their defaults: `labels` `'label=good'`, which units to take;
 *   `source` `'auto'`, where waveforms come from (`'raw'`, `'mean'`, `'templates'`); `maxSpikes` 500, spikes of a mean from raw data;
 *   `window` `[0.7, 1.4]`, ms before and after the trough; `highPassHz` 300, 0 for none; `reference` `'median'` or `'none'`; `seed` 1, of
 *   the choice of spikes; `gain` (µV per bit) and `sampleRateHz` only where the files do not say them
 * @throws InputError naming the folder that cannot be used; StoppedError when the signal is aborted
 */
export async function importFolder(
  dataFolder: string,
  entries: readonly SessionEntry[],
  options: StageOptions & Partial<ImportOptions> = {},
): Promise<ImportSummary> {
  const { onEvent, signal, fromFile: _, source, ...chosen } = options;
  const store = new FileStore(dataFolder);
  await store.checkWritable();
  onEvent?.({ kind: 'stage', stage: 'read', state: 'begin' });
  const sessions: SessionToImport[] = [];
  try {
    for (const entry of entries) {
      throwIfStopped(signal);
      sessions.push(await openEntry(entry));
    }
    const { recording, report } = await importSessions(
      sessions,
      {
        ...IMPORT_DEFAULTS,
        ...definedOnly(chosen),
        ...(source !== undefined && { source }),
      } as ImportOptions,
      { onEvent, signal, createSnippetSums },
    );
    onEvent?.({ kind: 'stage', stage: 'read', state: 'end' });
    onEvent?.({ kind: 'stage', stage: 'write', state: 'begin' });
    await writeRecording(store, recording, {
      signal,
      progress: (done, total) => onEvent?.({ kind: 'progress', stage: 'write', step: 'units', done, total }),
    });
    onEvent?.({ kind: 'stage', stage: 'write', state: 'end' });
    return {
      ...report,
      dataFolder,
      taken: recording.units,
      left: report.units.length - recording.units,
    };
  } finally {
    for (const { session } of sessions) session.close?.();
  }
}

const definedOnly = <T extends object>(options: T) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;

async function openEntry({ path, date, label, gain }: SessionEntry): Promise<SessionToImport> {
  const session = await openSortedSession(path);
  return {
    session,
    date: date || session.date || dateInPath(path),
    label: label || nameOf(path),
    ...(gain !== undefined && { gain }),
  };
}

const nameOf = (path: string) => resolve(path).split(/[\\/]/).at(-1) ?? path;

/** The last date in a path: `2024-03-01`, `2024_03_01` or `20240301`. */
function dateInPath(path: string): string {
  const dates = [...path.matchAll(/(?<!\d)(20\d\d)([-_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)/g)];
  const last = dates.at(-1);
  return last ? `${last[1]}-${last[3]}-${last[4]}` : '';
}

/**
 * Reads a table of sessions: the column `folder`, and if wanted `date`, `label` and `gain` (µV per bit). Folders are relative to the table.
 * @throws InputError when it cannot be read
 */
export async function readSessionTable(path: string): Promise<SessionEntry[]> {
  const source = await openFile(path);
  const fail = (where: string, found: string, expected: string): never => {
    throw new InputError({
      where,
      found,
      expected,
      remedy: 'Write a table such as: folder,date,label, one line for each session in their order.',
    });
  };
  if (!source) return fail(path, 'no such file', 'a table of sessions');
  const { columns, rows } = await readCsv(source, { delimiter: /\.tsv$/i.test(path) ? '\t' : ',' });
  const place = (name: string) => columns.findIndex((column) => column.toLowerCase() === name);
  if (place('folder') < 0) fail(path, `the columns ${columns.join(', ')}`, 'a column folder');
  if (rows.length === 0) fail(path, 'no sessions', 'at least one line');
  return rows.map((row, i) => {
    const text = (name: string) => row[place(name)]?.trim() ?? '';
    const folder = text('folder');
    if (folder === '') fail(`${path}, row ${i + 1}`, 'no folder', 'the folder of the session');
    const gain = text('gain');
    if (gain !== '' && !(Number(gain) > 0)) {
      fail(`${path}, row ${i + 1}, gain`, `"${gain}"`, 'µV per bit, above 0');
    }
    return {
      path: resolve(dirname(path), folder),
      date: text('date'),
      label: text('label'),
      gain: gain === '' ? undefined : Number(gain),
    };
  });
}
