/** Whether the files of a result belong together, as far as their headers and small arrays tell. */
import { InputError } from '../core/errors.ts';
import { pathIn, type Store } from './byte-source.ts';
import { openNpy } from './npy.ts';

/** Files with a row for each unit. */
const PER_UNIT = [
  'locations.npy',
  'amplitude.npy',
  'peak_channels.npy',
  'unit_shanks.npy',
  'auto_corr.npy',
  'isi.npy',
  'UnitConfidence.npy',
];

/** @throws InputError when a file that is there is of another number of units */
export async function checkUnitCounts(store: Store, units: number): Promise<void> {
  for (const name of PER_UNIT) {
    const source = await store.open(name);
    if (!source) continue;
    const [rows = 1] = (await openNpy(source)).shape;
    if (rows !== units)
      throw doNotBelong(store, name, `${rows} rows`, `one for each of the ${units} units of IdxCluster.npy`);
  }
}

/** @param labels as the file has them. @throws InputError when one is no label */
export function checkLabels(store: Store, name: string, labels: Int32Array): void {
  const unit = labels.findIndex((label) => label < 1 && label !== -1);
  if (unit >= 0)
    throw doNotBelong(
      store,
      name,
      `${labels[unit]} for unit ${unit}`,
      'neurons from 1, or -1 for unmatched units',
    );
}

/** @param pairs (M, 2). @throws InputError when one is not of two units */
export function checkPairs(store: Store, name: string, pairs: Int32Array, units: number): void {
  const at = pairs.findIndex((unit) => unit < 0 || unit >= units);
  if (at >= 0)
    throw doNotBelong(store, name, `unit ${pairs[at]} in pair ${at >> 1}`, `units from 0 to ${units - 1}`);
}

/** @throws InputError when a file does not hold one value for each matched pair */
export async function checkPairValues(store: Store, name: string, length: number): Promise<void> {
  const source = await store.open('MatchedPairs.npy');
  const pairs = source ? ((await openNpy(source)).shape[0] ?? 0) : length;
  if (length !== pairs)
    throw doNotBelong(
      store,
      name,
      `${length} values`,
      `one for each of the ${pairs} pairs of MatchedPairs.npy`,
    );
}

function doNotBelong(store: Store, name: string, found: string, expected: string): InputError {
  return new InputError({
    where: pathIn(store, name),
    found,
    expected,
    remedy: 'The files of the folder come from different runs, or were changed: run again.',
  });
}
