import { describe, expect, it } from 'vitest';
import { createPlainKernels } from '../kernels/plain.ts';
import { createRandom } from '../random.ts';
import { resolveSettings, type UserSettings } from '../settings.ts';
import { motionError } from '../simulation/score.ts';
import { simulateRecording } from '../simulation/simulate.ts';
import { track } from '../track.ts';
import { bridgeGroups } from './bridge-groups.ts';
import { estimateMotion, type MotionPairs } from './estimate-motion.ts';
import { Motion } from './motion.ts';

const DISTANCE = 300;
/** Sessions 1, 2, 3 hang together, and so do 4 and 5; 6 stands alone. */
const TRUE_MOTION = [-4, 0, 4, 95, 105, -130];
const HANGS = [
  [1, 2],
  [2, 3],
  [4, 5],
];

function pairsOf(list: readonly [a: number, b: number, dy: number][]): MotionPairs {
  return {
    sessionA: Int32Array.from(list, ([a]) => a),
    sessionB: Int32Array.from(list, ([, b]) => b),
    depthA: Float64Array.from(list, (_, i) => 100 + 50 * i),
    depthB: Float64Array.from(list, ([, , dy], i) => 100 + 50 * i + dy),
  };
}

const matched = pairsOf(
  HANGS.map(([a, b]) => [a, b, TRUE_MOTION[b - 1] - TRUE_MOTION[a - 1]] as [number, number, number]),
);
const estimate = estimateMotion(matched, 6, { linearCorrection: false });

/** Pairs between the groups of which a share is right, within a few µm. */
function alike(share: number, count: number, sessions = [1, 2, 3, 4, 5, 6]): MotionPairs {
  const random = createRandom(3);
  const group = (session: number) => (session <= 3 ? 0 : session <= 5 ? 1 : 2);
  const list: [number, number, number][] = [];
  for (const a of sessions) {
    for (const b of sessions) {
      if (a >= b || group(a) === group(b)) continue;
      for (let i = 0; i < count; i++) {
        const apart = estimate.motion.getMotion(b) - estimate.motion.getMotion(a);
        const right = TRUE_MOTION[b - 1] - TRUE_MOTION[a - 1] + 4 * random.normal();
        const wrong = apart + DISTANCE * (2 * random.uniform() - 1);
        list.push([a, b, random.uniform() < share ? right : wrong]);
      }
    }
  }
  return pairsOf(list);
}

describe('bridgeGroups', () => {
  it('leaves groups where matched pairs have them when that is near to where alike units agree', () => {
    const off = (by: number) =>
      new Motion(6, {
        ...estimate.motion.plain,
        constant: Float64Array.from(TRUE_MOTION, (value, s) => value + (s < 3 ? 0 : by)),
      });
    const pairs = alike(0.3, 40);
    expect(bridgeGroups(estimate, off(25), pairs, DISTANCE).bridges).toEqual([]);
    expect(bridgeGroups(estimate, off(60), pairs, DISTANCE).bridges.length).toBe(2);
  });

  it('moves groups to where alike units agree, though most pairs are wrong', () => {
    expect(estimate.disconnected).toEqual([4, 5, 6]);
    const { motion, disconnected, groups, bridges } = bridgeGroups(
      estimate,
      estimate.motion,
      alike(0.3, 40),
      DISTANCE,
    );
    expect(disconnected).toEqual([]);
    expect(groups).toEqual([[0, 1, 2, 3, 4, 5]]);
    const mean = TRUE_MOTION.reduce((sum, value) => sum + value, 0) / 6;
    TRUE_MOTION.forEach((value, s) => {
      expect(Math.abs(motion.constant[s] - (value - mean))).toBeLessThan(3);
    });
    expect(motion.constant.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
    expect(bridges.map(({ sessions }) => sessions).sort()).toEqual([[4, 5], [6]]);
    for (const { agreeing, pairs } of bridges) expect(agreeing).toBeLessThan(0.6 * pairs);
  });

  it('goes over a group that is moved to the next one', () => {
    // Session 6 has alike units in sessions 4 and 5 alone.
    const all = alike(0.5, 30);
    const kept = Array.from(all.sessionA.keys()).filter((p) => all.sessionB[p] !== 6 || all.sessionA[p] > 3);
    const some = {
      sessionA: Int32Array.from(kept, (p) => all.sessionA[p]),
      sessionB: Int32Array.from(kept, (p) => all.sessionB[p]),
      depthA: Float64Array.from(kept, (p) => all.depthA[p]),
      depthB: Float64Array.from(kept, (p) => all.depthB[p]),
    };
    const { motion, disconnected } = bridgeGroups(estimate, estimate.motion, some, DISTANCE);
    expect(disconnected).toEqual([]);
    expect(Math.abs(motion.constant[5] - motion.constant[0] + 126)).toBeLessThan(4);
  });

  it('leaves groups alone for which no displacement stands out', () => {
    for (const pairs of [alike(0, 40), pairsOf([]), alike(1, 2, [1, 4])]) {
      const { bridges, ...same } = bridgeGroups(estimate, estimate.motion, pairs, DISTANCE);
      expect(bridges).toEqual([]);
      expect(same).toEqual(estimate);
    }
  });
});

describe('a probe that jumped farther than units are matched', () => {
  const constant = [0, 3, -2, 148, 152, 150];
  const recording = simulateRecording({
    sessions: 6,
    neuronsPerSession: 30,
    motion: new Motion(6, { constant }),
    firing: { durationMs: 100_000 },
    seed: 4,
  });
  const kernels = createPlainKernels();
  const tracked = async (user: UserSettings) => {
    const { settings } = resolveSettings(user, { hasPeth: true, fromFile: false });
    const { motion, features } = await track(recording.dataset, settings, { kernels });
    const depths = Array.from({ length: features.units }, (_, u) => features.locations[3 * u + 1]);
    return motionError(motion, recording.trueMotion, depths).rms;
  };

  it('is followed with bridge_jumps, and lost without', async () => {
    expect(await tracked({})).toBeLessThan(5);
    expect(await tracked({ motionEstimation: { bridge_jumps: false } })).toBeGreaterThan(50);
  });
});
