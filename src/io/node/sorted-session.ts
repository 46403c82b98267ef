/** Sorted sessions on the disk. */
import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, win32 } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { openNwb } from '../import/nwb.ts';
import { FORMATS, openSession } from '../import/recognise.ts';
import type { SortedSession } from '../import/sorted-session.ts';
import { FileStore, openFile } from './file-store.ts';
import { openHdf5File } from './hdf5-file.ts';

/**
 * Opens the session at a path.
 * @throws InputError when there is nothing, or nothing that is known
 */
export async function openSortedSession(path: string): Promise<SortedSession> {
  if (!existsSync(path)) {
    throw new InputError({
      where: path,
      found: 'no such folder or file',
      expected: FORMATS,
      remedy: 'Check the path.',
    });
  }
  if (!statSync(path).isDirectory() && /\.nwb$/i.test(path)) {
    const file = await openHdf5File(path);
    try {
      return openNwb(file);
    } catch (error) {
      file.close();
      throw error;
    }
  }
  if (!statSync(path).isDirectory()) {
    throw new InputError({
      where: path,
      found: 'a file of an unknown kind',
      expected: FORMATS,
      remedy: 'Give the folder that the sorter or phy wrote.',
    });
  }
  return openSession((inner) => {
    const folder = join(path, inner);
    return {
      folder: new FileStore(folder),
      open: async (file) => {
        // A path of another system, such as C:\data\x.bin, is nowhere here.
        if (win32.isAbsolute(file) && !isAbsolute(file)) return undefined;
        const target = isAbsolute(file) ? file : join(folder, file);
        return existsSync(target) && statSync(target).isFile() ? openFile(target) : undefined;
      },
    };
  });
}
