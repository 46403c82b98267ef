/** Files of the disk as a store. */
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import {
  access,
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import { InputError } from '../../core/errors.ts';
import { type ByteSource, type Chunks, isZeros, type Store } from '../byte-source.ts';
import { quickly } from './quickly.ts';

/** A folder of the disk; it need not exist until something is written. */
export class FileStore implements Store {
  readonly name: string;
  private readonly durable: boolean;
  /** The topmost folder that was not there yet when it was checked whether the place could be written. */
  private absent?: string;

  /**
   * @param folder its path
   * @param options.durable whether every file must have reached the disk when `write` resolves. Without it files survive the
   *   end of the process at any moment, but not of the machine; results of gigabytes are then written several times faster.
   */
  constructor(folder: string, { durable = false } = {}) {
    this.name = folder;
    this.durable = durable;
  }

  async open(name: string): Promise<ByteSource | undefined> {
    return openFile(join(this.name, name));
  }

  /** Writes beside the place, then renames: readers see the old file or the whole new one, never a part. */
  async write(name: string, chunks: Chunks): Promise<void> {
    const path = join(this.name, name);
    const temporary = join(dirname(path), `.${process.pid}-${threadId}-${nextNumber()}.tmp`);
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(temporary, 'wx');
      try {
        await writeAll(file, chunks instanceof Uint8Array ? [chunks] : chunks);
        if (this.durable) await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw cannotWrite(path, error);
    }
  }

  async list(folder = ''): Promise<readonly string[]> {
    try {
      const entries = await readdir(join(this.name, folder), { withFileTypes: true });
      const isFolder = async (entry: (typeof entries)[number]) =>
        entry.isSymbolicLink()
          ? await stat(join(this.name, folder, entry.name)).then(
              (target) => target.isDirectory(),
              () => false,
            )
          : entry.isDirectory();
      const names = await Promise.all(
        entries.map(async (entry) => ((await isFolder(entry)) ? `${entry.name}/` : entry.name)),
      );
      return names.sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw cannotRead(join(this.name, folder), error);
    }
  }

  async remove(name: string): Promise<void> {
    const path = join(this.name, name);
    try {
      await rm(path, { recursive: true, force: true });
    } catch (error) {
      throw cannotWrite(path, error);
    }
    await this.removeIfEmpty();
  }

  /** Work that failed leaves no folder that was made for it alone. */
  private async removeIfEmpty(): Promise<void> {
    if (this.absent === undefined) return;
    const above = dirname(this.absent);
    for (let folder = resolve(this.name); folder !== above; folder = dirname(folder)) {
      const removed = await rmdir(folder).then(
        () => true,
        (error) => isMissing(error),
      );
      if (!removed) return;
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const path = join(this.name, to);
    try {
      await mkdir(dirname(path), { recursive: true });
      await rename(join(this.name, from), path);
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  /**
   * Whether the folder could be written, told before the work begins; leaves no trace. What is made for it afterwards goes again
   * when it is empty after something is removed.
   * @throws InputError when it, or the nearest folder above it that exists, cannot be written
   */
  async checkWritable(): Promise<void> {
    let folder = resolve(this.name);
    for (;;) {
      try {
        if (!(await stat(folder)).isDirectory()) {
          throw new InputError({
            where: this.name,
            found: `a file at ${folder}`,
            expected: 'a folder for the results',
            remedy: 'Choose another output folder.',
          });
        }
        await access(folder, constants.W_OK | constants.X_OK);
        // Permissions do not tell everything: some file systems take no files at all.
        await rmdir(await mkdtemp(join(folder, '.dant-')));
        return;
      } catch (error) {
        const exists = existsSync(folder);
        if (exists && isMissing(error))
          throw cannotWrite(this.name, error, 'a file system that takes no files');
        if (!isMissing(error) || dirname(folder) === folder) throw cannotWrite(this.name, error);
        if (isThere(folder)) throw cannotWrite(this.name, error, `a link to nothing at ${folder}`);
        this.absent = folder;
        folder = dirname(folder);
      }
    }
  }
}

/** What there is at a path; undefined when there is nothing. @throws InputError when that cannot be told */
export function statusOf(
  path: string,
  look: (path: string) => Stats = (at) => statSync(at),
): Stats | undefined {
  try {
    return look(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw cannotRead(path, error);
  }
}

/** Whether there is anything at a path, be it a link to nothing. @throws as `statusOf` */
export const isThere = (path: string): boolean => statusOf(path, (at) => lstatSync(at)) !== undefined;

/** A file that must be there. @throws InputError when it is missing, a folder, or must not be read */
export async function requireFile(
  path: string,
  expected: string,
  remedy = 'Check the path.',
): Promise<ByteSource> {
  const file = await openFile(path);
  if (!file) throw new InputError({ where: path, found: 'no such file', expected, remedy });
  return file;
}

/**
 * A file of the disk, or undefined when there is none. It is opened anew for every read, so nothing needs closing.
 * @throws InputError when it is a folder or must not be read
 */
export async function openFile(path: string): Promise<ByteSource | undefined> {
  let status: Stats;
  try {
    status = quickly(() => statSync(path))?.value ?? (await stat(path));
    if (status.isDirectory()) {
      throw new InputError({
        where: path,
        found: 'a folder',
        expected: 'a file',
        remedy: 'Give the path of the file itself.',
      });
    }
    // To open a pipe waits for whoever writes into it, perhaps for ever.
    if (status.isFIFO() || status.isSocket()) {
      throw new InputError({
        where: path,
        found: 'a pipe',
        expected: 'a file',
        remedy: 'Write its content to a file, and give that.',
      });
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw cannotRead(path, error);
  }
  return {
    name: path,
    size: status.size,
    times: { written: status.mtimeMs, changed: status.ctimeMs },
    async read(offset, length, into = new Uint8Array(length)) {
      try {
        const isRead = length <= SMALL_READ && quickly(() => readNow(path, offset, into));
        if (!isRead) await readFully(path, offset, into);
        return into;
      } catch (error) {
        throw cannotRead(path, error);
      }
    },
  };
}

/** More is read on another thread. */
const SMALL_READ = 1 << 20;

async function readFully(path: string, offset: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'r');
  try {
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, offset + done);
      if (bytesRead === 0) throw endsEarly(path, offset + done, offset + bytes.length);
      done += bytesRead;
    }
  } finally {
    await file.close();
  }
}

function readNow(path: string, offset: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r');
  try {
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(file, bytes, done, bytes.length - done, offset + done);
      if (count === 0) throw endsEarly(path, offset + done, offset + bytes.length);
      done += count;
    }
  } finally {
    closeSync(file);
  }
}

const endsEarly = (path: string, end: number, expected: number) =>
  new InputError({
    where: path,
    found: `the end of the file at byte ${end}`,
    expected: `at least ${expected} bytes`,
    remedy: 'The file became shorter while it was read; run again when nothing writes to it.',
  });

/** Smaller pieces are gathered: to write each takes longer than to copy it. */
const SMALL_PIECE = 64 << 10;

/** Writes pieces one after the other; where they are zeros the file has a hole. */
async function writeAll(file: FileHandle, pieces: Exclude<Chunks, Uint8Array>): Promise<void> {
  let end = 0;
  let written = 0;
  let gathered = new Uint8Array(0);
  let count = 0;
  const flush = async () => {
    await writeFully(file, gathered.subarray(0, count), end - count);
    count = 0;
  };
  for await (const piece of pieces) {
    if (piece.length < SMALL_PIECE) {
      if (gathered.length === 0) gathered = new Uint8Array(4 * SMALL_PIECE);
      if (count + piece.length > gathered.length) await flush();
      gathered.set(piece, count);
      count += piece.length;
      written = end + piece.length;
    } else {
      await flush();
      if (!isZeros(piece)) {
        await writeFully(file, piece, end);
        written = end + piece.length;
      }
    }
    end += piece.length;
  }
  await flush();
  if (written < end) await file.truncate(end);
}

async function writeFully(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}

let lastNumber = 0;
const nextNumber = () => ++lastNumber;

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | undefined)?.code;
const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'a read-only disk',
  ENOSPC: 'a full disk',
  EDQUOT: 'a used-up disk quota',
  ENOTDIR: 'a file where a folder should be',
  EEXIST: 'a file where a folder should be',
  EISDIR: 'a folder where a file should be',
  EFBIG: 'a limit of the size of files',
  EIO: 'an input/output error of the disk',
  ELOOP: 'links that lead in a circle',
  ENAMETOOLONG: 'a path that is too long',
  EMFILE: 'too many open files',
};

function cannotRead(path: string, error: unknown): unknown {
  const reason = REASONS[codeOf(error) ?? ''];
  if (!reason) return error;
  return new InputError(
    {
      where: path,
      found: reason,
      expected: 'a file that can be read',
      remedy: 'Mend its permissions or choose another path.',
    },
    { cause: error },
  );
}

function cannotWrite(path: string, error: unknown, known?: string): unknown {
  const reason = known ?? { ...REASONS, ENOENT: 'a folder that takes no files' }[codeOf(error) ?? ''];
  if (!reason) return error;
  return new InputError(
    {
      where: path,
      found: reason,
      expected: 'a place that can be written',
      remedy: 'Make room, mend the permissions, or choose another output folder.',
    },
    { cause: error },
  );
}
