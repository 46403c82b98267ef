/** Recordings, and files that a recording would take the place of, are replaced only when that is asked for. */
import path from 'node:path';
import { InputError } from '../core/errors.ts';
import { isThere } from '../io/node/file-store.ts';
import { RECORDING_FILES } from '../io/recording.ts';

/** @throws InputError when a folder holds a recording, or a file that writing one replaces or removes */
export function refuseToReplace(dataFolder: string): void {
  const found = [...RECORDING_FILES, 'spike_times'].map((name) => path.join(dataFolder, name)).find(isThere);
  if (found === undefined) return;
  throw new InputError({
    where: found,
    found: 'a file of a recording or a result that is there already',
    expected: 'a folder without one',
    remedy: 'Give another folder, or --force to replace the files of that name.',
  });
}
