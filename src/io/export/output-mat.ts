/** `Output.mat`: the whole result as a struct `Output` for MATLAB. */
import { pairsWithinClusters, toFileLabels } from '../../core/curation/cluster-labels.ts';
import { InputError } from '../../core/errors.ts';
import { pathIn } from '../byte-source.ts';
import type { NpyArray } from '../npy.ts';
import { openNpz } from '../npz.ts';
import type { ExportFile } from './export-file.ts';
import type { ExportSource } from './export-source.ts';
import { type MatValue, MatWriter } from './mat-value.ts';

/** Fields of unit indices, which MATLAB counts from 1. */
const INDEX_FIELDS = new Set(['IdxUnit', 'IdxSort', 'SimilarityPairs', 'MatchedPairs', 'CurationPairs']);

/** What curation by hand leaves without meaning. */
const AUTOMATIC_FIELDS = new Set(['MatchProbability', 'UnitConfidence', 'ExpectedPairs']);

/** More units make the matrices larger than what is worth a second copy: `.npy` files hold them. */
const LARGEST_MATRIX_UNITS = 10_000;

/**
 * A MATLAB v7.3 file with one struct, `Output`, whose fields are the arrays of `Output.npz`, indices of units counted from 1,
 * vectors as columns, texts as char, lists of texts as cell arrays, and `Params` as a struct. After curation by hand `IdxCluster`,
 * `NumClusters`, `ClusterMatrix` and `MatchedPairs` are the curated ones, and confidences are left out. Above 10,000 units the matrices of units × units are left
 * out.
 *
 * @throws InputError when `Output.npz` is damaged
 */
export async function* outputMatFiles(source: ExportSource): AsyncGenerator<ExportFile> {
  const mat = await MatWriter.create();
  try {
    await writeOutput(mat, source);
  } catch (error) {
    mat.discard();
    throw error;
  }
  yield { path: 'Output.mat', content: mat.finish(source.run.dateTime) };
}

async function writeOutput(mat: MatWriter, source: ExportSource): Promise<void> {
  const { saved } = source;
  const file = (await saved.store.open('Output.npz'))!;
  const npz = await openNpz(file);
  mat.struct('/Output');
  for (const name of npz.names) {
    if (name === 'arr_0' || (source.curated && AUTOMATIC_FIELDS.has(name))) continue;
    if (saved.units > LARGEST_MATRIX_UNITS && name.endsWith('Matrix')) continue;
    const value =
      (source.curated ? curatedField(name, source) : undefined) ??
      fieldOf(name, await npz.read(name), pathIn(saved.store, 'Output.npz'));
    mat.put(`/Output/${name}`, value);
  }
}

function fieldOf(name: string, array: NpyArray, where: string): MatValue {
  const { shape } = array;
  if (array.dtype === 'unicode') {
    if (name === 'Params') return settingsValue(parseJson(array.data[0], where));
    return shape.length === 0 ? array.data[0] : { kind: 'cell', values: array.data };
  }
  const data = array.data as ArrayLike<number | bigint>;
  const first = INDEX_FIELDS.has(name) ? 1 : 0;
  if (array.dtype === 'bool') return { kind: 'logical', array: { shape, data: data as Uint8Array } };
  // The arithmetic of MATLAB is that of doubles: its 64-bit integers would be in the way.
  const doubles =
    first === 0 && data instanceof Float64Array ? data : Float64Array.from(data, (x) => Number(x) + first);
  return { kind: 'double', array: { shape, data: doubles } };
}

/** What curation by hand changes. */
function curatedField(name: string, { labels, neuronCount }: ExportSource): MatValue | undefined {
  const n = labels.length;
  switch (name) {
    case 'NumClusters':
      return neuronCount;
    case 'IdxCluster':
      return {
        kind: 'double',
        array: { shape: [n], data: toFileLabels(labels) },
      };
    case 'ClusterMatrix': {
      const data = new Uint8Array(n * n);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++)
          data[i * n + j] = i === j || (labels[i] >= 0 && labels[i] === labels[j]) ? 1 : 0;
      return { kind: 'logical', array: { shape: [n, n], data } };
    }
    case 'MatchedPairs': {
      const pairs = pairsWithinClusters(labels).map((unit) => unit + 1);
      return { kind: 'double', array: { shape: [pairs.length / 2, 2], data: pairs } };
    }
    default:
      return undefined;
  }
}

/** Settings as MATLAB has them: lists of numbers are rows of doubles, other lists cell arrays. */
function settingsValue(value: unknown): MatValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((item) => typeof item === 'number')) {
      return { kind: 'double', array: { shape: [1, value.length], data: value } };
    }
    return { kind: 'cell', values: value.map(settingsValue) };
  }
  return {
    kind: 'struct',
    fields: Object.fromEntries(
      Object.entries(value as object).map(([key, field]) => [key, settingsValue(field)]),
    ),
  };
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(
      {
        where: `${where}, array Params`,
        found: 'text that is no JSON',
        expected: 'the settings of the run',
        remedy: 'The file is damaged: run again.',
      },
      { cause },
    );
  }
}
