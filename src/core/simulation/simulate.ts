/** Simulated chronic recordings: neurons with known identities on a probe with known motion. */
import type { Dataset, Probe } from '../dataset.ts';
import type { Motion } from '../motion/motion.ts';
import { derivedRandom, STREAM } from './derived-seed.ts';
import { simulateMotion } from './drift-model.ts';
import {
  apparentDepth,
  drawChanges,
  drawNeuron,
  firingInSession,
  type Neuron,
  sourceInSession,
} from './neuron.ts';
import { drawMissingEvents, simulatePeth } from './peth-model.ts';
import { shankExtent } from './probes.ts';
import { type ResolvedSimulation, resolveSimulation, type SimulationOptions } from './simulation-options.ts';
import { simulateSpikeTrain, type TrainLength } from './spike-trains.ts';
import { simulateNoise, simulateWaveform } from './waveform-model.ts';

export { SIMULATION_DEFAULTS, type SimulationOptions } from './simulation-options.ts';

/** A neuron that lies farther than this beyond the last site is not found, µm. */
const REACH_UM = 15;

/** Everything about one unit. */
export interface SimulatedUnit {
  /** Neuron it is a recording of. */
  readonly neuron: number;
  /** 1..N */
  readonly session: number;
  /** x, y, z of the soma as it lies to the probe, µm. */
  readonly location: readonly [number, number, number];
  /** (channels, samples) µV. */
  readonly waveform: Float32Array;
  /** Sorted, ms. */
  readonly spikeTimes: Float64Array;
  /** (bins,) spikes per second; NaN marks a missing bin. */
  readonly peth?: Float64Array;
}

/** A recording whose units are made one at a time, each from nothing but the options and its index. */
export interface RecordingPlan {
  readonly probe: Probe;
  readonly samples: number;
  /** Number of units; they are ordered by session, then by neuron. */
  readonly units: number;
  readonly sessionCount: number;
  /** (units,) session number of each unit, 1..N. */
  readonly sessions: Int32Array;
  /** (units,) neuron of each unit, 0-based; a neuron is found at most once in a session. */
  readonly neuronId: Int32Array;
  readonly trueMotion: Motion;
  /** Bins of the PETH; 0 for a recording without one. */
  readonly pethBins: number;
  /** @throws RangeError when there is no such unit; so do the others */
  simulateUnit(unit: number): SimulatedUnit;
  /** Its waveform alone. */
  simulateUnitWaveform(unit: number): Float32Array;
  /**
   * (2, channels, samples) its waveform over either half of its spikes. Their noise is independent, and larger by √2 than that of the
   * whole, which is their mean.
   */
  simulateUnitHalves(unit: number): Float32Array;
  /** Its spike train alone. */
  simulateUnitSpikes(unit: number): Float64Array;
  /** Its PETH alone; undefined in a recording without one. */
  simulateUnitPeth(unit: number): Float64Array | undefined;
}

/** A recording in memory; its spike trains are made when they are asked for. */
export interface SimulatedRecording extends RecordingPlan {
  readonly dataset: Dataset;
}

/**
 * Simulates a chronic recording: a probe moves between sessions along neurons that keep their identity while their
 * place, waveform and firing wander.
 *
 * Same options, same recording. Holds 4 · units · channels · samples bytes of waveforms; `planRecording` holds none.
 * @throws RangeError for an option out of range, or a session without any unit
 */
export function simulateRecording(options: SimulationOptions = {}): SimulatedRecording {
  const plan = planRecording(options);
  const { units, probe, samples, sessions, sessionCount, pethBins } = plan;
  const waveforms = new Float32Array(units * probe.channels * samples);
  const peth = new Float64Array(units * pethBins);
  for (let unit = 0; unit < units; unit++) {
    waveforms.set(plan.simulateUnitWaveform(unit), unit * probe.channels * samples);
    peth.set(plan.simulateUnitPeth(unit) ?? [], unit * pethBins);
  }
  const dataset: Dataset = {
    units,
    sessionCount,
    sessions,
    waveforms: { data: waveforms, units, channels: probe.channels, samples },
    probe,
    spikeTimes: async (unit) => plan.simulateUnitSpikes(unit),
    ...(pethBins > 0 && { peth: { data: peth, bins: pethBins } }),
  };
  return { ...plan, dataset };
}

/**
 * The recording of `simulateRecording`, with its units yet to be made: for recordings larger than memory.
 * @throws RangeError for an option out of range, or a session without any unit
 */
export function planRecording(options: SimulationOptions = {}): RecordingPlan {
  const simulation = resolveSimulation(options);
  const { probe, samples, seed, noise, sampleRateHz } = simulation;
  const trueMotion = simulation.motion ?? drawMotion(simulation);
  const neurons = Array.from({ length: simulation.neurons }, (_, n) => drawNeuron(simulation, n));
  const { sessions, neuronId } = findNeurons(simulation, neurons, trueMotion);
  const layout = simulation.peth;
  const missingEvents =
    layout &&
    drawMissingEvents(
      simulation.sessions,
      layout.events,
      layout.missing,
      derivedRandom(seed, STREAM.missingBins),
    );
  // Rise and main phase take the first third of the samples, as in the templates of spike sorters.
  const troughSample = Math.floor(samples / 3);

  const identify = (unit: number) => {
    if (!(Number.isInteger(unit) && unit >= 0 && unit < neuronId.length)) {
      throw new RangeError(`simulateUnit: got unit ${unit}, expected 0 to ${neuronId.length - 1}`);
    }
    const [index, session] = [neuronId[unit], sessions[unit]];
    return { index, session, neuron: neurons[index], change: drawChanges(simulation, index)[session - 1] };
  };

  const sourceOf = (unit: number) => {
    const { session, neuron, change } = identify(unit);
    return sourceInSession(neuron, change, trueMotion, session);
  };

  const noiseOf = (unit: number) => {
    const { neuron, change } = identify(unit);
    const spikes = expectedSpikes(simulation, neuron.firing.rateHz * change.rate);
    return noise.spikeUv / Math.sqrt(Math.max(1, Math.min(spikes, noise.averagedSpikes)));
  };

  const simulateUnitWaveform = (unit: number) => {
    const { index, session } = identify(unit);
    const noiseUv = noiseOf(unit);
    const random = derivedRandom(seed, STREAM.waveformNoise, index, session);
    return simulateWaveform(sourceOf(unit), probe, { samples, sampleRateHz, troughSample, noiseUv }, random);
  };

  const simulateUnitHalves = (unit: number) => {
    const { index, session } = identify(unit);
    const whole = simulateUnitWaveform(unit);
    const random = derivedRandom(seed, STREAM.halves, index, session);
    // Noise n of the whole and as much again, d, of its own: n + d and n - d are independent.
    const difference = simulateNoise(probe.channels, samples, noiseOf(unit), random);
    const halves = new Float32Array(2 * whole.length);
    whole.forEach((value, i) => {
      halves[i] = value + difference[i];
      halves[whole.length + i] = value - difference[i];
    });
    return halves;
  };

  const simulateUnitSpikes = (unit: number) => {
    const { index, session, neuron, change } = identify(unit);
    const random = derivedRandom(seed, STREAM.spikeTrain, index, session);
    return simulateSpikeTrain(firingInSession(neuron, change), trainLength(simulation), random);
  };

  const simulateUnitPeth = (unit: number) => {
    const { index, session, neuron, change } = identify(unit);
    if (!layout || !neuron.peth) return undefined;
    const random = derivedRandom(seed, STREAM.peth, index, session);
    const missingEvent = missingEvents?.[session - 1];
    return simulatePeth(neuron.peth, layout, { gain: change.response, missingEvent }, random);
  };

  return {
    probe,
    samples,
    units: neuronId.length,
    sessionCount: simulation.sessions,
    sessions,
    neuronId,
    trueMotion,
    pethBins: layout ? layout.events * layout.binsPerEvent : 0,
    simulateUnit(unit) {
      const { x, y, z } = sourceOf(unit);
      return {
        neuron: neuronId[unit],
        session: sessions[unit],
        location: [x, y, z],
        waveform: simulateUnitWaveform(unit),
        spikeTimes: simulateUnitSpikes(unit),
        peth: simulateUnitPeth(unit),
      };
    },
    simulateUnitWaveform,
    simulateUnitHalves,
    simulateUnitSpikes,
    simulateUnitPeth,
  };
}

function drawMotion({ probe, sessions, drift, seed }: ResolvedSimulation): Motion {
  const depths = probe.locations.filter((_, i) => i % 2 === 1);
  const centre = (depths.reduce((a, b) => Math.min(a, b)) + depths.reduce((a, b) => Math.max(a, b))) / 2;
  return simulateMotion(sessions, centre, drift, derivedRandom(seed, STREAM.motion));
}

function trainLength({ firing }: ResolvedSimulation): TrainLength {
  return firing.spikes === undefined ? { durationMs: firing.durationMs } : { spikes: firing.spikes };
}

function expectedSpikes({ firing }: ResolvedSimulation, rateHz: number): number {
  return firing.spikes ?? rateHz * firing.durationMs * 1e-3;
}

/** Which neurons are found in which sessions: those within reach, by chance. */
function findNeurons(
  simulation: ResolvedSimulation,
  neurons: readonly Neuron[],
  motion: Motion,
): { sessions: Int32Array; neuronId: Int32Array } {
  const within: { neuron: number; session: number; draw: number }[] = [];
  const extents = new Map(
    [...new Set(simulation.probe.shanks)].map((s) => [s, shankExtent(simulation.probe, s)]),
  );
  for (let session = 1; session <= simulation.sessions; session++) {
    for (const [neuron, { shank, source }] of neurons.entries()) {
      const y = apparentDepth(source.y, motion, session);
      const { bottom, top } = extents.get(shank)!;
      if (y < bottom - REACH_UM || y > top + REACH_UM) continue;
      const draw = derivedRandom(simulation.seed, STREAM.presence, neuron, session).uniform();
      within.push({ neuron, session, draw });
    }
  }
  const limit = simulation.units === undefined ? simulation.presence : drawOfRank(within, simulation.units);
  const found = within.filter(({ draw }) => draw < limit);
  for (let session = 1; session <= simulation.sessions; session++) {
    if (found.some((f) => f.session === session)) continue;
    const { units, neurons, presence } = simulation;
    const options =
      units === undefined
        ? `with options "neurons" (${neurons}) and "presence" (${presence})`
        : `with option "units" (${units})`;
    throw new RangeError(
      `simulateRecording: got no unit in session ${session}, expected at least one in each: too few ${options}`,
    );
  }
  return {
    sessions: Int32Array.from(found, (f) => f.session),
    neuronId: Int32Array.from(found, (f) => f.neuron),
  };
}

/** The limit under which exactly `count` draws lie. */
function drawOfRank(draws: readonly { readonly draw: number }[], count: number): number {
  if (draws.length < count) {
    throw new RangeError(
      `simulateRecording: got ${count} for option "units", expected at most ${draws.length} with these neurons and sessions`,
    );
  }
  const sorted = Float64Array.from(draws, ({ draw }) => draw).sort();
  return sorted[count] ?? 1;
}
