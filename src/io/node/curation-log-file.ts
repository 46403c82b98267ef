/** The log of a curation on the disk, read and appended to by any number of programs at once. */
import { constants } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CurationEntry, Operation } from '../../core/curation/operations.ts';
import { advance, operationProblem, type Replayed, replay } from '../../core/curation/replay.ts';
import { InputError } from '../../core/errors.ts';
import {
  CURATION_LOG,
  type CurationLog,
  EMPTY_LOG,
  logHead,
  logLine,
  parseCurationLog,
} from '../curation-log.ts';

/** The automatic result that a curation changes. */
export interface Curated {
  /** (units,) neuron of each unit, from 1; -1 unmatched. */
  readonly labels: Int32Array;
  readonly fingerprint: string;
}

/** What appending an operation came to. */
export type Appended =
  /** It stands in the log, on the disk. */
  | { readonly outcome: 'appended' }
  /** Others have appended meanwhile: nothing was. */
  | { readonly outcome: 'conflict' }
  /** It cannot be done to what there is. */
  | { readonly outcome: 'impossible'; readonly problem: string };

export interface AppendOptions {
  /** Version of the log that whoever appends knows. */
  readonly after: number;
  /** The same id counts once, however often it is appended. */
  readonly id: string;
  /** ISO 8601 */
  readonly time: string;
}

export class CurationLogFile {
  readonly path: string;
  private readonly automatic: Curated;
  private log: CurationLog = EMPTY_LOG;
  private replayed: Replayed;
  /** Size and time of the file when it was read. */
  private read = '';
  private queue: Promise<unknown> = Promise.resolve();

  /** @param folder of the result */
  constructor(folder: string, automatic: Curated) {
    this.path = join(folder, CURATION_LOG);
    this.automatic = automatic;
    this.replayed = replay(automatic.labels);
  }

  /**
   * What the log says now.
   * @throws InputError when it is damaged, or belongs to another result
   */
  current(): Promise<{ log: CurationLog; replayed: Replayed }> {
    return this.inTurn(async () => {
      await this.refresh();
      return { log: this.log, replayed: this.replayed };
    });
  }

  /**
   * Appends an operation; when this resolves with `appended`, it has reached the disk.
   * @throws InputError when the log cannot be read or written
   */
  append(operation: Operation, options: AppendOptions): Promise<Appended> {
    return this.inTurn(() => this.appendNow(operation, options));
  }

  private async appendNow(operation: Operation, { after, id, time }: AppendOptions): Promise<Appended> {
    await this.refresh();
    const isThere = () => this.log.entries.some((entry) => entry.id === id);
    if (isThere()) return { outcome: 'appended' };
    if (after !== this.replayed.version) return { outcome: 'conflict' };
    const problem = operationProblem(this.replayed, operation);
    if (problem) return { outcome: 'impossible', problem };
    const { fingerprint, labels } = this.automatic;
    const entry: CurationEntry = { version: after + 1, time, id, ...operation };
    let lines = '';
    if (!this.log.head) lines = logLine(logHead(fingerprint, labels.length, time), this.log);
    lines += logLine(entry, lines === '' ? this.log : EMPTY_LOG);
    await this.write(new TextEncoder().encode(lines));
    // Another program may have been faster by a moment: the first line that claims a version counts.
    await this.refresh();
    return { outcome: isThere() ? 'appended' : 'conflict' };
  }

  private async write(bytes: Uint8Array): Promise<void> {
    const file = await open(
      this.path,
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | NO_LINKS,
    ).catch((error) => {
      throw this.unusable(error, 'a file that can be appended to');
    });
    try {
      // One write: lines of several programs do not mix.
      const { bytesWritten } = await file.write(bytes);
      if (bytesWritten < bytes.length) throw Object.assign(new Error('a full disk'), { code: 'ENOSPC' });
      await file.sync();
    } catch (error) {
      throw this.unusable(error, 'room for one more line');
    } finally {
      await file.close();
    }
    if (this.read === MISSING) await syncFolder(dirname(this.path));
  }

  /** Reads the log when it has changed. */
  private async refresh(): Promise<void> {
    let file: FileHandle;
    try {
      file = await open(this.path, constants.O_RDONLY | NO_LINKS);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw this.unusable(error, 'a file that can be read');
      this.read = MISSING;
      this.log = EMPTY_LOG;
      this.replayed = replay(this.automatic.labels);
      return;
    }
    try {
      const { size, mtimeMs, ino } = await file.stat();
      const read = `${size} ${mtimeMs} ${ino}`;
      if (read === this.read) return;
      const text = await file.readFile('utf8').catch((error) => {
        throw this.unusable(error, 'a file that can be read');
      });
      const log = parseCurationLog(text, this.path);
      this.checkOwner(log);
      this.replayed = this.replayOf(log.entries);
      this.log = log;
      this.read = read;
    } finally {
      await file.close();
    }
  }

  /** Replays what is new, or everything when there is much of it or the log is another one. */
  private replayOf(entries: readonly CurationEntry[]): Replayed {
    const known = this.log.entries;
    const grown =
      known.length > 0 && entries.length >= known.length && known.every(({ id }, i) => entries[i].id === id);
    try {
      if (!grown || entries.length - known.length > 10) return replay(this.automatic.labels, entries);
      let replayed = this.replayed;
      for (const entry of entries.slice(known.length)) replayed = advance(replayed, entry);
      return replayed;
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new InputError(
        {
          where: this.path,
          found: cause.message,
          expected: 'operations that can be done one after another',
          remedy:
            'The file was changed by something else: restore it from a backup, or move it away to begin anew.',
        },
        { cause },
      );
    }
  }

  private checkOwner({ head }: CurationLog): void {
    if (!head || head.fingerprint === this.automatic.fingerprint) return;
    throw new InputError({
      where: this.path,
      found: `the curation of another result (${head.units} units, begun ${head.created})`,
      expected: 'the curation of the result beside it',
      remedy:
        'The recording was tracked again since: put the earlier result back, or set its curation aside with ' +
        '`dant curate OUT --set-aside` and begin anew.',
    });
  }

  private unusable(error: unknown, expected: string): unknown {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const reasons: Record<string, string> = {
      EACCES: 'no permission',
      EPERM: 'no permission',
      EROFS: 'a read-only disk',
      ENOSPC: 'a full disk',
      EDQUOT: 'a used-up disk quota',
      EISDIR: 'a folder',
      ELOOP: 'a link to somewhere else',
      ENOENT: 'no such folder',
      EIO: 'an input/output error of the disk',
    };
    if (!reasons[code]) return error;
    return new InputError(
      {
        where: this.path,
        found: reasons[code],
        expected,
        remedy: 'Nothing was lost; mend that and try again.',
      },
      { cause: error },
    );
  }

  /** One after another: within this program nobody comes second by a moment. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => {});
    return result;
  }
}

/**
 * Moves the log of another result out of the way, beside it; returns its new name, or undefined when there is none.
 * @throws InputError when it cannot be read as a log
 */
export async function setAsideCuration(folder: string): Promise<string | undefined> {
  const path = join(folder, CURATION_LOG);
  const file = await open(path, constants.O_RDONLY | NO_LINKS).catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  const { mtime } = await file.stat();
  await file.close();
  const name = asideName(mtime.toISOString());
  await rename(path, join(folder, name));
  return name;
}

/** What a log is called that is set aside. @param time ISO 8601 */
export const asideName = (time: string): string =>
  CURATION_LOG.replace('.jsonl', `-until-${time.replace(/[:.]/g, '-')}.jsonl`);

const MISSING = 'missing';
/** A log that is a link could lead out of the folder. Zero where the platform has no such flag. */
const NO_LINKS = constants.O_NOFOLLOW ?? 0;

/** A new file is safe when the folder that names it is. Not every platform can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows opens no folders; it keeps their entries safe itself.
  }
}
