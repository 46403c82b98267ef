import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PairPlaces } from './pair-places.ts';

it('finds every pair of a list in any order, either way round, and no other', () => {
  const units = 12;
  const pair = fc.tuple(fc.nat({ max: units - 1 }), fc.nat({ max: units - 1 })).filter(([a, b]) => a !== b);
  const list = fc.uniqueArray(pair, { selector: ([a, b]) => Math.max(a, b) * units + Math.min(a, b) });
  fc.assert(
    fc.property(list, (pairs) => {
      const places = new PairPlaces(units, Int32Array.from(pairs.flat()));
      for (let a = 0; a < units; a++) {
        for (let b = 0; b < units; b++) {
          const expected = pairs.findIndex(([c, d]) => (a === c && b === d) || (a === d && b === c));
          expect(places.of(a, b)).toBe(expected);
        }
      }
    }),
  );
});
