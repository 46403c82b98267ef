import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/context.ts';
import { createPlainKernels } from '../../src/core/kernels/plain.ts';
import { estimateMotion } from '../../src/core/motion/estimate-motion.ts';
import type { RoundFindings } from '../../src/core/motion/motion-loop.ts';
import { pool } from '../../src/core/pooled-shanks.ts';
import type { MultiShankResult } from '../../src/core/result.ts';
import { resolveSettings } from '../../src/core/settings.ts';
import { trackShanks } from '../../src/core/shanks.ts';
import { scoreTracking } from '../../src/core/simulation/score.ts';
import { simulateRecording } from '../../src/core/simulation/simulate.ts';
import { track } from '../../src/core/track.ts';

const kernels = createPlainKernels();
const settingsWith = (motionEstimation: object, correction: object = {}) =>
  resolveSettings(
    { waveformCorrection: { n_nearest_channels: 16, ...correction }, motionEstimation },
    { hasPeth: false, fromFile: false },
  ).settings;

const simulate = (seed: number, neuronsPerSession = 24) =>
  simulateRecording({
    probe: 'np2-four-shank',
    sessions: 4,
    neuronsPerSession,
    samples: 24,
    firing: { durationMs: 60_000 },
    drift: { stepUm: 20 },
    peth: false,
    seed,
  });

/** Root mean square of the motion error over the shanks, µm. */
function motionError(
  result: MultiShankResult,
  { neuronId, trueMotion }: ReturnType<typeof simulate>,
): number {
  const squares = result.shanks.map(({ units, result: { motion, curation, features } }) => {
    const { motionError: error } = scoreTracking({
      labels: curation.labels,
      neuronId: Array.from(units, (unit) => neuronId[unit]),
      sessions: Array.from(units, (unit) => result.sessions[unit]),
      locations: features.locations,
      motion,
      trueMotion,
    });
    return units.length * (error?.rms ?? Number.NaN) ** 2;
  });
  return Math.sqrt(squares.reduce((a, b) => a + b) / result.sessions.length);
}

describe('shanks that are pooled', () => {
  it('share one shift per session, nearer to the truth where each has few units', async () => {
    for (const seed of [1, 2]) {
      const recording = simulate(seed);
      const events: RunEvent[] = [];
      const context = { kernels, onEvent: (event: RunEvent) => events.push(event) };
      const apart = await trackShanks(recording.dataset, settingsWith({}), context);
      expect(apart.shanks.length).toBeGreaterThan(1);
      // The run offers it.
      expect(apart.warnings.some((text) => text.includes('motionEstimation.pool_shanks "rigid"'))).toBe(true);
      const pooled = await trackShanks(recording.dataset, settingsWith({ pool_shanks: 'rigid' }), context);
      expect(pooled.warnings.some((text) => text.includes('pool_shanks'))).toBe(false);
      const [first, ...others] = pooled.shanks.map(({ result }) => result.motion);
      expect(first.isLinear).toBe(false);
      for (const motion of others) expect(motion.equals(first)).toBe(true);
      expect(motionError(pooled, recording), `seed ${seed}`).toBeLessThan(motionError(apart, recording));
    }
  });

  it.each(['matches', 'converged'])('end their rounds together when they stop by "%s"', async (stop_rule) => {
    const { dataset } = simulate(4);
    const settings = settingsWith({ pool_shanks: 'rigid', stop_rule });
    const { shanks } = await trackShanks(dataset, settings, { kernels });
    const rounds = shanks.map(({ result }) => result.rounds);
    expect(new Set(rounds.map((of) => of.length)).size).toBe(1);
    expect(rounds[0].length).toBeLessThan(settings.motionEstimation.max_iter);
    const matches = (round: number) => rounds.reduce((sum, of) => sum + of[round].matches, 0);
    const last = rounds[0].length - 1;
    if (stop_rule === 'matches') expect(matches(last)).toBeLessThanOrEqual(matches(last - 1));
    else expect(rounds.every((of) => of[last].motion?.equals(rounds[0][last].motion as never))).toBe(true);
  });

  it.each([false, true])(
    'of which there is only one are tracked as without, linear correction %s',
    async (linear_correction) => {
      const { dataset } = simulate(5, 9);
      const probe = { ...dataset.probe, shanks: dataset.probe.shanks.map(() => 1) };
      const track = (pool_shanks: string) =>
        trackShanks({ ...dataset, probe }, settingsWith({ pool_shanks }, { linear_correction }), { kernels });
      const [apart, pooled] = [await track('none'), await track('rigid')];
      expect(pooled.labels).toEqual(apart.labels);
      const [{ result: a }] = apart.shanks;
      const [{ result: b }] = pooled.shanks;
      expect({ ...b, settings: a.settings }).toEqual(a);
      expect(b.motion.isLinear).toBe(linear_correction);
      expect(pooled.warnings).toEqual(apart.warnings);
    },
  );

  it('have a rigid motion with linear correction too, and a warning says so', async () => {
    const { dataset } = simulate(5, 9);
    const settings = settingsWith({ pool_shanks: 'rigid', max_iter: 2 }, { linear_correction: true });
    const { shanks, warnings } = await trackShanks(dataset, settings, { kernels });
    expect(shanks.map(({ result }) => result.motion.isLinear)).not.toContain(true);
    expect(warnings.filter((text) => text.includes('waveformCorrection.linear_correction'))).toHaveLength(1);
  });

  it('are not pooled where they are tracked together, and a warning says so', async () => {
    const { dataset } = simulate(5, 9);
    const warnings = async (shankOf: (shank: number) => number, pool_shanks: string) => {
      const texts: string[] = [];
      const onEvent = (event: RunEvent) => event.kind === 'warning' && texts.push(event.text);
      const probe = { ...dataset.probe, shanks: dataset.probe.shanks.map(shankOf) };
      const settings = settingsWith({ pool_shanks, max_iter: 1 });
      await track({ ...dataset, probe }, settings, { kernels, onEvent });
      return texts.filter((text) => text.includes('pool_shanks'));
    };
    expect(await warnings((shank) => shank, 'rigid')).toEqual([expect.stringContaining('4 shanks')]);
    expect(await warnings(() => 1, 'rigid')).toEqual([]);
    expect(await warnings((shank) => shank, 'none')).toEqual([]);
  });

  it('give the pairs of all, one shank after the other', () => {
    const pairs = (session: number) => ({
      sessionA: Int32Array.of(session),
      sessionB: Int32Array.of(session + 1),
      depthA: Float64Array.of(10 * session),
      depthB: Float64Array.of(10 * session + 1),
    });
    const findings = (session: number): RoundFindings => ({
      pairs: pairs(session),
      sessionUnits: Int32Array.of(session, 1, 1, 2),
      alikePairs: () => pairs(session),
      matches: session,
      previousMatches: Number.NEGATIVE_INFINITY,
    });
    const { alikePairs, ...pooled } = pool([findings(1), findings(3)]);
    const both = {
      sessionA: Int32Array.of(1, 3),
      sessionB: Int32Array.of(2, 4),
      depthA: Float64Array.of(10, 30),
      depthB: Float64Array.of(11, 31),
    };
    expect(pooled).toEqual({
      pairs: both,
      sessionUnits: Int32Array.of(4, 2, 2, 4),
      matches: 4,
      previousMatches: Number.NEGATIVE_INFINITY,
    });
    const estimate = estimateMotion(both, 4, { linearCorrection: false });
    expect(alikePairs(estimate, 300)).toEqual(both);
  });
});
