/** HDF5 files of the disk, read in place whatever their size. */
import { Hdf5File } from '../hdf5.ts';
import { requireFile } from './file-store.ts';

/** @throws InputError when the file is missing, no HDF5 file, or not whole */
export async function openHdf5File(path: string): Promise<Hdf5File> {
  await requireFile(path, 'an HDF5 file');
  return Hdf5File.open(await import('h5wasm/node'), path, path);
}
