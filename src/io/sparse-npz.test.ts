import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearbyLayout } from '../core/similarity/nearby-layout.ts';
import { createNearbyMatrix, setCell, valueAt } from '../core/similarity/nearby-matrix.ts';
import { comparedCandidates, pairValues } from '../core/similarity/pair-list.ts';
import { MemoryStore } from './memory-store.ts';
import { npzChunks } from './npz.ts';
import { oneBlock } from './result-blocks.ts';
import { openSimilarity } from './similarity-access.ts';
import { sparseMembers } from './sparse-npz.ts';

const unit = fc.record({ depth: fc.integer({ min: 0, max: 60 }), session: fc.integer({ min: 1, max: 4 }) });

async function bytesOf(store: MemoryStore, name: string) {
  const source = await store.open(name);
  return source && (await source.read(0, source.size));
}

it('a sparse file has every candidate pair that has a value, from a matrix or a list, however few elements are put together at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(unit, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 0, max: 70 }),
      fc.integer({ min: 1, max: 200 }),
      async (recorded, reach, atOnce) => {
        const units = recorded.length;
        const layout = nearbyLayout(
          reach,
          recorded.map(({ session }) => session),
          Float64Array.from(recorded, ({ depth }) => depth),
        );
        const matrix = { ...createNearbyMatrix(layout, (n) => new Float32Array(n)), gaps: true };
        for (let p = 0; p < units; p++)
          for (let q = p + 1; q < layout.end[p]; q++)
            setCell(matrix, p, q, (p + q) % 5 === 0 ? Number.NaN : p + q / 128);
        const similarities = { similarity: matrix, featureSimilarity: [] };
        const result = oneBlock(units, { clustering: similarities });
        const content = { diagonal: 6 };
        const store = new MemoryStore('out');
        await store.write('S.npz', npzChunks(sparseMembers(result, content, atOnce)));
        const access = await openSimilarity(store, 'S', units);
        const all = Int32Array.from({ length: units }, (_, u) => u);
        const found = await access?.block(all, all);
        for (let a = 0; a < units; a++)
          for (let b = 0; b < units; b++)
            expect(found?.[a * units + b]).toBe(valueAt(matrix, units, a, b, 6));

        const pairs = comparedCandidates(matrix, new Int32Array(units).fill(-1));
        const pairSimilarities = { weighted: pairValues(matrix, units, pairs), byFeature: [] };
        const listed = oneBlock(units, { clustering: { ...similarities, pairs, pairSimilarities } });
        for (const each of [content, { element: (value: number) => 2 * value }]) {
          await store.write('S.npz', npzChunks(sparseMembers(result, each, atOnce)));
          await store.write('listed.npz', npzChunks(sparseMembers(listed, each, atOnce)));
          expect(await bytesOf(store, 'listed.npz')).toEqual(await bytesOf(store, 'S.npz'));
        }
      },
    ),
    { numRuns: 60 },
  );
});
