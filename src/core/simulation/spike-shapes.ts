/**
 * Extracellular spike shapes of different cell types, as sums of asymmetric Gaussian phases.
 *
 * The types and their widths follow the classes seen in high-density recordings (Barthó et al. 2004; Robbins et al.
 * 2013; Deligkaris et al. 2016; Jia et al. 2019).
 */
import type { Random } from '../random.ts';
import { uniformBetween } from './distributions.ts';

/** One deflection. */
export interface SpikePhase {
  /** Signed height relative to the main phase. */
  readonly height: number;
  /** Time of its extreme, ms after the extreme of the main phase. */
  readonly timeMs: number;
  /** Standard deviation of the Gaussian before the extreme, ms. */
  readonly riseMs: number;
  /** Standard deviation of the Gaussian after the extreme, ms. */
  readonly fallMs: number;
}

/** Phases in the order of time; the main phase stands at 0 ms. */
export type SpikeShape = readonly SpikePhase[];

/**
 * Regular: broad spikes of most principal cells. Fast: narrow spikes of fast-spiking interneurons. Triphasic: axonal
 * spikes with a leading positive phase. Positive: spikes that begin with their largest phase upwards.
 */
export const SPIKE_TYPES = ['regular', 'fast', 'triphasic', 'positive'] as const;
export type SpikeType = (typeof SPIKE_TYPES)[number];

/** Part of the neurons that are of each type. */
export const SPIKE_TYPE_FRACTIONS: Readonly<Record<SpikeType, number>> = {
  regular: 0.66,
  fast: 0.2,
  triphasic: 0.08,
  positive: 0.06,
};

type Range = readonly [number, number];
interface PhaseRanges {
  readonly height: Range;
  readonly timeMs: Range;
  readonly riseMs: Range;
  readonly fallMs: Range;
}

const PHASES: Readonly<Record<SpikeType, readonly PhaseRanges[]>> = {
  regular: [
    { height: [0, 0.25], timeMs: [-0.4, -0.25], riseMs: [0.08, 0.18], fallMs: [0.06, 0.1] },
    { height: [-1, -1], timeMs: [0, 0], riseMs: [0.07, 0.13], fallMs: [0.1, 0.19] },
    { height: [0.15, 0.55], timeMs: [0.5, 0.85], riseMs: [0.18, 0.3], fallMs: [0.25, 0.6] },
  ],
  fast: [
    { height: [0, 0.2], timeMs: [-0.28, -0.18], riseMs: [0.05, 0.1], fallMs: [0.04, 0.07] },
    { height: [-1, -1], timeMs: [0, 0], riseMs: [0.05, 0.09], fallMs: [0.06, 0.1] },
    { height: [0.25, 0.75], timeMs: [0.22, 0.38], riseMs: [0.08, 0.14], fallMs: [0.12, 0.35] },
  ],
  triphasic: [
    { height: [0.3, 0.8], timeMs: [-0.26, -0.16], riseMs: [0.06, 0.11], fallMs: [0.04, 0.08] },
    { height: [-1, -1], timeMs: [0, 0], riseMs: [0.05, 0.08], fallMs: [0.05, 0.1] },
    { height: [0.2, 0.6], timeMs: [0.2, 0.4], riseMs: [0.07, 0.14], fallMs: [0.12, 0.35] },
  ],
  positive: [
    { height: [1, 1], timeMs: [0, 0], riseMs: [0.07, 0.13], fallMs: [0.08, 0.15] },
    { height: [-0.7, -0.2], timeMs: [0.35, 0.65], riseMs: [0.12, 0.22], fallMs: [0.25, 0.6] },
  ],
};

/** Draws a type by `SPIKE_TYPE_FRACTIONS`. */
export function drawSpikeType(random: Random): SpikeType {
  let rest = random.uniform();
  for (const type of SPIKE_TYPES) {
    rest -= SPIKE_TYPE_FRACTIONS[type];
    if (rest < 0) return type;
  }
  return 'regular';
}

/** Draws the shape of one neuron of a type. */
export function drawSpikeShape(type: SpikeType, random: Random): SpikeShape {
  return PHASES[type].map((ranges) => ({
    height: uniformBetween(random, ...ranges.height),
    timeMs: uniformBetween(random, ...ranges.timeMs),
    riseMs: uniformBetween(random, ...ranges.riseMs),
    fallMs: uniformBetween(random, ...ranges.fallMs),
  }));
}

/** The same shape with time stretched, and with the phases after the main one scaled. */
export function reshapeSpike(shape: SpikeShape, stretch: number, lateGain: number): SpikeShape {
  return shape.map((phase) => ({
    height: phase.timeMs > 0 ? phase.height * lateGain : phase.height,
    timeMs: phase.timeMs * stretch,
    riseMs: phase.riseMs * stretch,
    fallMs: phase.fallMs * stretch,
  }));
}

/** Value of a shape at a time, relative to the height of its main phase. */
export function spikeShapeAt(shape: SpikeShape, timeMs: number): number {
  let value = 0;
  for (const phase of shape) {
    const t = timeMs - phase.timeMs;
    const u = t / (t < 0 ? phase.riseMs : phase.fallMs);
    value += phase.height * Math.exp(-0.5 * u * u);
  }
  return value;
}

/** Peak-to-trough of a shape, sampled every 10 µs. */
export function peakToTrough(shape: SpikeShape): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let step = -100; step <= 200; step++) {
    const value = spikeShapeAt(shape, step / 100);
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low;
}
