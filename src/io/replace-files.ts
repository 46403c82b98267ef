/** Replacing a set of files as one: what was there stays usable until everything new is on the disk. */
import { listDeep, type Store, subStore } from './byte-source.ts';

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

/**
 * Has `write` write files into a staging folder, then puts them in place. When it fails, or the process ends meanwhile,
 * nothing has changed; when the process ends between the first and the last file that is put in place, the folder lacks its
 * mark.
 */
export async function replaceFiles<T>(
  store: Store,
  { earlier, mark, staging: place = STAGING }: ReplaceOptions,
  write: (staging: Store) => Promise<T>,
): Promise<T> {
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
  for (const path of stale.filter(isMark)) await store.remove(path);
  for (const path of stale.filter((p) => !isMark(p))) await store.remove(path);
  const put = async (path: string) => store.rename(`${place}/${path}`, path);
  for (const path of written.filter((p) => !isMark(p))) await put(path);
  for (const path of written.filter(isMark).sort((a, b) => depth(b) - depth(a))) await put(path);
  await store.remove(place);
  return value;
}
