import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNearbyMatrix, setCell } from '../similarity/nearby-matrix.ts';
import { listNewPairs, newPairs } from './new-pairs.ts';

const unit = fc.record({
  session: fc.integer({ min: 1, max: 4 }),
  depth: fc.integer({ min: 0, max: 60 }),
  compared: fc.boolean(),
});

describe('pairs with new units', () => {
  it('are all within reach, once, in the order of the later unit, with their values', () => {
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 25 }),
        fc.array(unit, { maxLength: 15 }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: -1, max: 30 }),
        (known, fresh, between, among) => {
          const all = [...known, ...fresh];
          const depths = Float64Array.from(all, ({ depth }) => depth);
          const old = Int32Array.from(known.keys()).filter((i) => known[i].compared);
          const sessions = Int32Array.from(all, ({ session }, i) => session + (i < known.length ? 0 : 4));
          const pairs = newPairs({ between, among }, known.length, old, sessions, depths);
          const expected: [number, number][] = [];
          for (let b = known.length; b < all.length; b++) {
            for (let a = 0; a < b; a++) {
              const isCompared = a >= known.length || known[a].compared;
              const most = a >= known.length ? among : between;
              if (isCompared && Math.abs(depths[a] - depths[b]) <= most) expected.push([a, b]);
            }
          }
          for (const { order, start, end, begin, until } of [pairs.between, pairs.among]) {
            order.forEach((_, q) => {
              const earlier = [...order.keys()].filter((p) => start[p] <= q && q < end[p]);
              const told = Array.from({ length: until[q] - begin[q] }, (_, i) => begin[q] + i);
              expect(told).toEqual(earlier);
            });
          }
          const matrixOf = (part: typeof pairs.between) => {
            const matrix = createNearbyMatrix(part, (length) => new Float32Array(length));
            for (let p = 0; p < part.units; p++) {
              for (let q = part.start[p]; q < part.end[p]; q++)
                setCell(matrix, p, q, part.order[p] + part.order[q] / 100);
            }
            return matrix;
          };
          const similarity = { between: matrixOf(pairs.between), among: matrixOf(pairs.among) };
          const list = listNewPairs(pairs, known.length, [similarity]);
          const found = Array.from({ length: list.count }, (_, p) => [
            list.units[2 * p],
            list.units[2 * p + 1],
          ]);
          expect(found).toEqual(expected);
          list.similarity[0].forEach((value, p) => {
            const [a, b] = found[p];
            const isBetween = a < known.length;
            const values = isBetween ? [b + a / 100] : [a + b / 100, b + a / 100];
            expect(values.some((one) => Math.abs(one - value) < 1e-9)).toBe(true);
          });
        },
      ),
    );
  });
});
