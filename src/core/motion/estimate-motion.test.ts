import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../../test/golden/motion_pairs.json' with { type: 'json' };
import { largestDifference } from '../../../test/support/reference.ts';
import { createRandom } from '../random.ts';
import { estimateMotion, type MotionPairs } from './estimate-motion.ts';
import { LINEAR_SCALE, type Motion } from './motion.ts';

const RIGID = { linearCorrection: false };
const LINEAR = { linearCorrection: true };

/** Pairs from rows of (session a, session b, depth a, depth b). */
function pairsOf(rows: readonly (readonly [number, number, number, number])[]): MotionPairs {
  return {
    sessionA: Int32Array.from(rows, (row) => row[0]),
    sessionB: Int32Array.from(rows, (row) => row[1]),
    depthA: Float64Array.from(rows, (row) => row[2]),
    depthB: Float64Array.from(rows, (row) => row[3]),
  };
}

/** Σ (motion of b - motion of a - dy)² at the depth in the middle of each pair. */
function misfit(motion: Motion, { sessionA, sessionB, depthA, depthB }: MotionPairs): number {
  let sum = 0;
  sessionA.forEach((a, p) => {
    const d = (depthA[p] + depthB[p]) / 2;
    sum += (motion.getMotion(sessionB[p], d) - motion.getMotion(a, d) - (depthB[p] - depthA[p])) ** 2;
  });
  return sum;
}

/** Noisy pairs of all sessions, seeded. */
function randomPairs(count: number, sessionCount: number, seed: number): MotionPairs {
  const random = createRandom(seed);
  return pairsOf(
    Array.from({ length: count }, () => {
      const a = 1 + random.integer(sessionCount);
      const b = 1 + ((a + random.integer(sessionCount - 1)) % sessionCount);
      const y = 3800 * random.uniform();
      return [a, b, y, y + 20 * random.normal()] as const;
    }),
  );
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
const seeds = fc.integer({ min: 0, max: 1e6 });

describe('estimateMotion, rigid', () => {
  it('recovers a motion that explains all pairs', () => {
    const moved = [0, 10, -4];
    const rows = [
      [1, 2],
      [3, 2],
      [1, 3],
    ].map(([a, b]) => [a, b, 100 + moved[a - 1], 100 + moved[b - 1]] as const);
    const { motion, disconnected } = estimateMotion(pairsOf(rows), 3, RIGID);
    [-2, 8, -6].forEach((value, s) => {
      expect(motion.constant[s]).toBeCloseTo(value, 10);
    });
    expect([...motion.linear]).toEqual([0, 0, 0]);
    expect(disconnected).toEqual([]);
  });

  it('has mean 0, and no other motion fits the pairs better', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4 }),
        (seed, by) => {
          const pairs = randomPairs(60, 4, seed);
          const { motion } = estimateMotion(pairs, 4, RIGID);
          expect(mean(motion.constant)).toBeCloseTo(0, 10);
          const best = misfit(motion, pairs);
          motion.constant.forEach((_, s) => {
            motion.constant[s] += by[s];
          });
          expect(misfit(motion, pairs)).toBeGreaterThan(best * (1 - 1e-12));
        },
      ),
    );
  });

  it('gives every group that pairs connect mean 0 and a session without pairs no motion', () => {
    const rows = [
      [1, 3, 0, 8],
      [2, 5, 0, 2],
      [5, 6, 0, 4],
    ] as const;
    const { motion, disconnected } = estimateMotion(pairsOf(rows), 6, RIGID);
    [-4, -8 / 3, 4, 0, -2 / 3, 10 / 3].forEach((value, s) => {
      expect(motion.constant[s]).toBeCloseTo(value, 10);
    });
    expect(disconnected).toEqual([1, 3, 4]);
  });

  it('names every session when there are no pairs', () => {
    const { motion, disconnected } = estimateMotion(pairsOf([]), 3, RIGID);
    expect([...motion.constant]).toEqual([0, 0, 0]);
    expect(disconnected).toEqual([1, 2, 3]);
  });
});

describe('estimateMotion, linear', () => {
  it('recovers slopes and shifts, session 1 without slope, the mean depth without mean motion', () => {
    const slope = [0, 3, -5];
    const shift = [0, 20, -11];
    const at = (s: number, y: number) => LINEAR_SCALE * slope[s - 1] * y + shift[s - 1];
    const rows: [number, number, number, number][] = [];
    for (const [a, b] of [
      [1, 2],
      [2, 3],
      [3, 1],
    ]) {
      for (const d of [100, 900, 2500]) {
        const dy = at(b, d) - at(a, d);
        rows.push([a, b, d - dy / 2, d + dy / 2]);
      }
    }
    const { motion } = estimateMotion(pairsOf(rows), 3, LINEAR);
    const meanDepth = (100 + 900 + 2500) / 3;
    const overall = mean([1, 2, 3].map((s) => at(s, meanDepth)));
    [1, 2, 3].forEach((s) => {
      expect(motion.linear[s - 1]).toBeCloseTo(slope[s - 1], 9);
      expect(motion.constant[s - 1]).toBeCloseTo(shift[s - 1] - overall, 9);
    });
    expect(motion.linear[0]).toBe(0);
  });

  it('has no better fit around it', () => {
    const change = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8 });
    fc.assert(
      fc.property(seeds, change, (seed, by) => {
        const pairs = randomPairs(80, 4, seed);
        const { motion } = estimateMotion(pairs, 4, LINEAR);
        const best = misfit(motion, pairs);
        for (let s = 0; s < 4; s++) {
          motion.linear[s] += by[s];
          motion.constant[s] += by[4 + s];
        }
        expect(misfit(motion, pairs)).toBeGreaterThan(best * (1 - 1e-12));
      }),
    );
  });

  it('shifts with the origin of depth without changing the motion at a place', () => {
    const pairs = randomPairs(100, 5, 7);
    const raised = {
      ...pairs,
      depthA: pairs.depthA.map((y) => y + 5000),
      depthB: pairs.depthB.map((y) => y + 5000),
    };
    const here = estimateMotion(pairs, 5, LINEAR).motion;
    const there = estimateMotion(raised, 5, LINEAR).motion;
    for (let s = 1; s <= 5; s++) {
      for (const y of [0, 3800]) expect(there.getMotion(s, y + 5000)).toBeCloseTo(here.getMotion(s, y), 8);
    }
  });

  it('is rigid where all pairs have one depth', () => {
    const rows = [
      [1, 2, 495, 505],
      [2, 3, 498, 502],
    ] as const;
    const { motion } = estimateMotion(pairsOf(rows), 3, LINEAR);
    motion.linear.forEach((k) => {
      expect(k).toBeCloseTo(0, 9);
    });
    [-8, 2, 6].forEach((value, s) => {
      expect(motion.getMotion(s + 1, 500)).toBeCloseTo(value, 9);
    });
  });

  it('explains the pairs of a session with a single one, with the smallest motion that does', () => {
    const rows = [
      [1, 2, 0, 10],
      [1, 2, 1000, 1010],
      [2, 3, 1000, 1020],
    ] as const;
    const pairs = pairsOf(rows);
    const { motion } = estimateMotion(pairs, 3, LINEAR);
    expect(misfit(motion, pairs)).toBeCloseTo(0, 12);
    expect(Math.max(...motion.linear.map(Math.abs))).toBeLessThan(40);
  });

  it('gives every group mean motion 0 at the mean depth and a session without pairs no motion', () => {
    const rows: [number, number, number, number][] = [];
    for (const y of [0, 500, 2000]) rows.push([1, 2, y, y + 4 + 0.01 * y], [4, 5, y, y - 6 - 0.02 * y]);
    const { motion, disconnected } = estimateMotion(pairsOf(rows), 5, LINEAR);
    const d = mean(rows.map(([, , a, b]) => (a + b) / 2));
    expect(motion.getMotion(1, d) + motion.getMotion(2, d)).toBeCloseTo(0, 9);
    expect(motion.getMotion(4, d) + motion.getMotion(5, d)).toBeCloseTo(0, 9);
    expect(motion.linear[0]).toBe(0);
    expect(motion.linear[3] + motion.linear[4]).toBeCloseTo(0, 9);
    expect([motion.linear[2], motion.constant[2]]).toEqual([0, 0]);
    expect(disconnected).toEqual([3, 4, 5]);
  });
});

describe('estimateMotion', () => {
  it.each(golden)('finds the published motion of the golden case $name', (c) => {
    const pairs = {
      sessionA: Int32Array.from(c.sessionA),
      sessionB: Int32Array.from(c.sessionB),
      depthA: Float64Array.from(c.depthA),
      depthB: Float64Array.from(c.depthB),
    };
    const { motion, disconnected } = estimateMotion(pairs, c.constant.length, c);
    expect(disconnected).toEqual([]);
    expect(largestDifference(motion.constant, c.constant)).toBeLessThan(1e-5);
    expect(largestDifference(motion.linear, c.linear)).toBeLessThan(2e-5);
  });

  it.each([RIGID, LINEAR])('counts a pair as often as its weight says, %j', (options) => {
    const rows = [
      [1, 2, 0, 5],
      [1, 2, 900, 903],
      [2, 3, 400, 390],
      [3, 1, 800, 820],
      [2, 3, 1500, 1503],
    ] as const;
    const weights = [2, 1, 3, 1, 0];
    const repeated = rows.flatMap((row, p) => new Array(weights[p]).fill(row));
    const weighted = estimateMotion(pairsOf(rows), 3, options, weights).motion;
    const plain = estimateMotion(pairsOf(repeated), 3, options).motion;
    for (let s = 1; s <= 3; s++) {
      for (const y of [0, 2000]) expect(weighted.getMotion(s, y)).toBeCloseTo(plain.getMotion(s, y), 7);
    }
  });

  it.each([RIGID, LINEAR])('does not depend on which unit of a pair comes first, %j', (options) => {
    const { sessionA, sessionB, depthA, depthB } = randomPairs(50, 4, 3);
    const there = estimateMotion({ sessionA, sessionB, depthA, depthB }, 4, options);
    const back = estimateMotion(
      { sessionA: sessionB, sessionB: sessionA, depthA: depthB, depthB: depthA },
      4,
      options,
    );
    expect(back).toEqual(there);
  });

  it('refuses pairs within a session and sessions that are not there', () => {
    expect(() => estimateMotion(pairsOf([[2, 2, 0, 1]]), 3, RIGID)).toThrow(RangeError);
    expect(() => estimateMotion(pairsOf([[1, 4, 0, 1]]), 3, RIGID)).toThrow('1 to 3');
    expect(() => estimateMotion(pairsOf([[0, 1, 0, 1]]), 3, RIGID)).toThrow(RangeError);
  });
});
