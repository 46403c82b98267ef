/** What a folder is. */
import { InputError } from '../../core/errors.ts';
import type { Store } from '../byte-source.ts';
import { folderFiles, zarrFiles } from './analyzer-files.ts';
import { isKilosort, openKilosort } from './kilosort.ts';
import type { OpenPath, SortedSession } from './sorted-session.ts';
import { openAnalyzer } from './spikeinterface.ts';

/** What can be imported, for people. */
export const FORMATS =
  'a folder of Kilosort 2 to 4, phy, UnitMatch or Bombcell (spike_times.npy), a SpikeInterface analyzer folder, an .nwb file or spikeInfo.mat';

/** Folders in which sorters put their result, looked into when the folder itself holds none. */
const INNER = [
  'kilosort4',
  'sorter_output',
  'sorter_output/kilosort4',
  'kilosort3',
  'kilosort2_5',
  'kilosort2',
  'phy',
];

/**
 * Opens the session in a folder.
 * @param at makes the store and the opener of a folder inside
 * @throws InputError when the folder is nothing known, or its files are wrong
 */
export async function openSession(
  at: (inner: string) => { readonly folder: Store; readonly open: OpenPath },
): Promise<SortedSession> {
  const { folder, open } = at('');
  const entries = await folder.list();
  if (isKilosort(entries)) return openKilosort(folder, open);
  if (entries.includes('spikeinterface_info.json')) return openAnalyzer(folderFiles(folder));
  if (entries.includes('.zattrs') && entries.includes('sorting/')) return openAnalyzer(zarrFiles(folder));
  for (const inner of INNER) {
    const nested = at(inner);
    if (isKilosort(await nested.folder.list())) return openKilosort(nested.folder, nested.open);
  }
  throw new InputError({
    where: folder.name,
    found: describe(entries),
    expected: FORMATS,
    remedy: 'Give the folder that the sorter or phy wrote; docs/import.md lists what is recognised.',
  });
}

function describe(entries: readonly string[]): string {
  if (entries.length === 0) return 'no such folder, or an empty one';
  if (entries.includes('waveform_all.npy')) return 'an input folder of dant: it need not be imported';
  if (entries.includes('spike_times.npy'))
    return 'spike_times.npy without spike_clusters.npy or spike_templates.npy';
  const some = entries.slice(0, 5).join(', ');
  return `nothing known (${some}${entries.length > 5 ? `, and ${entries.length - 5} more` : ''})`;
}
