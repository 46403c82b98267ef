/** One simulated neuron: what it is, and how the probe meets it in every session. */
import type { Motion } from '../motion/motion.ts';
import type { Random } from '../random.ts';
import { derivedRandom, STREAM } from './derived-seed.ts';
import { autoregressiveSeries, logNormal, uniformBetween } from './distributions.ts';
import { drawPethModel, type PethModel } from './peth-model.ts';
import { shankExtent } from './probes.ts';
import type { AmplitudeOptions, ResolvedSimulation } from './simulation-options.ts';
import { drawSpikeShape, drawSpikeType, reshapeSpike, type SpikeType } from './spike-shapes.ts';
import { drawFiringModel, type FiringModel } from './spike-trains.ts';
import type { WaveformSource } from './waveform-model.ts';

/** Distance of somata to the sides of the columns of sites, µm. */
const SIDE_UM = 15;

/** A neuron without any change: `source.y` is its depth in the tissue. */
export interface Neuron {
  readonly type: SpikeType;
  /** Shank it lies at. */
  readonly shank: number;
  readonly source: WaveformSource;
  readonly firing: FiringModel;
  readonly peth?: PethModel;
}

/** How a neuron has changed in one session. */
export interface NeuronChange {
  readonly dx: number;
  readonly dy: number;
  /** Factors. */
  readonly distance: number;
  readonly amplitude: number;
  readonly stretch: number;
  readonly late: number;
  readonly rate: number;
  readonly timeConstants: number;
  readonly response: number;
  /** ms */
  readonly shiftMs: number;
}

/** Draws neuron `index` of a simulation. */
export function drawNeuron(simulation: ResolvedSimulation, index: number): Neuron {
  const random = derivedRandom(simulation.seed, STREAM.neuron, index);
  const type = drawSpikeType(random);
  const { shank, x, y } = drawPosition(simulation, random);
  const shape = drawSpikeShape(type, random);
  const axonal = type === 'triphasic';
  const velocity = () => (axonal ? uniformBetween(random, 300, 800) : uniformBetween(random, 400, 1500));
  const source: WaveformSource = {
    x,
    y,
    z: uniformBetween(random, 12, 45),
    amplitudeUv: drawAmplitude(simulation.amplitude, random),
    shape,
    decay: uniformBetween(random, 1.5, 2.3),
    elongationUp: uniformBetween(random, 1, 1.7),
    elongationDown: uniformBetween(random, 1, 1.4),
    velocityUp: velocity(),
    velocityDown: velocity(),
    wideningPerUm: uniformBetween(random, 0, 0.004),
    lateGainPerUm: uniformBetween(random, -0.005, 0.005),
    shiftMs: 0,
  };
  const { medianHz, logSd } = simulation.firing;
  const firing = drawFiringModel(type, random, { medianHz, logSd });
  const peth = simulation.peth && drawPethModel(firing.rateHz, simulation.peth.events, random);
  return { type, shank, source, firing, peth };
}

/** Draws the changes of neuron `index` over all sessions. */
export function drawChanges(simulation: ResolvedSimulation, index: number): NeuronChange[] {
  const { wander, sessions, seed } = simulation;
  const random = derivedRandom(seed, STREAM.wander, index);
  const series = () => autoregressiveSeries(random, sessions, wander.memory);
  const [dx, dy, dz, amplitude, stretch, late, shift, rate, timeConstants, response] = Array.from(
    { length: 10 },
    series,
  );
  return Array.from({ length: sessions }, (_, s) => ({
    dx: wander.positionUm * dx[s],
    dy: wander.positionUm * dy[s],
    distance: Math.exp((wander.positionUm / 30) * dz[s]),
    amplitude: Math.exp(wander.amplitude * amplitude[s]),
    stretch: Math.exp(wander.shape * stretch[s]),
    late: Math.exp(2 * wander.shape * late[s]),
    shiftMs: wander.timingMs * shift[s],
    rate: Math.exp(wander.firing * rate[s]),
    timeConstants: Math.exp(wander.firing * timeConstants[s]),
    response: Math.exp(wander.firing * response[s]),
  }));
}

/**
 * Depth at which the neuron appears on the probe: the y with `y - motion(y)` equal to its depth in the tissue.
 * @param depth µm in the tissue
 * @param session 1..N
 */
export function apparentDepth(depth: number, motion: Motion, session: number): number {
  const slope = motion.linearScale * motion.linear[session - 1];
  return (depth + motion.constant[session - 1]) / (1 - slope);
}

/** The neuron as it is in one session, on a probe that has moved. */
export function sourceInSession(
  { source }: Neuron,
  change: NeuronChange,
  motion: Motion,
  session: number,
): WaveformSource {
  return {
    ...source,
    x: source.x + change.dx,
    y: apparentDepth(source.y + change.dy, motion, session),
    z: source.z * change.distance,
    amplitudeUv: source.amplitudeUv * change.amplitude,
    shape: reshapeSpike(source.shape, change.stretch, change.late),
    shiftMs: change.shiftMs,
  };
}

/** How the neuron fires in one session. */
export function firingInSession({ firing }: Neuron, change: NeuronChange): FiringModel {
  return {
    ...firing,
    rateHz: firing.rateHz * change.rate,
    recoveryMs: firing.recoveryMs * change.timeConstants,
    burstIntervalMs: firing.burstIntervalMs * change.timeConstants,
    fluctuationMs: firing.fluctuationMs * change.timeConstants,
  };
}

/** A soma beside a shank, anywhere along it. */
function drawPosition(
  { probe }: ResolvedSimulation,
  random: Random,
): { shank: number; x: number; y: number } {
  const shanks = [...new Set(probe.shanks)];
  const shank = shanks[random.integer(shanks.length)];
  const extent = shankExtent(probe, shank);
  return {
    shank,
    x: uniformBetween(random, extent.left - SIDE_UM, extent.right + SIDE_UM),
    y: uniformBetween(random, extent.bottom, extent.top),
  };
}

/** Log-normal, drawn again while it is out of range; a range that is never met gives the median. */
function drawAmplitude({ median, logSd, min, max }: AmplitudeOptions, random: Random): number {
  for (let attempt = 0; attempt < 100; attempt++) {
    const amplitude = logNormal(random, median, logSd);
    if (amplitude >= min && amplitude <= max) return amplitude;
  }
  return median;
}
