import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSparse, sparseStore } from '../../test/support/sparse-matrix.ts';
import { MemoryStore } from './memory-store.ts';
import { encodeNpy } from './npy-writer.ts';
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
  const cells = values.flatMap((value, i) => (Number.isNaN(value) ? [] : [i]));
  const starts = Array.from({ length: units + 1 }, (_, row) => cells.filter((i) => i < row * units).length);
  return openSparse(units, {
    starts,
    columns: cells.map((i) => i % units),
    values: cells.map((i) => values[i]),
  });
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

describe('a sparse matrix of more than one piece', () => {
  const units = 1100;
  const rows = {
    starts: Array.from({ length: units + 1 }, (_, row) => row * units),
    columns: Int32Array.from({ length: units ** 2 }, (_, i) => i % units),
    values: Float64Array.from({ length: units ** 2 }, (_, i) => (i * 7) % 1000),
  };

  it.each([
    ['stored', false],
    ['compressed', true],
  ])('gives all rows in order, %s', async (_, deflate) => {
    const access = (await openSimilarity(await sparseStore(units, rows, { deflate }), 'S', units))!;
    let next = 0;
    for await (const { unit, columns, values } of access.scan()) {
      expect(unit).toBe(next++);
      expect(columns?.length).toBe(units);
      expect(columns?.[5]).toBe(5);
      expect(values[5]).toBe(((unit * units + 5) * 7) % 1000);
    }
    expect(next).toBe(units);
  });

  it('tells of a byte that has changed, once all was read', async () => {
    const store = await sparseStore(units, rows);
    const bytes = store.files.get('S.npz')!;
    // Within the values: they are last in the archive.
    bytes[bytes.length - 500_000] ^= 1;
    const access = (await openSimilarity(store, 'S', units))!;
    const scan = async () => {
      for await (const _ of access.scan());
    };
    await expect(scan()).rejects.toThrow(/array data: found a damaged archive/);
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
