/** One process at a time writes the result of a folder. */
import { unlinkSync } from 'node:fs';
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { isAlive, keepAlive, type Owner, thisProcess } from './sign-of-life.ts';

const LOCK = '.dant-lock';

interface Lock extends Owner {
  /** ISO 8601. */
  readonly started: string;
}

/** Locks of this process. */
const held = new Set<string>();
process.on('exit', () => {
  for (const path of held) {
    try {
      unlinkSync(path);
    } catch {
      // Whoever comes next sees that this process is gone.
    }
  }
});

/**
 * Keeps others from writing into a folder, which is made where there is none, until the function that comes back is called: that removes
 * what was made, if it is empty. A lock that a killed process left behind is taken over.
 * @throws InputError when another process, or other work of this one, is at it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(resolve(folder), LOCK);
  if (held.has(path)) throw busy(folder, undefined);
  held.add(path);
  let made: string | undefined;
  try {
    made = await mkdir(dirname(path), { recursive: true });
    const own: Lock = { ...thisProcess(), started: new Date().toISOString() };
    while (!(await create(path, `${JSON.stringify(own)}\n`))) await removeDead(path, folder);
  } catch (error) {
    held.delete(path);
    await removeEmpty(dirname(path), made);
    throw error;
  }
  const stopSigns = keepAlive(path);
  return async () => {
    stopSigns();
    await rm(path, { force: true });
    held.delete(path);
    await removeEmpty(dirname(path), made);
  };
}

/** Lets `work` write into a folder as long as it goes on. @throws as `lockFolder`, and whatever `work` throws */
export async function whileLocked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const unlock = await lockFolder(folder);
  try {
    return await work();
  } finally {
    await unlock();
  }
}

/** @throws InputError when a process is writing into a folder that is only read */
export async function requireUnlocked(folder: string): Promise<void> {
  const path = join(resolve(folder), LOCK);
  const text = await textOf(path);
  if (text !== undefined && (await isHeld(path, text))) throw busy(folder, lockOf(text));
}

/** Whether it was not there yet. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a lock whose process is gone. @throws InputError when it is not */
async function removeDead(path: string, folder: string): Promise<void> {
  const text = await textOf(path);
  if (text === undefined) return;
  if (await isHeld(path, text)) throw busy(folder, lockOf(text));
  // Another process may have taken it over meanwhile: what was moved away tells.
  const aside = `${path}-${process.pid}`;
  await rename(path, aside).catch(() => {});
  const moved = await textOf(aside);
  if (moved !== undefined && moved !== text) {
    await rename(aside, path);
    throw busy(folder, lockOf(moved));
  }
  await rm(aside, { force: true });
}

async function isHeld(path: string, text: string): Promise<boolean> {
  // One that is being written has no content yet.
  const owner = lockOf(text) ?? { host: '', process: 0 };
  return isAlive(path, owner).catch(() => false);
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function lockOf(text: string): Lock | undefined {
  try {
    return JSON.parse(text) as Lock;
  } catch {
    return undefined;
  }
}

/** Removes a folder and those above it that were made for it, as far as they are empty. */
async function removeEmpty(folder: string, made: string | undefined): Promise<void> {
  if (made === undefined) return;
  const above = dirname(resolve(made));
  for (let path = folder; path !== above; path = dirname(path)) {
    const removed = await rmdir(path).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}

function busy(folder: string, lock: Lock | undefined): InputError {
  const who = lock ? `process ${lock.process} on ${lock.host}, since ${lock.started}` : 'this process';
  return new InputError({
    where: folder,
    found: `a dant that is writing results here (${who})`,
    expected: 'a folder that nothing else writes into',
    remedy: `Wait until it has ended, or choose another output folder. If there is no such process, remove ${LOCK} from the folder.`,
  });
}
