/**
 * The log of a curation, `Curation.jsonl`: one JSON text per line. The first line names the automatic result that the log
 * belongs to; every other line is an operation with its version, its place in the log.
 *
 * The log only ever grows, and nobody locks it. Whoever appends claims the next version; of two lines that claim the same one
 * the first counts. A line that was cut off when a program was killed says nothing, and the next one begins on a line of its own:
 * it claims the version that the line before would have claimed. So a line that cannot be read is harmless where it is the last and lacks
 * its line break, and where one that can be read follows; anywhere else an operation may be missing.
 */
import { type CurationEntry, parseEntry } from '../core/curation/operations.ts';
import { InputError } from '../core/errors.ts';

export const CURATION_LOG = 'Curation.jsonl';
const FORMAT = 'dant-curation';
const FORMAT_VERSION = 1;

/** The first line of a log. */
export interface CurationLogHead {
  readonly format: typeof FORMAT;
  readonly formatVersion: typeof FORMAT_VERSION;
  /** Of the automatic result (fingerprint.ts). */
  readonly fingerprint: string;
  readonly units: number;
  /** ISO 8601 */
  readonly created: string;
}

/** What a log says. */
export interface CurationLog {
  /** Missing when nothing was ever done. */
  readonly head?: CurationLogHead;
  readonly entries: readonly CurationEntry[];
  /** Lines that do not count, told to people. */
  readonly warnings: readonly string[];
  /** Whether the next line must begin with a line break, since the last one was cut off. */
  readonly cutOff: boolean;
}

export const EMPTY_LOG: CurationLog = { entries: [], warnings: [], cutOff: false };

export function logHead(fingerprint: string, units: number, created: string): CurationLogHead {
  return { format: FORMAT, formatVersion: FORMAT_VERSION, fingerprint, units, created };
}

/** A line of the log as it is appended. */
export function logLine(line: CurationLogHead | CurationEntry, after: CurationLog): string {
  return `${after.cutOff ? '\n' : ''}${JSON.stringify(line)}\n`;
}

/**
 * Reads a log.
 * @param name what errors call the file
 * @throws InputError when an operation is missing or cannot be understood, or the file is no log
 */
export function parseCurationLog(text: string, name: string): CurationLog {
  const lines = text.split('\n');
  const entries: CurationEntry[] = [];
  const unreadable: number[] = [];
  /** Unreadable lines after the last one that can be read. */
  let trailing: number[] = [];
  let head: CurationLogHead | undefined;
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const value = parseJson(line);
    if (value === undefined) {
      trailing.push(i + 1);
      continue;
    }
    unreadable.push(...trailing);
    trailing = [];
    const isHead = 'format' in value;
    if (!head || isHead) {
      // Of two programs that began the log at the same moment, the first counts.
      head ??= checkHead(value, `${name}, line ${i + 1}`);
      continue;
    }
    const entry = parseEntry(value);
    if (!entry.ok) throw damaged(`${name}, line ${i + 1}`, entry.problem);
    const { version } = entry.value;
    if (version > entries.length + 1) {
      throw damaged(`${name}, line ${i + 1}`, `operation ${version} after operation ${entries.length}`);
    }
    if (version === entries.length + 1) entries.push(entry.value);
  }
  const cutOff = lines[lines.length - 1] !== '';
  const end = cutOff && trailing.at(-1) === lines.length ? trailing.pop() : undefined;
  if (trailing.length > 0) throw damaged(`${name}, line ${trailing[0]}`, 'a line that cannot be read');
  const warnings = unreadable.map(
    (line) => `${name}, line ${line}, cannot be read and does not count; no operation is missing.`,
  );
  if (end !== undefined)
    warnings.push(`${name}, line ${end}, was cut off before its end and does not count.`);
  return { head, entries, warnings, cutOff };
}

/** An object of a line; undefined when it cannot be read. */
function parseJson(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function checkHead(value: Record<string, unknown>, where: string): CurationLogHead {
  if (value.format !== FORMAT || typeof value.fingerprint !== 'string' || !Number.isInteger(value.units)) {
    throw damaged(where, 'something else');
  }
  if (value.formatVersion === FORMAT_VERSION) return value as unknown as CurationLogHead;
  throw new InputError({
    where,
    found: `format version ${value.formatVersion}`,
    expected: `format version ${FORMAT_VERSION}`,
    remedy: 'The log was written by a newer dant: update dant.',
  });
}

function damaged(where: string, found: string): InputError {
  return new InputError({
    where,
    found,
    expected: 'the log of a curation, every operation in its place',
    remedy:
      'The file was changed by something else: restore it from a backup, or move it away to begin anew.',
  });
}
