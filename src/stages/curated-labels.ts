/** The neurons of a result as they were curated by hand. */
import { fromFileLabels, toFileLabels } from '../core/curation/cluster-labels.ts';
import { InputError } from '../core/errors.ts';
import type { Store } from '../io/byte-source.ts';
import { CURATION_LOG } from '../io/curation-log.ts';
import { resultFingerprint } from '../io/fingerprint.ts';
import { CurationLogFile } from '../io/node/curation-log-file.ts';
import { FileStore } from '../io/node/file-store.ts';
import { readNpyAs } from '../io/npy.ts';
import { SavedResult } from '../io/read-result.ts';
import { appliedVersion } from '../io/write-curated.ts';
import type { StageOptions } from './stage-options.ts';

/** Labels after curation by hand, as `IdxCluster.npy` has them. */
const CURATED_LABELS_FILE = 'IdxCluster_curated.npy';

export interface CuratedLabels {
  /** (units,) from 0, -1 unmatched. */
  readonly labels: Int32Array;
  /** What a person should know of the log and of the files that were written from it. */
  readonly warnings: readonly string[];
}

/** Which neurons of a result are taken. */
export interface LabelOptions extends Pick<StageOptions, 'onEvent'> {
  /** Whether those curated by hand, where there are some; default false: the automatic ones. */
  readonly curated?: boolean;
}

/**
 * The labels that were asked for, from 0, -1 unmatched; where others could be expected, a warning says which these are.
 * @throws InputError as `curatedLabels`
 */
export async function labelsOf(
  folder: string,
  { curated = false, onEvent }: LabelOptions,
): Promise<Int32Array> {
  const store = new FileStore(folder);
  const saved = await SavedResult.open(store);
  const warn = (text: string) => onEvent?.({ kind: 'warning', text });
  if (!curated) {
    if (await hasCuration(store)) warn(automaticOf(folder, '--curated takes the curated one'));
    return saved.labels();
  }
  const found = await curatedLabels(folder);
  found?.warnings.forEach(warn);
  if (found) return found.labels;
  warn(`${folder}: nothing is curated by hand there, so its automatic result is taken.`);
  return saved.labels();
}

/** Said where a curated result could be expected. */
export const automaticOf = (folder: string, remark: string) =>
  `${folder} was curated by hand, and this is its automatic result (${remark}).`;

/** Whether anything was curated by hand in a result folder. */
export async function hasCuration(store: Store): Promise<boolean> {
  const present = await store.list();
  return [CURATION_LOG, CURATED_LABELS_FILE].some((name) => present.includes(name));
}

/**
 * What the log of the curation says now, whether or not it was applied; without a log what the curated file holds.
 *
 * @param folder of the result
 * @returns undefined when nothing that was curated holds
 * @throws InputError when the log is damaged, or it or the curated file are of another result
 */
export async function curatedLabels(folder: string): Promise<CuratedLabels | undefined> {
  const store = new FileStore(folder);
  if (!(await hasCuration(store))) return undefined;
  const saved = await SavedResult.open(store);
  const labels = toFileLabels(await saved.labels());
  const fingerprint = await resultFingerprint(labels, await saved.peakChannels());
  const applied = await appliedVersion(store, fingerprint);
  const { log, replayed } = await new CurationLogFile(folder, { labels, fingerprint }).current();
  if (replayed.version === 0) return curatedFile(store, saved.units, applied);
  const warnings = [...log.warnings];
  if (applied !== undefined && applied !== replayed.version) {
    warnings.push(
      `The curated files in ${folder} hold version ${applied} of the curation, its log version ${replayed.version}, which is taken: ` +
        '`dant curate OUT --apply` renews the files.',
    );
  }
  return replayed.done.length > 0 ? { labels: fromFileLabels(replayed.state.labels), warnings } : undefined;
}

async function curatedFile(
  store: Store,
  units: number,
  applied: number | undefined,
): Promise<CuratedLabels | undefined> {
  const source = await store.open(CURATED_LABELS_FILE);
  if (!source) return undefined;
  const { data } = await readNpyAs(source, 'int32');
  // Without Curation.json nobody says which result the file is of.
  const ofAnother = applied === undefined && (await store.open('Curation.json')) !== undefined;
  if (data.length === units && !ofAnother) return { labels: fromFileLabels(data), warnings: [] };
  throw new InputError({
    where: source.name,
    found: 'neurons curated in another result',
    expected: `those of the ${units} units of IdxCluster.npy`,
    remedy:
      'Curate this result (`dant view`, `dant curate --apply`), or take the automatic neurons (`dant export --automatic`).',
  });
}
