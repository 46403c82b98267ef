import { describe, expect, it } from 'vitest';
import { Motion } from '../motion/motion.ts';
import { resolveSimulation, SIMULATION_DEFAULTS, type SimulationOptions } from './simulation-options.ts';

describe('resolveSimulation', () => {
  it('takes the defaults for what is left out or undefined', () => {
    const resolved = resolveSimulation({ sessions: undefined, drift: { stepUm: undefined, jumpUm: 5 } });
    expect(resolved.sessions).toBe(SIMULATION_DEFAULTS.sessions);
    expect(resolved.drift).toEqual({ ...SIMULATION_DEFAULTS.drift, jumpUm: 5 });
    expect(resolved.probe.channels).toBe(64);
    expect(resolved.peth).toEqual(SIMULATION_DEFAULTS.peth);
  });

  it('takes the number of neurons from the units wanted per session, or in all', () => {
    expect(resolveSimulation({ neuronsPerSession: 30, presence: 0.5 }).neurons).toBe(60);
    expect(resolveSimulation({ units: 300, sessions: 10, presence: 0.5 }).neurons).toBe(60);
    expect(resolveSimulation({ neurons: 12, neuronsPerSession: 99 }).neurons).toBe(12);
  });

  it('can leave the PETH out', () => {
    expect(resolveSimulation({ peth: false }).peth).toBeUndefined();
    expect(resolveSimulation({ peth: { missing: 0.5 } }).peth?.missing).toBe(0.5);
  });

  it.each([
    [{ sessions: 0 }, /got 0 for option "sessions", expected a whole number from 1/],
    [{ sessions: 2.5 }, /sessions/],
    [{ presence: Number.NaN }, /got NaN for option "presence"/],
    [{ presence: 0 }, /presence/],
    [{ noise: { spikeUv: -1 } }, /noise\.spikeUv/],
    [{ wander: { memory: 1.01 } }, /wander\.memory/],
    [{ amplitude: { min: 300, median: 200 } }, /amplitude\.median/],
    [{ firing: { spikes: 0.5 } }, /firing\.spikes/],
    [{ peth: { events: 1, missing: 0.1 } }, /peth\.missing/],
    [{ drift: { stepUm: Number.POSITIVE_INFINITY } }, /drift\.stepUm/],
    [{ sessions: 3, motion: new Motion(4) }, /got 4 sessions for option "motion"/],
    [{ channels: 65 }, /65 channels/],
  ] as [SimulationOptions, RegExp][])('refuses %j', (options, message) => {
    expect(() => resolveSimulation(options)).toThrow(RangeError);
    expect(() => resolveSimulation(options)).toThrow(message);
  });
});
