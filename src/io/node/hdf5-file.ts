/** HDF5 files of the disk, read in place whatever their size. */
import { InputError } from '../../core/errors.ts';
import { Hdf5File } from '../hdf5.ts';
import { openFile } from './file-store.ts';

/** @throws InputError when the file is missing, no HDF5 file, or not whole */
export async function openHdf5File(path: string): Promise<Hdf5File> {
  if (!(await openFile(path))) {
    throw new InputError({
      where: path,
      found: 'no such file',
      expected: 'an HDF5 file',
      remedy: 'Check the path.',
    });
  }
  return Hdf5File.open(await import('h5wasm/node'), path, path);
}
