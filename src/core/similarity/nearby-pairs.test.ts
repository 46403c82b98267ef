import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenFunctions } from '../../../test/support/golden-functions.ts';
import { Motion } from '../motion/motion.ts';
import { correctedDepths, getNearbyPairs } from './nearby-pairs.ts';

describe('getNearbyPairs', () => {
  it.each(goldenFunctions.getNearbyPairs)('agrees with the golden pairs, motion $motion', (c) => {
    const motion =
      c.motion === null
        ? undefined
        : new Motion(c.motion.constant.length, {
            linear: c.motion.linear,
            constant: c.motion.constant,
            linearScale: c.motion.linear_scale,
          });
    const pairs = getNearbyPairs(c.max_distance, c.sessions, c.locations.flat(), motion);
    expect(pairs.count).toBe(c.pairs.length);
    expect([...pairs.units]).toEqual(c.pairs.flat());
    expect([...pairs.sessions]).toEqual(c.session_pairs.flat());
  });

  it('holds every pair within the distance and no other, ordered by the second unit', () => {
    const depths = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 20 });
    fc.assert(
      fc.property(depths, fc.integer({ min: 0, max: 200 }), (y, distance) => {
        const expected: number[] = [];
        y.forEach((yb, b) => {
          y.slice(0, b).forEach((ya, a) => {
            if (Math.abs(ya - yb) <= distance) expected.push(a, b);
          });
        });
        const locations = y.flatMap((depth) => [0, depth, 0]);
        const { units } = getNearbyPairs(distance, new Array(y.length).fill(1), locations);
        expect([...units]).toEqual(expected);
      }),
    );
  });

  it('takes the motion of its session out of every depth', () => {
    const motion = new Motion(2, { constant: [0, 30] });
    expect([...correctedDepths([0, 100, 0, 0, 130, 0], [1, 2], motion)]).toEqual([100, 100]);
  });

  it('refuses locations of another number of units', () => {
    expect(() => getNearbyPairs(10, [1, 1], [0, 0, 0])).toThrow(RangeError);
  });
});
