/** Recordings are replaced only when that is asked for. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../core/errors.ts';

/** Any of these is a recording, or the beginning of one. */
const RECORDING_FILES = ['waveform_all.npy', 'session_index.npy', 'spike_times'];

/** @throws InputError when a data folder holds a recording */
export function refuseToReplace(dataFolder: string): void {
  const found = RECORDING_FILES.map((name) => path.join(dataFolder, name)).find((file) => existsSync(file));
  if (found === undefined) return;
  throw new InputError({
    where: found,
    found: 'a recording that is there already',
    expected: 'a folder without one',
    remedy: 'Give another folder, or --force to replace the recording.',
  });
}
