import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPlainKernels } from '../kernels/plain.ts';
import { nearbyLayout } from '../similarity/nearby-layout.ts';
import { comparedCandidates, pairValues } from '../similarity/pair-list.ts';
import { growSimilarities } from './grow-similarities.ts';
import { pairWeigher } from './list-pairs.ts';
import type { KnownPairs } from './new-pairs.ts';

const WEIGHTS = Float64Array.of(0.7, 0.3);
const unit = fc.record({
  depth: fc.integer({ min: 0, max: 60 }),
  session: fc.integer({ min: 1, max: 4 }),
  chosen: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
});

/** Some pairs of later units first .. end - 1 with all units before them, within reach and chosen. */
function pairsOf(
  units: readonly { depth: number; chosen: boolean[] }[],
  first: number,
  end: number,
): KnownPairs {
  const list: number[] = [];
  for (let b = first; b < end; b++)
    for (let a = 0; a < b; a++)
      if (Math.abs(units[a].depth - units[b].depth) <= 20 && units[b].chosen[a % 20]) list.push(a, b);
  const count = list.length / 2;
  const values = (f: number) =>
    Float64Array.from({ length: count }, (_, p) => (f + 1) * list[2 * p] + list[2 * p + 1] / 8);
  return { count, units: Int32Array.from(list), similarity: [values(0), values(1)] };
}

it('lists the pairs that were known and those with new units as the matrices of the features have them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(unit, { minLength: 2, maxLength: 25 }), fc.nat(), async (units, at) => {
      const sessions = Int32Array.from(units, ({ session }) => session);
      const layout = nearbyLayout(
        20,
        sessions,
        Float64Array.from(units, ({ depth }) => depth),
      );
      const oldUnits = at % units.length;
      const [old, fresh] = [pairsOf(units, 0, oldUnits), pairsOf(units, oldUnits, units.length)];
      const grow = (parts: KnownPairs[], weigh: ReturnType<typeof pairWeigher>, compared = fresh) =>
        growSimilarities(
          layout,
          {
            clustering: { features: ['Waveform', 'AutoCorr'], weights: WEIGHTS },
            known: (async function* () {
              yield* parts;
            })(),
            weigh,
          },
          { ...compared, similarity: compared.similarity as Float64Array[] },
          { kernels: createPlainKernels() },
        );
      const listed = await grow([old], pairWeigher(sessions, WEIGHTS));
      const matrices = await grow([old], () => undefined);
      expect(matrices.pairs).toBeUndefined();
      expect(listed.featureSimilarity).toEqual([]);
      expect(listed.similarity).toEqual(matrices.similarity);
      const { similarity, featureSimilarity } = matrices;
      const pairs = comparedCandidates(similarity, new Int32Array(units.length).fill(-1));
      expect(listed.pairs).toEqual(pairs);
      expect(listed.pairSimilarities).toEqual({
        weighted: pairValues(similarity, units.length, pairs),
        byFeature: featureSimilarity.map((matrix) => pairValues(matrix, units.length, pairs)),
      });

      // A part by each feature, and parts that do not follow each other, are not listed but give the same.
      const [a, b] = old.similarity;
      const apart = await grow(
        [
          { ...old, similarity: [a, undefined] },
          { ...old, similarity: [undefined, b] },
        ],
        pairWeigher(sessions, WEIGHTS),
      );
      expect(apart).toEqual(matrices);
      const turned = await grow([fresh], pairWeigher(sessions, WEIGHTS), old);
      expect(turned.similarity).toEqual(matrices.similarity);
    }),
    { numRuns: 100 },
  );
});
