/** Sparse files of similarities in memory. */
import { MemoryStore } from '../../src/io/memory-store.ts';
import { npyMember, npzChunks } from '../../src/io/npz.ts';
import { openSimilarity, type SimilarityAccess } from '../../src/io/similarity-access.ts';

/** Compressed rows. */
export interface Rows {
  /** (units + 1,) */
  readonly starts: ArrayLike<number>;
  readonly columns: readonly number[] | Int32Array;
  readonly values: readonly number[] | Float64Array;
}

/** A store with the matrix `S.npz`, as SciPy saves it. */
export async function sparseStore(
  units: number,
  { starts, columns, values }: Rows,
  { deflate = false } = {},
): Promise<MemoryStore> {
  const store = new MemoryStore('out');
  const members = [
    npyMember('indices', { dtype: 'int32', shape: [columns.length], data: columns }),
    npyMember('indptr', { dtype: 'int32', shape: [units + 1], data: Array.from(starts) }),
    npyMember('format', { dtype: 'unicode', shape: [], data: ['csr'] }),
    npyMember('shape', { dtype: 'int64', shape: [2], data: [units, units] }),
    npyMember('data', { dtype: 'float64', shape: [values.length], data: values }),
  ];
  await store.write('S.npz', npzChunks(members, { deflate }));
  return store;
}

export async function openSparse(units: number, rows: Rows): Promise<SimilarityAccess> {
  return (await openSimilarity(await sparseStore(units, rows), 'S', units))!;
}
