import { describe, expect, test } from 'vitest';
import { smallResult } from '../../test/support/small-result.ts';
import { syntheticMultiShank, syntheticResult } from '../../test/support/tracking-results.ts';
import { Motion } from '../core/motion/motion.ts';
import { bandRows, motionRange, roundMotionFigure, savedMotionRows, shankMotionRows } from './motion.ts';
import { recordingOf } from './recording.ts';

describe('savedMotionRows', () => {
  test('the saved motion has the band of the round that estimated it', () => {
    expect(savedMotionRows(smallResult())).toEqual([
      { session: 1, curve: 'all depths', depth: undefined, motion: 0, lower: -1, upper: 1 },
      { session: 2, curve: 'all depths', depth: undefined, motion: 10, lower: 8, upper: 13 },
      { session: 3, curve: 'all depths', depth: undefined, motion: -10, lower: -12, upper: -9 },
    ]);
  });

  test('a motion that no round estimated has no band', () => {
    const rows = savedMotionRows({ ...smallResult(), motion: new Motion(3) });
    expect(rows.map(({ motion, lower }) => [motion, lower])).toEqual([
      [0, undefined],
      [0, undefined],
      [0, undefined],
    ]);
  });

  test('given linear motion is shown at the smallest and the largest y of the units', () => {
    const motion = new Motion(3, { linear: [0, 10, -10], constant: [0, 1, 2] });
    const rows = savedMotionRows({ ...smallResult(), motion });
    expect(rows.map(({ curve, depth }) => [curve, depth])).toEqual([
      ...Array(3).fill(['smallest y', 88]),
      ...Array(3).fill(['largest y', 300]),
    ]);
    expect(rows[4].motion).toBeCloseTo(0.001 * 10 * 300 + 1, 12);
  });
});

test('bands are ordered by depth, and a band that is not finite is left out', () => {
  const values = (v: number) => Float64Array.of(v);
  const rows = bandRows([
    { depth: 900, estimate: values(2), lower: values(Number.NaN), upper: values(3) },
    { depth: 100, estimate: values(1), lower: values(0), upper: values(2) },
  ]);
  expect(rows).toEqual([
    { session: 1, curve: 'smallest y', depth: 100, motion: 1, lower: 0, upper: 2 },
    { session: 1, curve: 'largest y', depth: 900, motion: 2 },
  ]);
});

test('shanks are compared half way between their depths', () => {
  const { shanks } = recordingOf(syntheticMultiShank([3, 8], { units: 40, sessions: 4, linear: true }));
  const rows = shankMotionRows(shanks);
  expect(rows).toHaveLength(8);
  expect([...new Set(rows.map(({ curve }) => curve))]).toEqual(['3', '8']);
  const depths = shanks[0].result.rounds[1].bands.map(({ depth }) => depth ?? Number.NaN);
  expect(rows[1].motion).toBeCloseTo(shanks[0].result.motion.getMotion(2, (depths[0] + depths[1]) / 2), 9);
});

test('the range holds bands and zero', () => {
  expect(motionRange(savedMotionRows(smallResult()))).toEqual([-12, 13]);
  expect(motionRange([{ session: 1, curve: 'all depths', motion: 5 }])).toEqual([0, 5]);
  expect(motionRange([])).toEqual([-1, 1]);
});

test('a round that made no estimate has no figure', () => {
  const result = syntheticResult();
  const [round] = result.rounds;
  expect(roundMotionFigure(result, { ...round, motion: undefined }, { roundNumber: 1 })).toBeUndefined();
  expect(roundMotionFigure(result, round, { roundNumber: 1 })).toBeDefined();
});
