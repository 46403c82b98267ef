/** A result in the formats of other programs. */
import path from 'node:path';
import { InputError, throwIfStopped } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import { listDeep, type Store, stoppable } from '../io/byte-source.ts';
import { csvFiles } from '../io/export/csv-tables.ts';
import type { ExportFile } from '../io/export/export-file.ts';
import { type ExportSource, readExportSource } from '../io/export/export-source.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../io/export/formats.ts';
import { nwbFiles } from '../io/export/nwb.ts';
import { outputMatFiles } from '../io/export/output-mat.ts';
import { parquetFiles } from '../io/export/parquet-tables.ts';
import { phyFiles } from '../io/export/phy.ts';
import { spikeInterfaceFiles } from '../io/export/spike-interface.ts';
import { matchTableFiles } from '../io/export/unit-match.ts';
import { FileStore } from '../io/node/file-store.ts';
import { replaceFiles } from '../io/replace-files.ts';
import { curatedLabels } from './curated-labels.ts';
import type { StageOptions } from './stage-options.ts';

export interface ExportOptions extends Pick<StageOptions, 'onEvent' | 'signal'> {
  readonly to: ExportFormat;
  /** Folder to write into; default `export/<format>` in the output folder. */
  readonly output?: string;
  /** Whether labels of curation by hand are passed over; default false: they are used when there are some. */
  readonly automatic?: boolean;
  /** The data folder that was tracked, for `nwb`; default: the one that the result names. */
  readonly dataFolder?: string;
}

export interface ExportSummary {
  readonly to: ExportFormat;
  readonly folder: string;
  /** Paths in the folder. */
  readonly files: readonly string[];
  readonly units: number;
  readonly neurons: number;
  /** Whether the neurons are those of curation by hand. */
  readonly curated: boolean;
}

interface Exporter {
  readonly write: (
    source: ExportSource,
    options: ExportOptions & { readonly progress: (done: number) => void },
  ) => Iterable<ExportFile> | AsyncIterable<ExportFile>;
  /** Files that an earlier export of the format may have left. */
  readonly own: RegExp;
}

const EXPORTERS: Readonly<Record<ExportFormat, Exporter>> = {
  csv: { write: csvFiles, own: /^(units|neurons|neurons_cluster_id)\.csv$/ },
  parquet: { write: parquetFiles, own: /^(units|neurons|neurons_cluster_id)\.parquet$/ },
  mat: { write: outputMatFiles, own: /^Output\.mat$/ },
  nwb: {
    write: (source, { dataFolder, progress }) =>
      nwbFiles(source, new FileStore(dataFolder ?? trackedFolder(source)), progress),
    own: /^session_\d+\.nwb$/,
  },
  phy: {
    write: (source) =>
      phyFiles(source, (folder) => new FileStore(path.resolve(trackedFolder(source), folder))),
    own: /^Session\d+\/(\d+\/)?cluster_\w+\.tsv$/,
  },
  spikeinterface: { write: spikeInterfaceFiles, own: /^Session\d+\/(neuron_id\.csv|curation\.json)$/ },
  unitmatch: { write: matchTableFiles, own: /^MatchTable\.csv$/ },
};

/**
 * Writes a finished result in the format of another program; what a file holds is told in docs/export.md. Neurons are those of the
 * curation by hand as its log says now, applied or not. Files of an earlier export of the same format are replaced together at the end.
 *
 * @param outputFolder what a run wrote
 * @throws RangeError for an unknown format; InputError when the result is unfinished or lacks what the format needs, or the folder cannot be written: nothing has
 *   changed then; StoppedError likewise when the signal is aborted
 */
export async function exportResult(outputFolder: string, options: ExportOptions): Promise<ExportSummary> {
  const { to, onEvent, signal, automatic } = options;
  if (!EXPORT_FORMATS.includes(to)) {
    throw new RangeError(`exportResult: got ${to}, expected ${EXPORT_FORMATS.join(', ')}`);
  }
  const { write, own } = EXPORTERS[to];
  const curated = automatic ? undefined : await curatedLabels(outputFolder);
  for (const text of curated?.warnings ?? []) onEvent?.({ kind: 'warning', text });
  const source = await readExportSource(new FileStore(outputFolder), curated?.labels);
  const target = new FileStore(options.output ?? path.join(outputFolder, 'export', to));
  await target.checkWritable();
  await refuseToOverwrite(source, target, to);
  onEvent?.({ kind: 'stage', stage: 'write', state: 'begin' });
  const progress = (done: number) =>
    onEvent?.({ kind: 'progress', stage: 'write', step: 'units', done, total: source.units.length });
  const files: string[] = [];
  const earlier = async () => (await filesOfExports(target)).filter((file) => own.test(file));
  await replaceFiles(target, { earlier }, async (staging) => {
    for await (const { path: name, content } of write(source, { ...options, progress })) {
      throwIfStopped(signal);
      await staging.write(name, content instanceof Uint8Array ? content : stoppable(content, signal));
      files.push(name);
    }
  });
  for (const entry of await target.list()) {
    const folder = entry.slice(0, -1);
    if (SESSION_FOLDER.test(entry) && (await listDeep(target, folder)).length === 0)
      await target.remove(folder);
  }
  onEvent?.({ kind: 'stage', stage: 'write', state: 'end' });
  return {
    to,
    folder: target.name,
    files,
    units: source.units.length,
    neurons: new Set(source.labels.filter((label) => label >= 0)).size,
    curated: source.curated,
  };
}

/** The input folder that the result names. */
const trackedFolder = ({ run }: ExportSource): string =>
  (run.params as Partial<Settings>).path_to_data ?? '.';

const SESSION_FOLDER = /^Session\d+\/$/;

/** Files of the folder and of its session folders: an export lies no deeper. */
async function filesOfExports(store: Store): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await store.list()) {
    if (!entry.endsWith('/')) files.push(entry);
    else if (SESSION_FOLDER.test(entry)) files.push(...(await listDeep(store, entry.slice(0, -1))));
  }
  return files;
}

/** Copies must not land on what they are copies of. */
async function refuseToOverwrite(
  { units, run }: ExportSource,
  target: FileStore,
  to: ExportFormat,
): Promise<void> {
  if (to !== 'phy' && to !== 'spikeinterface') return;
  const base = (run.params as Partial<Settings>).path_to_data ?? '.';
  const folders = new Set(
    units.filter(({ folder }) => folder !== '').map(({ folder }) => path.resolve(base, folder)),
  );
  const inTarget = [...folders].find((folder) =>
    /^Session\d+(\/\d+)?$/.test(path.relative(path.resolve(target.name), folder)),
  );
  if (inTarget === undefined) return;
  throw new InputError({
    where: target.name,
    found: `the sorter's folder ${inTarget}`,
    expected: 'a folder for copies',
    remedy: 'Choose another folder with --output.',
  });
}
