/** What a list of recordings asks for: one job for each row, and one for each recording whose shanks are tracked apart. */
import path from 'node:path';
import { InputError } from '../../core/errors.ts';
import { requireUsablePath } from '../../core/usable-path.ts';
import type { BatchList, BatchRow } from '../../io/batch-list.ts';
import { realPlace } from '../../io/node/places.ts';
import { shankFolder } from '../../io/result-folder.ts';

/** Paths are absolute. */
export interface Job {
  /** Unique in its list whatever the case of its letters; a file may be called so. */
  readonly name: string;
  /** Row of the list; undefined for a job that merges shanks. */
  readonly row?: number;
  /** Undefined where the settings file says it. */
  readonly data?: string;
  readonly settings?: string;
  /** The one shank to track. */
  readonly shank?: number;
  /** The output folder as the list names it. */
  readonly output: string;
  /** Where the result of this job stands: the output folder, or that of the shank in it. */
  readonly folder: string;
  /** For a merge, the jobs of the shanks that it puts together. */
  readonly after: readonly Job[];
}

/**
 * @param where what errors call the list
 * @param base folder that relative paths are relative to
 * @throws InputError for a row without output or data, a name or result folder that stands twice, an output folder that is a data
 *   folder, or shanks of one recording that do not fit together
 */
export function planBatch({ rows }: BatchList, where: string, base: string): Job[] {
  const jobs = rows.map((row) => jobOfRow(row, where, base));
  const byOutput = new Map<string, Job[]>();
  for (const job of jobs) {
    const place = realPlace(job.output);
    byOutput.set(place, [...(byOutput.get(place) ?? []), job]);
  }
  checkApart(jobs, byOutput, where);
  for (const [place, sharing] of byOutput) {
    if (sharing.length > 1 || sharing[0].shank !== undefined) checkSharing(sharing, where);
    const parent = byOutput.get(path.dirname(place));
    if (parent && /^Shank-?\d+$/.test(path.basename(place))) {
      throw conflict(where, parent[0], sharing[0], 'an output folder that is the shank folder of another');
    }
  }
  const merges = [...byOutput.values()]
    .filter(([first]) => first.shank !== undefined)
    .map((shanks): Job => {
      const [{ data, settings, output }] = shanks;
      const name = `${defaultName(output, base)}-merge`;
      return { name, data, settings, output, folder: output, after: shanks };
    });
  const all = [...jobs, ...merges];
  checkNames(all, where);
  return all;
}

function jobOfRow(row: BatchRow, where: string, base: string): Job {
  const problem = (found: string, expected: string, remedy: string) =>
    new InputError({ where: `${where}, row ${row.row}`, found, expected, remedy });
  const place = (cell: string) => {
    if (cell === '') return undefined;
    requireUsablePath(cell, `${where}, row ${row.row}`);
    return path.resolve(base, path.sep === '/' ? cell.replaceAll('\\', '/') : cell);
  };
  const output = place(row.output);
  if (output === undefined) {
    throw problem('no output folder', 'a folder for the results', 'Fill in the column output.');
  }
  if (row.data === '' && row.settings === '') {
    throw problem('neither data nor settings', 'a data folder', 'Fill in the column data.');
  }
  if (row.shank !== '' && !/^-?\d{1,9}$/.test(row.shank)) {
    throw problem(
      `the shank "${row.shank}"`,
      'a shank id of channel_shanks.npy, or nothing',
      'Write one id; to track all shanks in one job leave the cell empty.',
    );
  }
  if (row.name !== '' && !/^[A-Za-z0-9][\w.-]{0,99}$/.test(row.name)) {
    throw problem(
      `the name "${row.name}"`,
      'letters, digits and . _ -, at most 100',
      'Choose another name; files are called so.',
    );
  }
  const shank = row.shank === '' ? undefined : Number(row.shank);
  const suffix = shank === undefined ? '' : `-shank${shank}`;
  return {
    name: row.name || defaultName(output, base) + suffix,
    row: row.row,
    data: place(row.data),
    settings: place(row.settings),
    shank,
    output,
    folder: shank === undefined ? output : path.join(output, shankFolder(shank)),
    after: [],
  };
}

/** The output folder as seen from the list, in characters that suit a file name. */
function defaultName(output: string, base: string): string {
  const relative = path.relative(base, output);
  const text = relative.startsWith('..') || path.isAbsolute(relative) ? output : relative;
  return (
    text
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(-90) || 'recording'
  );
}

/** Rows may share an output folder only as different shanks of one recording. */
function checkSharing(sharing: readonly Job[], where: string): void {
  const [first, ...others] = sharing;
  const shanks = new Set([first.shank]);
  for (const job of others) {
    if (job.shank === undefined || first.shank === undefined || shanks.has(job.shank)) {
      throw conflict(where, first, job, 'one output folder for two recordings');
    }
    if (job.data !== first.data || job.settings !== first.settings) {
      throw conflict(where, first, job, 'shanks with one output folder, but other data or settings');
    }
    shanks.add(job.shank);
  }
}

function conflict(where: string, one: Job, other: Job, found: string): InputError {
  return new InputError({
    where: `${where}, rows ${one.row} and ${other.row}`,
    found: `${found}: ${other.folder}`,
    expected:
      'an output folder of its own for every recording; shanks of one recording share one, with different ids',
    remedy: 'Correct the column output or shank. Nothing has been run.',
  });
}

/** Results hold files of the same names as recordings. */
function checkApart(
  jobs: readonly Job[],
  byOutput: ReadonlyMap<string, readonly Job[]>,
  where: string,
): void {
  for (const job of jobs) {
    const [other] = (job.data !== undefined && byOutput.get(realPlace(job.data))) || [];
    if (!other) continue;
    throw new InputError({
      where: `${where}, row ${other.row}`,
      found: `the data folder of row ${job.row} as the output folder: ${other.output}`,
      expected: 'another folder',
      remedy:
        'Correct the column output: results such as peth.npy would replace files of the recording. Nothing has been run.',
    });
  }
}

function checkNames(jobs: readonly Job[], where: string): void {
  const seen = new Map<string, Job>();
  for (const job of jobs) {
    const other = seen.get(job.name.toLowerCase());
    if (other) {
      throw new InputError({
        where: `${where}, ${job.row ? `rows ${other.row} and ${job.row}` : `row ${other.row}`}`,
        found: `the name "${job.name}" twice`,
        expected: 'a name of its own for every row',
        remedy: 'Fill in the column name. Nothing has been run.',
      });
    }
    seen.set(job.name.toLowerCase(), job);
  }
}
