/** Settings files on the disk. */
import { dirname, resolve } from 'node:path';
import { isUsablePath } from '../../core/usable-path.ts';
import { parseSettings } from '../settings-file.ts';
import { requireFile } from './file-store.ts';

/** The settings of a file, unchecked, their paths made absolute. */
export interface SettingsFile {
  /** What `resolveSettings` takes. */
  readonly user: Record<string, unknown>;
  /** The folder of the file. */
  readonly folder: string;
}

/**
 * Reads a settings file. `path_to_data`, `output_folder` and `path_to_motion` are relative to the folder of the file, the
 * first two also when the file leaves them out.
 *
 * @throws InputError when the file is missing or no Hjson
 */
export async function readSettingsFile(path: string): Promise<SettingsFile> {
  const file = await requireFile(
    path,
    'a settings file',
    'Check the path; `dant settings --init` writes a commented example.',
  );
  const text = new TextDecoder().decode(await file.read(0, file.size));
  const folder = dirname(resolve(path));
  return { user: resolvePaths(parseSettings(text, path), folder), folder };
}

/** The same settings with absolute paths, where they can be used. `\` is accepted as a separator everywhere, as settings come from Windows too. */
export function resolvePaths(user: Record<string, unknown>, folder: string): Record<string, unknown> {
  const absolute = (path: unknown) =>
    typeof path === 'string' && isUsablePath(path) ? resolve(folder, path.replaceAll('\\', '/')) : path;
  const { waveformCorrection: correction } = user;
  const resolved: Record<string, unknown> = {
    ...user,
    path_to_data: absolute(user.path_to_data ?? '.'),
    output_folder: absolute(user.output_folder ?? './DANT_Output'),
  };
  if (typeof correction === 'object' && correction !== null && 'path_to_motion' in correction) {
    resolved.waveformCorrection = { ...correction, path_to_motion: absolute(correction.path_to_motion) };
  }
  return resolved;
}
