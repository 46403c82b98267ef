/** What a simulated recording is like: every option with its default and its range. */
import type { Probe } from '../dataset.ts';
import type { Motion } from '../motion/motion.ts';
import type { DriftOptions } from './drift-model.ts';
import type { PethLayout } from './peth-model.ts';
import { createProbe, type ProbeName } from './probes.ts';

/** How much a neuron changes over sessions; every change is a stationary series (`autoregressiveSeries`). */
export interface WanderOptions {
  /** Correlation between neighbouring sessions, 0 (independent) to 1 (no change). */
  readonly memory: number;
  /** Standard deviation of the position in x, y and z, µm, beyond the motion of the probe. */
  readonly positionUm: number;
  /** Standard deviation of the logarithm of the amplitude. */
  readonly amplitude: number;
  /** Relative standard deviation of the width of the spike; its late phases change twice as much. */
  readonly shape: number;
  /** Standard deviation of the time of the trough, ms. */
  readonly timingMs: number;
  /** Standard deviation of the logarithm of the rate, of the time constants of firing, and of responses to events. */
  readonly firing: number;
}

export interface AmplitudeOptions {
  /** Median of the log-normal distribution of peak-to-trough, µV, before it is cut at min and max. */
  readonly median: number;
  /** Standard deviation of its logarithm. */
  readonly logSd: number;
  readonly min: number;
  readonly max: number;
}

export interface NoiseOptions {
  /** Standard deviation of the noise of one spike, µV. */
  readonly spikeUv: number;
  /** Most spikes that a mean waveform is averaged over. */
  readonly averagedSpikes: number;
}

export interface FiringOptions {
  /** Median rate of neurons that are not fast-spiking, spikes per second. */
  readonly medianHz: number;
  /** Standard deviation of the logarithm of the rate. */
  readonly logSd: number;
  /** Length of every session, ms. */
  readonly durationMs: number;
  /** Number of spikes of every unit; units then last as long as it takes, and `durationMs` has no say. */
  readonly spikes?: number;
}

export interface PethOptions extends PethLayout {
  /** Probability that a session lacks one kind of event (never the first): its bins are then NaN. */
  readonly missing: number;
}

/** Options with nothing left out. */
export interface ResolvedSimulation {
  readonly probe: Probe;
  readonly sessions: number;
  /** Neurons that the tissue along the probe holds. */
  readonly neurons: number;
  /** Probability that a neuron that is within reach of the probe is found in a session. */
  readonly presence: number;
  /** Exact number of units over all sessions; undefined leaves it to `presence`. */
  readonly units?: number;
  readonly drift: DriftOptions;
  /** Motion to simulate instead of drawing one by `drift`. */
  readonly motion?: Motion;
  readonly wander: WanderOptions;
  readonly amplitude: AmplitudeOptions;
  readonly noise: NoiseOptions;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly firing: FiringOptions;
  /** Undefined: a recording without PETH. */
  readonly peth?: PethOptions;
  readonly seed: number;
}

/** Options of a simulation; what is left out or undefined has the value in `SIMULATION_DEFAULTS`. */
export interface SimulationOptions {
  readonly probe?: ProbeName | Probe;
  /** Keep only the first channels of a probe that is given by its name. */
  readonly channels?: number;
  readonly sessions?: number;
  /** Expected number of units per session; sets the number of neurons. */
  readonly neuronsPerSession?: number;
  /** Number of neurons, instead of `neuronsPerSession`. */
  readonly neurons?: number;
  readonly units?: number;
  readonly presence?: number;
  readonly drift?: Partial<DriftOptions>;
  readonly motion?: Motion;
  readonly wander?: Partial<WanderOptions>;
  readonly amplitude?: Partial<AmplitudeOptions>;
  readonly noise?: Partial<NoiseOptions>;
  readonly samples?: number;
  readonly sampleRateHz?: number;
  readonly firing?: Partial<FiringOptions>;
  /** False for a recording without PETH. */
  readonly peth?: boolean | Partial<PethOptions>;
  /** Any 32-bit integer. */
  readonly seed?: number;
}

export const SIMULATION_DEFAULTS = {
  probe: 'small',
  sessions: 6,
  neuronsPerSession: 30,
  presence: 0.75,
  drift: { stepUm: 15, jumpProbability: 0.1, jumpUm: 40, stepUmPerMm: 0 },
  wander: { memory: 0.7, positionUm: 6, amplitude: 0.25, shape: 0.1, timingMs: 0.02, firing: 0.25 },
  amplitude: { median: 170, logSd: 0.6, min: 40, max: 500 },
  noise: { spikeUv: 15, averagedSpikes: 500 },
  samples: 64,
  sampleRateHz: 30_000,
  firing: { medianHz: 4, logSd: 0.7, durationMs: 400_000 },
  peth: { events: 3, binsPerEvent: 20, binMs: 50, trials: 100, missing: 0 },
  seed: 1,
} as const satisfies SimulationOptions;

/**
 * Fills in the defaults and checks the ranges.
 * @throws RangeError naming the option, its value and its range
 */
export function resolveSimulation(options: SimulationOptions): ResolvedSimulation {
  const d = SIMULATION_DEFAULTS;
  const probe = options.probe ?? d.probe;
  const sessions = within('sessions', options.sessions ?? d.sessions, 1, 10_000, 'whole');
  const presence = within('presence', options.presence ?? d.presence, 1e-6, 1);
  const units = options.units === undefined ? undefined : within('units', options.units, 1, 1e7, 'whole');
  const expected =
    units === undefined
      ? within('neuronsPerSession', options.neuronsPerSession ?? d.neuronsPerSession, 1, 1e6)
      : units / sessions;
  const neurons = within('neurons', options.neurons ?? Math.ceil(expected / presence), 1, 1e7, 'whole');
  const resolved: ResolvedSimulation = {
    probe: typeof probe === 'string' ? createProbe(probe, options.channels) : probe,
    sessions,
    neurons,
    presence,
    units,
    drift: filled(d.drift, options.drift),
    motion: options.motion,
    wander: filled(d.wander, options.wander),
    amplitude: filled(d.amplitude, options.amplitude),
    noise: filled(d.noise, options.noise),
    samples: within('samples', options.samples ?? d.samples, 4, 100_000, 'whole'),
    sampleRateHz: within('sampleRateHz', options.sampleRateHz ?? d.sampleRateHz, 1, 1e9),
    firing: filled<FiringOptions>(d.firing, options.firing),
    peth: options.peth === false ? undefined : filled(d.peth, options.peth === true ? {} : options.peth),
    seed: within('seed', options.seed ?? d.seed, -(2 ** 31), 2 ** 32 - 1, 'whole'),
  };
  checkGroups(resolved);
  return resolved;
}

function checkGroups({
  sessions,
  motion,
  drift,
  wander,
  amplitude,
  noise,
  firing,
  peth,
}: ResolvedSimulation) {
  const big = 1e6;
  if (motion && motion.sessionCount !== sessions) {
    throw outOfRange('motion', `${motion.sessionCount} sessions`, `${sessions}, one for each session`);
  }
  within('drift.stepUm', drift.stepUm, 0, big);
  within('drift.jumpProbability', drift.jumpProbability, 0, 1);
  within('drift.jumpUm', drift.jumpUm, 0, big);
  within('drift.stepUmPerMm', drift.stepUmPerMm, 0, 500);
  within('wander.memory', wander.memory, 0, 1);
  for (const name of ['positionUm', 'amplitude', 'shape', 'timingMs', 'firing'] as const) {
    within(`wander.${name}`, wander[name], 0, big);
  }
  within('amplitude.min', amplitude.min, 0, big);
  within('amplitude.max', amplitude.max, amplitude.min, big);
  within('amplitude.median', amplitude.median, Math.max(amplitude.min, 1e-6), amplitude.max);
  within('amplitude.logSd', amplitude.logSd, 0, 10);
  within('noise.spikeUv', noise.spikeUv, 0, big);
  within('noise.averagedSpikes', noise.averagedSpikes, 1, 1e9);
  within('firing.medianHz', firing.medianHz, 0.01, 200);
  within('firing.logSd', firing.logSd, 0, 10);
  within('firing.durationMs', firing.durationMs, 1, 1e9);
  if (firing.spikes !== undefined) within('firing.spikes', firing.spikes, 0, 1e9, 'whole');
  if (peth) {
    within('peth.events', peth.events, 1, 1000, 'whole');
    within('peth.binsPerEvent', peth.binsPerEvent, 1, 100_000, 'whole');
    within('peth.binMs', peth.binMs, 1e-3, big);
    within('peth.trials', peth.trials, 1, 1e9);
    within('peth.missing', peth.missing, 0, peth.events > 1 ? 1 : 0);
  }
}

/** Defaults under what is given; undefined does not override. */
function filled<T extends object>(defaults: T, given: Partial<T> = {}): T {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(entries) };
}

function within(name: string, value: number, min: number, max: number, kind?: 'whole'): number {
  if (value >= min && value <= max && (kind !== 'whole' || Number.isInteger(value))) return value;
  throw outOfRange(name, String(value), `a ${kind ?? 'finite'} number from ${min} to ${max}`);
}

function outOfRange(name: string, got: string, expected: string): RangeError {
  return new RangeError(`simulateRecording: got ${got} for option "${name}", expected ${expected}`);
}
