/** Simulated recordings that differ in one thing each, with fixed seeds: what accuracy is measured on. */
import type { SimulationOptions } from '../../src/core/simulation/simulation-options.ts';

export interface GridRecording {
  readonly name: string;
  readonly options: SimulationOptions;
}

const NOISY = { spikeUv: 30, averagedSpikes: 200 };
const WANDERING = {
  memory: 0.6,
  positionUm: 10,
  amplitude: 0.35,
  shape: 0.16,
  timingMs: 0.03,
  firing: 0.35,
};
const BASE = { probe: 'small', sessions: 12, neuronsPerSession: 40 } as const;

/** 300 to 800 units each. */
export const GRID: readonly GridRecording[] = [
  { name: 'base', options: { ...BASE, seed: 101 } },
  {
    name: 'drift',
    options: { ...BASE, seed: 102, drift: { stepUm: 30, jumpProbability: 0.25, jumpUm: 60 } },
  },
  { name: 'drift with depth', options: { ...BASE, seed: 103, drift: { stepUmPerMm: 25 } } },
  { name: 'wander', options: { ...BASE, seed: 104, wander: WANDERING } },
  { name: 'noise', options: { ...BASE, seed: 105, noise: NOISY } },
  { name: 'dense', options: { ...BASE, seed: 106, sessions: 9, neuronsPerSession: 80 } },
  { name: 'rarely present', options: { ...BASE, seed: 107, presence: 0.4 } },
  { name: 'many sessions', options: { ...BASE, seed: 108, sessions: 26, neuronsPerSession: 25 } },
  { name: 'np1', options: { seed: 109, probe: 'np1', sessions: 6, neuronsPerSession: 110 } },
  { name: 'np2', options: { seed: 110, probe: 'np2', sessions: 7, neuronsPerSession: 90, presence: 0.6 } },
  {
    name: 'four shanks',
    options: { seed: 111, probe: 'np2-four-shank', sessions: 6, neuronsPerSession: 120 },
  },
  {
    name: 'hard',
    options: {
      ...BASE,
      seed: 112,
      sessions: 10,
      neuronsPerSession: 60,
      presence: 0.6,
      drift: { stepUm: 25, jumpProbability: 0.2, jumpUm: 50 },
      wander: WANDERING,
      noise: NOISY,
    },
  },
];
