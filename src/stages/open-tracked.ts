/** Opening a result with the recording it came from, as paths name them. */
import { join } from 'node:path';
import { InputError } from '../core/errors.ts';
import { ConfinedStore } from '../io/node/confined-store.ts';
import { statusOf } from '../io/node/file-store.ts';
import { SavedResult } from '../io/read-result.ts';
import { openTrackedFolder, type TrackedFolder } from '../io/tracked-folder.ts';

/**
 * @param folder of the results
 * @param dataFolder the recording; default: the one that the result names, if it is still there
 * @throws InputError when a folder is missing, or they do not belong together
 */
export async function openTracked(folder: string, dataFolder?: string): Promise<TrackedFolder> {
  requireFolder(folder, 'the folder of the results');
  const store = new ConfinedStore(folder);
  if (dataFolder !== undefined) {
    requireFolder(dataFolder, 'the data folder that was tracked');
    return openTrackedFolder(store, new ConfinedStore(dataFolder));
  }
  const named = await namedData(store);
  if (!named) return openTrackedFolder(store);
  try {
    return await openTrackedFolder(store, new ConfinedStore(named));
  } catch (error) {
    // Nobody asked for that folder: one that no longer fits is as if it were not there.
    if (error instanceof InputError) return openTrackedFolder(store);
    throw error;
  }
}

/** The data folder that the settings of the run name, if it is there. */
async function namedData(store: ConfinedStore): Promise<string | undefined> {
  const params = (await (await SavedResult.open(store)).run())?.params as
    | { path_to_data?: unknown }
    | undefined;
  const path = params?.path_to_data;
  if (typeof path !== 'string') return undefined;
  return statusOf(join(path, 'waveform_all.npy'))?.isFile() ? path : undefined;
}

function requireFolder(path: string, expected: string): void {
  const stats = statusOf(path);
  if (stats?.isDirectory()) return;
  throw new InputError({
    where: path,
    found: stats ? 'a file' : 'nothing there',
    expected,
    remedy: 'Check the path.',
  });
}
