/** Where folders are, whatever their paths are written like. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../core/errors.ts';

/** Where a path leads when links are followed as far as it exists. */
export function realPlace(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPlace(parent), basename(path));
  }
}

/**
 * Both hold files of the same names, such as `peth.npy`.
 * @param recording a folder that is read
 * @param output the folder of the results
 * @throws InputError when they are one folder
 */
export function requireOtherFolder(recording: string, output: string): void {
  if (realPlace(resolve(recording)) !== realPlace(resolve(output))) return;
  throw new InputError({
    where: output,
    found: 'the folder of the recording as the one for the results',
    expected: 'another folder',
    remedy: 'Choose another output folder: results such as peth.npy would replace files of the recording.',
  });
}
