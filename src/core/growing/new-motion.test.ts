import { describe, expect, it } from 'vitest';
import type { MotionPairs } from '../motion/estimate-motion.ts';
import { LINEAR_SCALE, Motion } from '../motion/motion.ts';
import { createRandom } from '../random.ts';
import { fitNewSessions, placeNewSessions } from './new-motion.ts';

/** True motion of four sessions, µm; the first two are old. */
const TRUE = [0, 20, -150, -140];
const OLD = new Set([1, 2]);
const before = { motion: new Motion(4, { constant: [0, 20, 0, 0] }), stays: OLD };

/** Pairs of two sessions: right ones, to within `noise`, and as many wrong ones as said, anywhere within `reach`. */
function pairsOf(
  links: readonly (readonly [a: number, b: number, right: number, wrong: number])[],
  { noise = 3, reach = 400 } = {},
): MotionPairs {
  const random = createRandom(7);
  const [a, b, ya, yb]: number[][] = [[], [], [], []];
  const uniform = () => 2 * random.uniform() - 1;
  for (const [sessionA, sessionB, right, wrong] of links) {
    for (let i = 0; i < right + wrong; i++) {
      const depth = 1000 * random.uniform();
      a.push(sessionA);
      b.push(sessionB);
      ya.push(depth + TRUE[sessionA - 1]);
      yb.push(depth + (i < right ? TRUE[sessionB - 1] + noise * uniform() : reach * uniform()));
    }
  }
  return {
    sessionA: Int32Array.from(a),
    sessionB: Int32Array.from(b),
    depthA: Float64Array.from(ya),
    depthB: Float64Array.from(yb),
  };
}

describe('placeNewSessions', () => {
  it('finds new sessions though most pairs are wrong, and keeps the old ones', () => {
    const pairs = pairsOf([
      [1, 3, 20, 40],
      [2, 4, 20, 40],
    ]);
    const { motion, known } = placeNewSessions(before, pairs, 400);
    expect([...known].sort()).toEqual([3, 4]);
    expect([...motion.constant.subarray(0, 2)]).toEqual([0, 20]);
    expect(Math.abs(motion.constant[2] - TRUE[2])).toBeLessThan(4);
    expect(Math.abs(motion.constant[3] - TRUE[3])).toBeLessThan(4);
  });

  it('finds a session by another new one', () => {
    const pairs = pairsOf([
      [1, 3, 20, 20],
      [1, 4, 0, 20],
      [3, 4, 20, 20],
    ]);
    const { motion, known } = placeNewSessions(before, pairs, 400);
    expect([...known].sort()).toEqual([3, 4]);
    expect(Math.abs(motion.constant[3] - TRUE[3])).toBeLessThan(4);
  });

  it('is not sure of sessions that agree with each other alone', () => {
    const pairs = pairsOf([
      [1, 3, 0, 30],
      [2, 4, 0, 30],
      [3, 4, 30, 0],
    ]);
    expect(placeNewSessions(before, pairs, 400).known.size).toBe(0);
  });

  it('leaves sessions where they are that hardly any pair tells of', () => {
    const { motion, known } = placeNewSessions(before, pairsOf([[1, 3, 2, 0]]), 400);
    expect(motion.constant).toEqual(before.motion.constant);
    expect(known.size).toBe(0);
  });
});

describe('fitNewSessions', () => {
  it('takes the mean where pairs with old sessions alone tell', () => {
    const pairs = pairsOf([
      [1, 3, 9, 0],
      [3, 2, 9, 0],
    ]);
    const { motion, known } = fitNewSessions(before, pairs, false);
    const { sessionA, depthA, depthB } = pairs;
    const moved = Array.from(sessionA, (a, p) =>
      a === 1 ? depthB[p] - depthA[p] : depthA[p] - depthB[p] + 20,
    );
    const mean = moved.reduce((sum, value) => sum + value, 0) / moved.length;
    expect(motion.constant[2]).toBeCloseTo(mean, 9);
    expect([...known]).toEqual([3]);
    expect(motion.constant[3]).toBe(0);
  });

  it('solves all pairs together: no session is better off elsewhere', () => {
    const links = [
      [1, 3, 5, 0],
      [2, 3, 4, 0],
      [3, 4, 12, 0],
      [2, 4, 3, 0],
    ] as const;
    const pairs = pairsOf(links, { noise: 10 });
    const { motion } = fitNewSessions(before, pairs, false);
    const slope = (session: number) => {
      let sum = 0;
      for (let p = 0; p < pairs.sessionA.length; p++) {
        const [a, b] = [pairs.sessionA[p], pairs.sessionB[p]];
        const off = pairs.depthB[p] - pairs.depthA[p] - (motion.constant[b - 1] - motion.constant[a - 1]);
        sum += b === session ? off : a === session ? -off : 0;
      }
      return sum;
    };
    expect(slope(3)).toBeCloseTo(0, 4);
    expect(slope(4)).toBeCloseTo(0, 4);
  });

  it('fits a motion that changes along the probe', () => {
    const depths = [100, 400, 700, 1000];
    const pairs: MotionPairs = {
      sessionA: new Int32Array(4).fill(1),
      sessionB: new Int32Array(4).fill(3),
      depthA: Float64Array.from(depths),
      depthB: Float64Array.from(depths, (y) => y + 30 + 0.02 * (y + 15)),
    };
    const { motion } = fitNewSessions(before, pairs, true);
    expect(motion.linear[2] * LINEAR_SCALE).toBeCloseTo(0.02, 2);
    expect(fitNewSessions(before, pairs, false).motion.linear[2]).toBe(0);
  });

  it('does not move sessions that only each other tell of', () => {
    const { motion, known } = fitNewSessions(before, pairsOf([[3, 4, 20, 0]]), false);
    expect(motion.constant).toEqual(before.motion.constant);
    expect(known.size).toBe(0);
  });
});
