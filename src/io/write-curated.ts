/** The curated result as files beside the automatic one, which stays as it is. */
import { pairsWithinClusters } from '../core/curation/cluster-labels.ts';
import type { CurationState } from '../core/curation/replay.ts';
import type { Store } from './byte-source.ts';
import { encodeCsv } from './csv.ts';
import { type NpyOutput, npyChunks } from './npy-writer.ts';
import { npzChunks } from './npz.ts';
import { replaceFiles } from './replace-files.ts';
import { sparseClusterMembers } from './sparse-npz.ts';

/** Says which version of the log the files hold; put in place last. */
const MARK = 'Curation.json';
const STAGING = '.dant-staging-curated';

export interface CuratedResult {
  readonly state: CurationState;
  /** Version of the log. */
  readonly version: number;
  /** Of the automatic result. */
  readonly fingerprint: string;
  /** (units,) automatic neuron, from 1; -1 unmatched. */
  readonly automatic: Int32Array;
  /** (units,) */
  readonly sessions: Int32Array;
  /** Whether (units, units) matrices are written as sparse ones, as those of the automatic result are. */
  readonly sparse: boolean;
}

export interface CuratedSummary {
  readonly version: number;
  readonly neurons: number;
  readonly matchedPairs: number;
  readonly files: readonly string[];
}

/**
 * Writes all files together: when it is ended meanwhile, those of an earlier time are still there, or `Curation.json` is missing.
 * @throws InputError when they cannot be written
 */
export async function writeCurated(store: Store, curated: CuratedResult): Promise<CuratedSummary> {
  const { labels } = curated.state;
  const files = await replaceFiles(
    store,
    { earlier: () => earlierCurated(store), mark: MARK, staging: STAGING },
    (staging) => writeCuratedFiles(staging, curated),
  );
  return {
    version: curated.version,
    neurons: neuronsOf(labels).size,
    matchedPairs: pairsWithinClusters(labels).length / 2,
    files,
  };
}

/** The same, one file after another. @returns their names */
export async function writeCuratedFiles(store: Store, curated: CuratedResult): Promise<string[]> {
  const { labels } = curated.state;
  const pairs = pairsWithinClusters(labels);
  const text = (content: string) => new TextEncoder().encode(content);
  const write = (name: string, array: NpyOutput) => store.write(name, npyChunks(array));
  await write('IdxCluster_curated.npy', { dtype: 'int64', shape: [labels.length], data: labels });
  const matrix = `ClusterMatrix_curated.${curated.sparse ? 'npz' : 'npy'}`;
  if (!curated.sparse) await write(matrix, clusterMatrix(labels));
  else {
    const members = sparseClusterMembers(labels.length, fromZero(labels));
    await store.write(matrix, npzChunks(members, { deflate: true }));
  }
  await write('MatchedPairs_curated.npy', { dtype: 'int64', shape: [pairs.length / 2, 2], data: pairs });
  await store.write('Curation.csv', unitTable(curated));
  await store.write(MARK, text(`${JSON.stringify(curationDocument(curated), undefined, 1)}\n`));
  return ['IdxCluster_curated.npy', matrix, 'MatchedPairs_curated.npy', 'Curation.csv', MARK];
}

/** What an earlier writing left that this one may not write again, and the mark. */
export async function earlierCurated(store: Store): Promise<string[]> {
  const present = await store.list();
  return [MARK, 'ClusterMatrix_curated.npy', 'ClusterMatrix_curated.npz'].filter((name) =>
    present.includes(name),
  );
}

/** Labels without gaps that count from 0; -1 unmatched. */
function fromZero(labels: Int32Array): Int32Array {
  const places = new Map([...neuronsOf(labels).keys()].map((id, place) => [id, place]));
  return labels.map((label) => places.get(label) ?? -1);
}

/** Version of the log that the curated files hold; undefined when there are none, or they are of another result. */
export async function appliedVersion(store: Store, fingerprint: string): Promise<number | undefined> {
  const source = await store.open(MARK);
  if (!source) return undefined;
  try {
    const { dant } = JSON.parse(new TextDecoder().decode(await source.read(0, source.size)));
    return dant?.fingerprint === fingerprint && Number.isInteger(dant.version) ? dant.version : undefined;
  } catch {
    return undefined;
  }
}

/** Units of every neuron, by its id. */
export function neuronsOf(labels: Int32Array): Map<number, number[]> {
  const neurons = new Map<number, number[]>();
  labels.forEach((label, unit) => {
    if (label < 1) return;
    const units = neurons.get(label);
    if (units) units.push(unit);
    else neurons.set(label, [unit]);
  });
  return new Map([...neurons].sort(([a], [b]) => a - b));
}

/** True where two units are one neuron, and on the diagonal. */
function clusterMatrix(labels: Int32Array): NpyOutput {
  const units = labels.length;
  return {
    dtype: 'bool',
    shape: [units, units],
    *data() {
      for (let unit = 0; unit < units; unit++) {
        const row = new Uint8Array(units);
        if (labels[unit] > 0) for (let j = 0; j < units; j++) row[j] = labels[j] === labels[unit] ? 1 : 0;
        row[unit] = 1;
        yield row;
      }
    },
  };
}

/** One row per unit. */
function unitTable({ state, automatic, sessions }: CuratedResult): Uint8Array {
  const notes = new Map<number, string[]>();
  for (const { units, text } of state.notes) {
    for (const unit of units) notes.set(unit, [...(notes.get(unit) ?? []), text]);
  }
  return encodeCsv({
    columns: ['unit', 'session', 'neuron', 'neuron_automatic', 'confirmed', 'mark', 'name', 'notes'],
    rows: Array.from(state.labels, (label, unit) => [
      String(unit),
      String(sessions[unit]),
      String(label),
      String(automatic[unit]),
      state.confirmed[unit] ? 'yes' : 'no',
      state.marks.get(unit) ?? '',
      state.names.get(unit) ?? '',
      (notes.get(unit) ?? []).join('; '),
    ]),
  });
}

/**
 * The curation in SpikeInterface's curation format, version 2 (`spikeinterface.curation`): every neuron is a merge of its units. What
 * that format has no place for stands under `dant`.
 */
function curationDocument({ state, version, fingerprint }: CuratedResult) {
  const neurons = neuronsOf(state.labels);
  const options = (values: Iterable<string>) => [...new Set([...values, 'yes', 'no'])].sort();
  const manual = Array.from(state.labels, (_, unit) => ({
    unit_id: unit,
    labels: {
      ...(state.confirmed[unit] ? { confirmed: ['yes'] } : {}),
      ...(state.marks.has(unit) ? { mark: [state.marks.get(unit)!] } : {}),
      ...(state.names.has(unit) ? { name: [state.names.get(unit)!] } : {}),
    },
  }));
  return {
    format_version: '2',
    unit_ids: Array.from(state.labels, (_, unit) => unit),
    label_definitions: {
      confirmed: { label_options: ['yes', 'no'], exclusive: true },
      mark: { label_options: options(state.marks.values()), exclusive: true },
      name: { label_options: options(state.names.values()), exclusive: true },
    },
    manual_labels: manual.filter(({ labels }) => Object.keys(labels).length > 0),
    removed: [],
    merges: [...neurons.values()].map((units) => ({ unit_ids: units })),
    splits: [],
    dant: {
      version,
      fingerprint,
      neurons: Object.fromEntries([...neurons].map(([id, units]) => [id, units])),
      notes: state.notes,
    },
  };
}
