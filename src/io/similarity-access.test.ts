import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from './memory-store.ts';
import { encodeNpy } from './npy-writer.ts';
import { npyMember, npzChunks } from './npz.ts';
import { openSimilarity, type SimilarityAccess } from './similarity-access.ts';

/** Symmetric, NaN where a pair was not compared. */
const matrices = fc.integer({ min: 1, max: 9 }).chain((units) =>
  fc
    .array(
      fc.option(
        fc.integer({ min: -100, max: 100 }).map((n) => n / 8),
        { nil: Number.NaN },
      ),
      {
        minLength: units * units,
        maxLength: units * units,
      },
    )
    .map((values) => ({
      units,
      values: values.map((_, i) => values[Math.min(i, (i % units) * units + Math.floor(i / units))]),
    })),
);

type Matrix = { readonly units: number; readonly values: readonly number[] };

async function dense({ units, values }: Matrix): Promise<SimilarityAccess> {
  const store = new MemoryStore('out');
  store.files.set('S.npy', encodeNpy({ dtype: 'float64', shape: [units, units], data: values }));
  return (await openSimilarity(store, 'S', units))!;
}

async function sparse({ units, values }: Matrix): Promise<SimilarityAccess> {
  const store = new MemoryStore('out');
  const cells = values.flatMap((value, i) => (Number.isNaN(value) ? [] : [i]));
  const starts = Array.from({ length: units + 1 }, (_, row) => cells.filter((i) => i < row * units).length);
  await store.write(
    'S.npz',
    npzChunks([
      npyMember('indices', { dtype: 'int32', shape: [cells.length], data: cells.map((i) => i % units) }),
      npyMember('indptr', { dtype: 'int32', shape: [units + 1], data: starts }),
      npyMember('format', { dtype: 'unicode', shape: [], data: ['csr'] }),
      npyMember('shape', { dtype: 'int64', shape: [2], data: [units, units] }),
      npyMember('data', { dtype: 'float64', shape: [cells.length], data: cells.map((i) => values[i]) }),
    ]),
  );
  return (await openSimilarity(store, 'S', units))!;
}

describe.each([
  ['dense', dense],
  ['sparse', sparse],
] as const)('a %s matrix on the disk', (kind, open) => {
  it('gives any block, and all rows', async () => {
    const units = fc.array(fc.nat(8), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(matrices, units, units, async (matrix, some, others) => {
        const access = await open(matrix);
        expect(access.sparse).toBe(kind === 'sparse');
        const size = matrix.units;
        const rows = some.map((unit) => unit % size);
        const columns = others.map((unit) => unit % size);
        const block = await access.block(rows, columns);
        expect([...block]).toEqual(rows.flatMap((a) => columns.map((b) => matrix.values[a * size + b])));
        const whole = new Array(size * size).fill(Number.NaN);
        for await (const { unit, columns: at, values } of access.scan()) {
          values.forEach((value, i) => {
            whole[unit * size + (at ? at[i] : i)] = value;
          });
        }
        expect(whole).toEqual(matrix.values);
      }),
      { numRuns: 40 },
    );
  });
});

describe('opening similarities', () => {
  it('tells when there is none, and refuses one of other units', async () => {
    const store = new MemoryStore('out');
    expect(await openSimilarity(store, 'S', 3)).toBeUndefined();
    store.files.set('S.npy', encodeNpy({ dtype: 'float64', shape: [2, 2], data: [1, 2, 3, 4] }));
    await expect(openSimilarity(store, 'S', 3)).rejects.toThrow(
      /out\/S.npy: found a matrix of shape \(2, 2\)/,
    );
  });
});
