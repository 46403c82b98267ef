/** The candidate pairs of a result with their similarities by each feature, whichever way its files keep them. */
import type { KnownPairs } from '../core/growing/new-pairs.ts';
import type { FeatureName } from '../core/settings.ts';
import { openNpz } from './npz.ts';
import type { SavedResult } from './read-result.ts';
import { openSimilarity } from './similarity-access.ts';
import { SIMILARITY_FILES } from './write-clustering.ts';

/** Pairs of a part, about, where they come row by row. */
const PART_PAIRS = 1 << 20;

/**
 * All pairs a < b that the result lists; else those of its sparse files, feature after feature.
 *
 * @param features of its final clustering
 * @throws InputError when the files are damaged
 */
export async function* savedPairs(
  { store, units }: SavedResult,
  features: readonly FeatureName[],
): AsyncGenerator<KnownPairs> {
  const source = await store.open('ClusteringResults.npz');
  const archive = source && (await openNpz(source));
  if (archive?.names.includes('similarity_all')) {
    const { data: pairs } = await archive.readAs('idx_unit_pairs', 'int32');
    const { data } = await archive.readAs('similarity_all', 'float64');
    const count = pairs.length / 2;
    const similarity = features.map((_, f) => column(data, features.length, f));
    yield { count, units: pairs, similarity };
    return;
  }
  for (const [f, name] of features.entries()) {
    const matrix = await openSimilarity(store, SIMILARITY_FILES[name], units);
    if (!matrix?.sparse) continue;
    // A part ends with a whole row, whose length is not known.
    const most = PART_PAIRS + units;
    const empty = () => ({ pairs: new Int32Array(2 * most), values: new Float64Array(most), count: 0 });
    let part = empty();
    const known = ({ pairs, values, count }: typeof part): KnownPairs => ({
      count,
      units: pairs.subarray(0, 2 * count),
      similarity: features.map((_, g) => (g === f ? values.subarray(0, count) : undefined)),
    });
    for await (const { unit, columns = [], values: row } of matrix.scan()) {
      for (let i = 0; i < columns.length && columns[i] < unit; i++) {
        part.pairs[2 * part.count] = columns[i];
        part.pairs[2 * part.count + 1] = unit;
        part.values[part.count++] = row[i];
      }
      if (part.count < PART_PAIRS) continue;
      yield known(part);
      part = empty();
    }
    yield known(part);
  }
}

/** One column of a matrix in row-major order. */
function column(data: Float64Array, columns: number, f: number): Float64Array {
  const values = new Float64Array(data.length / columns);
  for (let row = 0; row < values.length; row++) values[row] = data[row * columns + f];
  return values;
}
