import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCandidate, nearbyLayout } from './nearby-layout.ts';
import { createNearbyMatrix, setCell, valueAt } from './nearby-matrix.ts';
import { allPairs } from './pair-list.ts';

const scenario = fc
  .array(fc.record({ depth: fc.integer({ min: 0, max: 60 }), session: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
    maxLength: 30,
  })
  .chain((units) => fc.record({ units: fc.constant(units), reach: fc.integer({ min: 0, max: 70 }) }));

describe('nearbyLayout', () => {
  it('has exactly the pairs of two sessions within reach, and lists them by the higher unit, then the lower', () => {
    fc.assert(
      fc.property(scenario, ({ units, reach }) => {
        const layout = nearbyLayout(
          reach,
          units.map(({ session }) => session),
          Float64Array.from(units, ({ depth }) => depth),
        );
        const expected: number[] = [];
        units.forEach((b, j) => {
          units.slice(0, j).forEach((a, i) => {
            const isPair = a.session !== b.session && Math.abs(a.depth - b.depth) <= reach;
            expect(isCandidate(layout, i, j)).toBe(isPair);
            expect(isCandidate(layout, j, i)).toBe(isPair);
            if (isPair) expected.push(i, j);
          });
          expect(isCandidate(layout, j, j)).toBe(false);
        });
        expect([...allPairs(layout).units]).toEqual(expected);
        expect(layout.pairs).toBe(expected.length / 2);
      }),
    );
  });

  it('knows the first position within reach of each', () => {
    fc.assert(
      fc.property(scenario, ({ units, reach }) => {
        const depths = Float64Array.from(units, ({ depth }) => depth);
        const { order, begin, end } = nearbyLayout(
          reach,
          units.map(({ session }) => session),
          depths,
        );
        order.forEach((unit, p) => {
          const near = [...order.keys()].filter((q) => Math.abs(depths[order[q]] - depths[unit]) <= reach);
          expect([begin[p], end[p]]).toEqual([near[0], near[near.length - 1] + 1]);
        });
      }),
    );
  });
});

describe('a matrix of nearby pairs', () => {
  it.each([
    ['float64', 0],
    ['float32', 1e-6],
    ['int16', 6 / 32767 / 2 + 1e-12],
  ] as const)('of %s keeps Fisher z to within %d, and NaN elsewhere', (precision, error) => {
    fc.assert(
      fc.property(
        scenario,
        fc.infiniteStream(fc.double({ min: -6, max: 6, noNaN: true })),
        ({ units, reach }, z) => {
          const layout = nearbyLayout(
            reach,
            units.map(({ session }) => session),
            Float64Array.from(units, ({ depth }) => depth),
          );
          const matrix = createNearbyMatrix(layout, (length) => new Float32Array(length), precision);
          const expected = new Map<string, number>();
          for (let p = 0; p < layout.units; p++) {
            for (let q = p + 1; q < layout.end[p]; q++) {
              const value = z.next().value as number;
              setCell(matrix, p, q, value);
              if (layout.sessions[p] === layout.sessions[q]) continue;
              expected.set(`${layout.order[p]},${layout.order[q]}`, value);
              expected.set(`${layout.order[q]},${layout.order[p]}`, value);
            }
          }
          for (let a = 0; a < layout.units; a++) {
            for (let b = 0; b < layout.units; b++) {
              const found = valueAt(matrix, layout.units, a, b, 6);
              const value = a === b ? 6 : expected.get(`${a},${b}`);
              if (value === undefined) expect(found).toBeNaN();
              else expect(Math.abs(found - value)).toBeLessThanOrEqual(error);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
