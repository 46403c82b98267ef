/** The candidate pairs of the clustering with their similarities, as far as memory holds them. */
import { openNpy, readNpyAs, readNpyRowsAs } from './npy.ts';
import { openNpz } from './npz.ts';
import type { SimilarityAccess } from './similarity-access.ts';
import type { TrackedFolder } from './tracked-folder.ts';

/** Candidate pairs with their similarities. */
export interface CandidatePairs {
  /** How many there are in all; more than `units` holds when there are very many. */
  readonly count: number;
  /** (n, 2) */
  readonly units: Int32Array;
  /** One (n,) array per measure. */
  readonly similarity: readonly Float32Array[];
  /** (n,) 1 when both are of one neuron in the automatic result. */
  readonly matched: Uint8Array;
}

/** Of more candidate pairs than this, some that are spread evenly stand for all. */
const MOST_PAIRS = 4_000_000;
const SAMPLED_PAIRS = 200_000;
/** Pairs that are read at once. */
const RUN_LENGTH = 1000;

/** @throws InputError when the files of the pairs are damaged */
export async function readCandidatePairs(folder: TrackedFolder): Promise<CandidatePairs> {
  const { count, units } = await pairsOf(folder);
  const { labels } = folder;
  const matched = Uint8Array.from({ length: units.length / 2 }, (_, p) =>
    labels[units[2 * p]] > 0 && labels[units[2 * p]] === labels[units[2 * p + 1]] ? 1 : 0,
  );
  const saved = count === matched.length ? await savedSimilarity(folder, units) : undefined;
  const similarity =
    saved ?? (await Promise.all(folder.similarity.map((access) => similarityOfPairs(access, units))));
  return { count, units, similarity, matched };
}

async function pairsOf({
  store,
  similarity: [weighted],
}: TrackedFolder): Promise<{ count: number; units: Int32Array }> {
  const source = await store.open('SimilarityPairs.npy');
  if (!source) return weighted.sparse ? pairsInMatrix(weighted) : { count: 0, units: new Int32Array(0) };
  const file = await openNpy(source);
  const [count] = file.shape;
  if (count <= MOST_PAIRS) return { count, units: (await readNpyAs(source, 'int32')).data };
  const runs = Math.floor(SAMPLED_PAIRS / RUN_LENGTH);
  const units = new Int32Array(2 * runs * RUN_LENGTH);
  for (let run = 0; run < runs; run++) {
    const from = Math.floor((run * (count - RUN_LENGTH)) / (runs - 1));
    units.set((await readNpyRowsAs(file, from, from + RUN_LENGTH, 'int32')).data, 2 * run * RUN_LENGTH);
  }
  return { count, units };
}

/** Very many pairs are not listed in a file of their own: those with a value are the candidates. */
async function pairsInMatrix(access: SimilarityAccess): Promise<{ count: number; units: Int32Array }> {
  let count = 0;
  for await (const { unit, columns = [] } of access.scan())
    for (const other of columns) if (unit < other) count++;
  const every = count <= MOST_PAIRS ? 1 : Math.ceil(count / SAMPLED_PAIRS);
  const units = new Int32Array(2 * Math.ceil(count / every));
  let seen = 0;
  for await (const { unit, columns = [] } of access.scan()) {
    for (const other of columns) {
      if (unit >= other) continue;
      if (seen % every === 0) units.set([unit, other], (2 * seen) / every);
      seen++;
    }
  }
  return { count, units };
}

/** Per measure, from what the clustering kept of its pairs; undefined when it kept something else. */
async function savedSimilarity(
  folder: TrackedFolder,
  units: Int32Array,
): Promise<Float32Array[] | undefined> {
  const source = await folder.store.open('ClusteringResults.npz');
  if (!source) return undefined;
  const archive = await openNpz(source);
  if (!archive.names.includes('similarity_all')) return undefined;
  const { shape, data } = await archive.readAs('similarity_all', 'float32');
  const { features, shanks, unitShanks } = folder;
  if (shape[0] !== units.length / 2 || shape[1] !== features.length) return undefined;
  const weightsOf = new Map(shanks.map(({ shankId, weights }) => [shankId, weights]));
  const single = shanks.length === 1 ? shanks[0].weights : undefined;
  const columns = features.map(() => new Float32Array(shape[0]));
  const weighted = new Float32Array(shape[0]);
  for (let p = 0; p < shape[0]; p++) {
    const weights = single ?? weightsOf.get(unitShanks[units[2 * p]])!;
    let sum = 0;
    for (let f = 0; f < columns.length; f++) {
      const value = data[p * columns.length + f];
      columns[f][p] = value;
      sum += weights[f] * value;
    }
    weighted[p] = sum;
  }
  return folder.measures.map((m) => (m === 'weighted' ? weighted : columns[features.indexOf(m)]));
}

/** (n,) similarities of (n, 2) pairs, row after row of the matrix. */
async function similarityOfPairs(access: SimilarityAccess, pairs: Int32Array): Promise<Float32Array> {
  const values = new Float32Array(pairs.length / 2);
  const byRow = new Map<number, number[]>();
  for (let p = 0; p < values.length; p++) {
    const list = byRow.get(pairs[2 * p]);
    if (list) list.push(p);
    else byRow.set(pairs[2 * p], [p]);
  }
  for (const [row, list] of byRow) {
    const block = await access.block(
      [row],
      list.map((p) => pairs[2 * p + 1]),
    );
    list.forEach((p, i) => {
      values[p] = block[i];
    });
  }
  return values;
}
