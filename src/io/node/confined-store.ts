/** A folder of the disk whose links are followed only while they stay inside it. */
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { FileStore, openFile } from './file-store.ts';

/** For programs that show files to others: what is read lies in the folder, whatever its entries point to. */
export class ConfinedStore extends FileStore {
  override async open(name: string): Promise<ByteSource | undefined> {
    const path = join(this.name, name);
    let real: string;
    let root: string;
    try {
      [real, root] = await Promise.all([realpath(path), realpath(this.name)]);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      // Anything else is said as when opening the file.
      return openFile(path);
    }
    if (!real.startsWith(root + sep)) {
      throw new InputError({
        where: path,
        found: 'a link that leads out of the folder',
        expected: 'a file in the folder itself',
        remedy: 'Put a copy of the file in its place.',
      });
    }
    const source = await openFile(real);
    return source && { ...source, name: path, read: (offset, length) => source.read(offset, length) };
  }
}
