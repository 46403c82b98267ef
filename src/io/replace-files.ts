/** Replacing a set of files as one: what was there stays usable until everything new is on the disk. */
import { InputError } from '../core/errors.ts';
import { listDeep, pathIn, type Store, subStore } from './byte-source.ts';

/** Where the files of a result wait. */
const STAGING = '.dant-staging';

export interface ReplaceOptions {
  /** Files of earlier writing, by path: those that are not written again are removed. */
  readonly earlier: () => Promise<readonly string[]>;
  /**
   * Name of the file whose presence says that a folder is finished, in the folder itself or below it: removed before the
   * first file is replaced, put back after the last. Without it nothing says so.
   */
  readonly mark?: string;
  /** Where the new files wait inside the folder; sets of files that may be replaced at the same time need places of their own. */
  readonly staging?: string;
}

/** What is left to do once everything new is on the disk, in the staging folder. */
const PLAN = 'plan.json';

interface Plan {
  /** Files to remove, in order. */
  readonly remove: readonly string[];
  /** Files, and folders that are not there yet, to put in place, in order. */
  readonly put: readonly string[];
}

/**
 * Has `write` write files into a staging folder, then puts them in place. When it fails, or the process ends meanwhile,
 * nothing has changed; when the process ends between the first and the last file that is put in place, the folder lacks its
 * mark until `finishReplacing` does the rest.
 */
export async function replaceFiles<T>(
  store: Store,
  { earlier, mark, staging: place = STAGING }: ReplaceOptions,
  write: (staging: Store) => Promise<T>,
): Promise<T> {
  await finishReplacing(store, place);
  await store.remove(place);
  const staging = subStore(store, place);
  let written: string[];
  let value: T;
  try {
    value = await write(staging);
    written = await listDeep(staging);
  } catch (error) {
    await store.remove(place);
    throw error;
  }
  const isMark = (path: string) => mark !== undefined && (path === mark || path.endsWith(`/${mark}`));
  // The folder's own mark goes first and comes last: those below it say less.
  const depth = (path: string) => path.split('/').length;
  const old = [...(await earlier())].sort((a, b) => depth(a) - depth(b));
  const stale = old.filter((path) => !written.includes(path) || isMark(path));
  const plan: Plan = {
    remove: [...stale.filter(isMark), ...stale.filter((path) => !isMark(path))],
    put: [
      ...(await wholeFolders(
        store,
        written.filter((path) => !isMark(path)),
        written.filter(isMark),
      )),
      ...written.filter(isMark).sort((a, b) => depth(b) - depth(a)),
    ],
  };
  await staging.write(PLAN, new TextEncoder().encode(JSON.stringify(plan)));
  await carryOut(store, place, plan);
  return value;
}

/** The files, or the folder at the top that they are in, where there is none of its name: thousands of files are moved as one then. */
async function wholeFolders(
  store: Store,
  files: readonly string[],
  marks: readonly string[],
): Promise<string[]> {
  const present = await store.list();
  const folderOf = (path: string) => path.slice(0, path.indexOf('/') + 1);
  const isNew = (folder: string) =>
    folder !== '' && !present.includes(folder) && !marks.some((mark) => mark.startsWith(folder));
  return [
    ...new Set(
      files.map((path) => {
        const folder = folderOf(path);
        return isNew(folder) ? folder.slice(0, -1) : path;
      }),
    ),
  ];
}

/** Puts in place what `replaceFiles` had written when its process ended, if it had written everything. */
export async function finishReplacing(store: Store, place = STAGING): Promise<void> {
  const source = await store.open(`${place}/${PLAN}`);
  if (!source) return;
  const plan = JSON.parse(new TextDecoder().decode(await source.read(0, source.size))) as Plan;
  await carryOut(store, place, plan);
}

async function carryOut(store: Store, place: string, { remove, put }: Plan): Promise<void> {
  const files = await listDeep(subStore(store, place));
  const left = new Set(files.flatMap((path) => [path, path.split('/')[0]]));
  try {
    // Once the first file is in place, what was to be removed is gone, and new files may have its name.
    if (put.every((path) => left.has(path))) for (const path of remove) await store.remove(path);
    for (const path of put) if (left.has(path)) await store.rename(`${place}/${path}`, path);
  } catch (error) {
    throw error instanceof InputError ? halfReplaced(error, store, place) : error;
  }
  await store.remove(place);
}

function halfReplaced(
  { where, found, expected, remedy }: InputError,
  store: Store,
  place: string,
): InputError {
  return new InputError({
    ...{ where, found, expected },
    remedy: `${remedy} All new files are written, but not all stand in their places: the others wait in ${pathIn(store, place)}, and the next command that writes such files here puts them there first.`,
  });
}
