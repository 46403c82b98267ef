import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../core/errors.ts';
import { lockFolder, requireUnlocked } from './folder-lock.ts';

let root: string;
const at = (...parts: string[]) => join(root, ...parts);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dant-lock-'));
});
afterAll(() => rm(root, { recursive: true }));

/** What another process has left in a folder, and how long ago it gave its last sign of life. */
async function leave(folder: string, lock: string | object, seconds = 0): Promise<void> {
  await mkdir(at(folder), { recursive: true });
  const path = at(folder, '.dant-lock');
  await writeFile(path, typeof lock === 'string' ? lock : JSON.stringify(lock));
  const then = new Date(Date.now() - 1000 * seconds);
  await utimes(path, then, then);
}

const here = hostname();
/** No process has this number. */
const NOBODY = 2 ** 30;

describe('lockFolder', () => {
  it('keeps others out until it ends, and leaves no trace', async () => {
    const unlock = await lockFolder(at('new', 'folder'));
    await expect(lockFolder(at('new', 'folder'))).rejects.toThrow(InputError);
    await expect(lockFolder(at('new', 'other', '..', 'folder'))).rejects.toThrow('this process');
    await unlock();
    expect(existsSync(at('new'))).toBe(false);
    await (await lockFolder(at('new', 'folder')))();
  });

  it('keeps a folder that was there, or that has got files', async () => {
    await mkdir(at('there'));
    await (await lockFolder(at('there')))();
    expect(existsSync(at('there'))).toBe(true);
    const unlock = await lockFolder(at('filled'));
    await writeFile(at('filled', 'a'), '');
    await unlock();
    expect(await readdir(at('filled'))).toEqual(['a']);
  });

  it.each([
    ['a process of this machine', { host: here, process: process.ppid, started: 'then' }, 100],
    ['one of another machine', { host: 'elsewhere', process: 1, started: 'then' }, 100],
    ['one that is about to say who it is', '', 0],
  ])('is refused while %s is at it', async (_name, lock, seconds) => {
    await leave('busy', lock, seconds);
    const before = await readFile(at('busy', '.dant-lock'), 'utf8');
    await expect(lockFolder(at('busy'))).rejects.toThrow(/writing results here/);
    await expect(requireUnlocked(at('busy'))).rejects.toThrow(/writing results here/);
    expect(await readFile(at('busy', '.dant-lock'), 'utf8')).toBe(before);
  });

  it.each([
    ['ended', { host: here, process: NOBODY, started: 'then' }, 0],
    ['had the number of this one', { host: here, process: process.pid, started: 'then' }, 0],
    ['has had no sign of life for long', { host: 'elsewhere', process: 1, started: 'then' }, 1000],
    ['has long ended, and another one has its number', { host: here, process: 1, started: 'then' }, 1000],
    ['was killed before it said who it is', '', 1000],
  ])('takes over from a process that %s', async (_name, lock, seconds) => {
    await leave('dead', lock, seconds);
    await requireUnlocked(at('dead'));
    const unlock = await lockFolder(at('dead'));
    expect(JSON.parse(await readFile(at('dead', '.dant-lock'), 'utf8')).process).toBe(process.pid);
    await unlock();
    expect(await readdir(at('dead'))).toEqual([]);
  });

  it('of several that see a dead one, lets one in', async () => {
    await leave('race', { host: here, process: NOBODY, started: 'then' });
    const tries = await Promise.allSettled([1, 2, 3].map(() => lockFolder(at('race'))));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of tries) if (end.status === 'fulfilled') await end.value();
  });
});
