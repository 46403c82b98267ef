/** Files that a sorter wrote, and what is wrong with them. */
import { InputError } from '../../core/errors.ts';
import { pathIn, type Store } from '../byte-source.ts';
import { readNpyAs } from '../npy.ts';

/** The first of some files that is there, a whole number for every spike. */
export async function readPerSpike(
  folder: Store,
  names: readonly string[],
  spikes: number,
  content = 'the cluster of every spike',
): Promise<Int32Array> {
  for (const name of names) {
    const source = await folder.open(name);
    if (!source) continue;
    const { data } = await readNpyAs(source, 'int32');
    if (data.length === spikes) return data;
    throw notOfOneSorting(source.name, `${data.length} spikes`, `${spikes}, as spike_times.npy has`);
  }
  throw missingFile(folder, names[0], content);
}

export function missingFile(folder: Store, name: string, content: string): InputError {
  return new InputError({
    where: pathIn(folder, name),
    found: 'no such file',
    expected: content,
    remedy: 'Put back what the sorter wrote; docs/import.md lists the files.',
  });
}

/** Files that do not belong together: most often left over from another version or run of the sorter. */
export function notOfOneSorting(where: string, found: string, expected: string): InputError {
  return new InputError({
    where,
    found,
    expected,
    remedy:
      'The files of the folder are not of one sorting: take them all from one run of one version of the sorter.',
  });
}
