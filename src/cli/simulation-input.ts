/** What the options of `dant simulate` say: preset, single options, `--set`. */
import { InputError } from '../core/errors.ts';
import { PROBE_NAMES, type ProbeName } from '../core/simulation/probes.ts';
import {
  resolveSimulation,
  SIMULATION_DEFAULTS,
  type SimulationOptions,
} from '../core/simulation/simulation-options.ts';

/** Recordings to start from; single options override. */
export const SIMULATION_PRESETS = {
  chronic: { probe: 'np2', channels: 192, sessions: 10, neuronsPerSession: 60, seed: 7 },
  large: { probe: 'np1', channels: 283, sessions: 18, units: 3400, firing: { spikes: 10_000 }, peth: false },
} as const satisfies Record<string, SimulationOptions>;

/** Numbers with an option of their own; the others go by `--set`. */
export const SIMULATION_NUMBERS = [
  { flag: '--channels <n>', key: 'channels', description: 'keep only the first channels of the probe' },
  { flag: '--sessions <n>', key: 'sessions', description: 'number of sessions' },
  { flag: '--units-per-session <n>', key: 'neuronsPerSession', description: 'units per session, on average' },
  { flag: '--units <n>', key: 'units', description: 'units over all sessions, exactly' },
  { flag: '--presence <p>', key: 'presence', description: 'probability that a neuron is found in a session' },
  { flag: '--samples <n>', key: 'samples', description: 'samples of a waveform' },
  { flag: '--rate <hz>', key: 'firing.medianHz', description: 'median firing rate' },
  { flag: '--duration <ms>', key: 'firing.durationMs', description: 'length of a session' },
  { flag: '--spikes <n>', key: 'firing.spikes', description: 'spikes of every unit, whatever the duration' },
  { flag: '--drift <um>', key: 'drift.stepUm', description: 'motion of the probe from session to session' },
  { flag: '--linear-drift <um>', key: 'drift.stepUmPerMm', description: 'change of it with depth, per mm' },
  { flag: '--noise <uv>', key: 'noise.spikeUv', description: 'noise of one spike' },
  { flag: '--seed <n>', key: 'seed', description: 'same seed, same bytes' },
] as const;

/** Keys that `--set` knows: every number of the simulation. */
const KEYS = [
  ...new Set([...keysOf(SIMULATION_DEFAULTS), ...SIMULATION_NUMBERS.map(({ key }) => key)]),
].sort();

export interface SimulationInput {
  readonly preset?: string;
  readonly probe?: string;
  readonly peth: boolean;
  /** Values of `SIMULATION_NUMBERS` by key, as text. */
  readonly numbers: ReadonlyMap<string, string>;
  /** `key=value` each. */
  readonly set?: readonly string[];
}

/** @throws InputError naming the option that is wrong */
export function readSimulation(input: SimulationInput): SimulationOptions {
  const numbers = [...input.numbers, ...(input.set ?? []).map(parseAssignment)];
  const changes = new Map(numbers.map(([key, text]) => [key, Number(text.trim() || Number.NaN)]));
  const options: Record<string, unknown> = { ...presetNamed(input.preset) };
  if (input.probe !== undefined) options.probe = input.probe.toLowerCase();
  if (!input.peth) options.peth = false;
  // Either sets the number of units: what is asked for now replaces what the preset says.
  if (changes.has('neuronsPerSession')) delete options.units;
  for (const [key, value] of changes) {
    const [group, name] = key.split('.');
    options[group] = name === undefined ? value : { ...(options[group] as object), [name]: value };
  }
  check(options as SimulationOptions);
  return options as SimulationOptions;
}

/** The default of a key, if it has one. */
export function simulationDefault(key: string): unknown {
  const [group, name] = key.split('.');
  const value: unknown = (SIMULATION_DEFAULTS as Record<string, unknown>)[group];
  return name === undefined ? value : (value as Record<string, unknown>)[name];
}

function keysOf(options: Record<string, unknown>): string[] {
  return Object.entries(options).flatMap(([key, value]) => {
    if (typeof value === 'object') return Object.keys(value as object).map((name) => `${key}.${name}`);
    return typeof value === 'number' ? [key] : [];
  });
}

function presetNamed(name: string | undefined): SimulationOptions {
  if (name === undefined) return {};
  const preset = Object.entries(SIMULATION_PRESETS).find(([known]) => known === name.toLowerCase());
  if (preset) return preset[1];
  throw new InputError({
    where: '--preset',
    found: `"${name}"`,
    expected: Object.keys(SIMULATION_PRESETS).join(' or '),
    remedy: 'Correct it, or leave it out.',
  });
}

function parseAssignment(assignment: string): [string, string] {
  const [key, value] = assignment.split('=', 2);
  if (value !== undefined && KEYS.includes(key.trim())) return [key.trim(), value];
  throw new InputError({
    where: '--set',
    found: `"${assignment}"`,
    expected: `KEY=NUMBER with one of the keys ${KEYS.join(', ')}`,
    remedy: 'Write for example --set wander.shape=0.1.',
  });
}

function check(options: SimulationOptions): void {
  if (typeof options.probe === 'string' && !PROBE_NAMES.includes(options.probe as ProbeName)) {
    throw new InputError({
      where: '--probe',
      found: `"${options.probe}"`,
      expected: PROBE_NAMES.join(', '),
      remedy: 'Correct it, or leave it out.',
    });
  }
  try {
    resolveSimulation(options);
  } catch (error) {
    throw optionError(error);
  }
}

/** What the simulation says of its options, as bad input; anything else as it is. */
export function optionError(error: unknown): unknown {
  const parts = error instanceof RangeError ? /: got (.*), expected (.*)$/.exec(error.message) : null;
  if (parts === null) return error;
  return new InputError(
    {
      where: 'options of dant simulate',
      found: parts[1],
      expected: parts[2],
      remedy: 'Correct the option; `dant simulate --help` lists them.',
    },
    { cause: error },
  );
}
