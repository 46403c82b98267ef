/** Curation by hand, on folders. */
import { toFileLabels } from '../core/curation/cluster-labels.ts';
import type { CurationEntry } from '../core/curation/operations.ts';
import type { CurationState, Replayed } from '../core/curation/replay.ts';
import type { CurationLog } from '../io/curation-log.ts';
import { resultFingerprint } from '../io/fingerprint.ts';
import { CurationLogFile, setAsideCuration } from '../io/node/curation-log-file.ts';
import { FileStore } from '../io/node/file-store.ts';
import { SavedResult } from '../io/read-result.ts';
import type { TrackedFolder } from '../io/tracked-folder.ts';
import { appliedVersion, type CuratedSummary, neuronsOf, writeCurated } from '../io/write-curated.ts';
import { openTracked } from './open-tracked.ts';

/** What a curation has come to. */
export interface CurationSummary {
  /** Entries in the log. */
  readonly version: number;
  /** Operations that hold, by their kinds. */
  readonly operations: Readonly<Record<string, number>>;
  readonly undone: number;
  readonly neurons: number;
  readonly automaticNeurons: number;
  readonly confirmed: number;
  /** Units whose neuron, or lack of one, is not the automatic one. */
  readonly changedUnits: number;
  /** Version that the curated files hold; undefined when there are none. */
  readonly appliedVersion?: number;
  readonly last?: CurationEntry;
  readonly warnings: readonly string[];
}

/** @throws InputError when there is no result, or its log is damaged or of another result */
export async function curationSummary(folder: string): Promise<CurationSummary> {
  const store = new FileStore(folder);
  const saved = await SavedResult.open(store);
  const labels = toFileLabels(await saved.labels());
  const fingerprint = await resultFingerprint(labels, await saved.peakChannels());
  const { log, replayed } = await new CurationLogFile(folder, { labels, fingerprint }).current();
  return summaryOf(labels, log, replayed, await appliedVersion(store, fingerprint));
}

function summaryOf(
  labels: Int32Array,
  log: CurationLog,
  { state, done, undone, version }: Replayed,
  applied: number | undefined,
): CurationSummary {
  const operations: Record<string, number> = {};
  for (const { operation } of done) operations[operation] = (operations[operation] ?? 0) + 1;
  const neurons = neuronsOf(state.labels);
  return {
    version,
    operations,
    undone: undone.length,
    neurons: neurons.size,
    automaticNeurons: neuronsOf(labels).size,
    confirmed: [...neurons.values()].filter(([unit]) => state.confirmed[unit]).length,
    changedUnits: changedUnits(labels, state),
    appliedVersion: applied,
    last: log.entries[log.entries.length - 1],
    warnings: log.warnings,
  };
}

/** Units that are not together with the same other units as in the automatic result. */
function changedUnits(labels: Int32Array, { labels: curated }: CurationState): number {
  const automatic = neuronsOf(labels);
  const now = neuronsOf(curated);
  const own = (neurons: Map<number, number[]>, label: number) => neurons.get(label)?.join() ?? '';
  return labels.filter((label, unit) => own(automatic, label) !== own(now, curated[unit])).length;
}

/**
 * Writes the curated result beside the automatic one.
 * @param options.warn told what does not count in the log
 * @throws InputError when there is no result, its log is damaged or of another result, or nothing can be written
 */
export async function applyCuration(
  folder: string,
  options: { readonly dataFolder?: string; readonly warn?: (text: string) => void } = {},
): Promise<CuratedSummary> {
  const tracked = await openTracked(folder, options.dataFolder);
  const { log, replayed } = await new CurationLogFile(folder, tracked).current();
  for (const text of log.warnings) options.warn?.(text);
  return writeCuration(folder, tracked, replayed);
}

/** Writes what a log has come to; every file is on the disk when it resolves. */
export function writeCuration(
  folder: string,
  { labels, fingerprint, sessions, similarity: [{ sparse }] }: TrackedFolder,
  { state, version }: Replayed,
): Promise<CuratedSummary> {
  const store = new FileStore(folder, { durable: true });
  return writeCurated(store, { state, version, fingerprint, automatic: labels, sessions, sparse });
}

/** Moves the log of another result out of the way; its new name, or undefined when there was none. */
export const setAside = (folder: string): Promise<string | undefined> => setAsideCuration(folder);
