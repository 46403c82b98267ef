/** `events.csv`: when something happened in which session (docs/files.md). */
import { InputError } from '../core/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { readCsv } from './csv.ts';

export interface EventRow {
  /** Row of the table, from 1, for errors. */
  readonly row: number;
  /** Session number, 1..N. */
  readonly session: number;
  /** ms since the start of the session, the clock of its spike times. */
  readonly time: number;
  readonly type: string;
}

/** Columns that hold times, with their unit in ms. */
const TIME_COLUMNS: Readonly<Record<string, number>> = { time: 1000, time_s: 1000, time_ms: 1 };

/**
 * Reads events: columns `session`, `type`, and either `time` (or `time_s`) in seconds or `time_ms` in ms. Further columns are passed
 * over.
 *
 * @param sessionCount number of sessions of the recording
 * @throws InputError when a column is missing, a number cannot be read, a session does not exist, a time is negative or a type is
 *   empty
 */
export async function readEvents(source: ByteSource, sessionCount: number): Promise<EventRow[]> {
  const { columns, rows } = await readCsv(source);
  const fail = (where: string, found: string, expected: string, remedy: string) => {
    throw new InputError({ where, found, expected, remedy });
  };
  const timeColumns = columns.filter((name) => name in TIME_COLUMNS);
  if (timeColumns.length !== 1 || !columns.includes('session') || !columns.includes('type')) {
    fail(
      source.name,
      `the columns ${columns.join(', ')}`,
      'session, type, and one of time (seconds) or time_ms',
      'Name the columns in the first line, such as session,time,type.',
    );
  }
  const [timeColumn] = timeColumns;
  const msPerUnit = TIME_COLUMNS[timeColumn];
  const at = {
    session: columns.indexOf('session'),
    time: columns.indexOf(timeColumn),
    type: columns.indexOf('type'),
  };
  const events = rows.map((cells, i) => {
    const where = (column: string) => `${source.name}, row ${i + 1}, column ${column}`;
    const session = numberIn(cells[at.session]);
    if (!(Number.isInteger(session) && session >= 1 && session <= sessionCount)) {
      fail(
        where('session'),
        `"${cells[at.session]}"`,
        `a session of the recording, 1 to ${sessionCount}`,
        'Sessions are the numbers in session_index.npy; take out events of sessions that are not in the recording.',
      );
    }
    const time = numberIn(cells[at.time]);
    if (!(time >= 0 && time < Number.POSITIVE_INFINITY)) {
      fail(
        where(timeColumn),
        `"${cells[at.time]}"`,
        'a time since the start of the session, at least 0',
        'Give the time on the clock of the spike times of that session.',
      );
    }
    const type = cells[at.type].trim();
    if (type === '')
      fail(where('type'), 'nothing', 'what kind of event it was', 'Name the kind, such as reward.');
    // To the picosecond: what decimals of seconds leave behind is no time.
    return { row: i + 1, session, time: Math.round(time * msPerUnit * 1e9) / 1e9, type };
  });
  if (events.length === 0)
    fail(source.name, 'no events', 'one row for each event', 'Check that it is the right file.');
  return events;
}

const numberIn = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));
