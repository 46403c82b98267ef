/** Spike trains of single neurons: refractory, bursty, rhythmic, waxing and waning. */
import type { Random } from '../random.ts';
import { gammaOfMeanOne, logNormal, logUniform, uniformBetween } from './distributions.ts';
import type { SpikeType } from './spike-shapes.ts';

/** How a neuron fires. All of it shows in its autocorrelogram. */
export interface FiringModel {
  /** Mean rate, spikes per second. */
  readonly rateHz: number;
  /** No two spikes are nearer than this, ms. */
  readonly refractoryMs: number;
  /** Mean of the exponential recovery after the refractory period, ms. */
  readonly recoveryMs: number;
  /** Shape of the gamma distribution of the intervals: below 1 irregular, 1 Poisson, above 1 regular. */
  readonly regularity: number;
  /** Probability that a spike is followed by another one in a burst, below 1. */
  readonly burstProbability: number;
  /** Mean time that spikes of a burst are apart beyond the refractory period, ms. */
  readonly burstIntervalMs: number;
  /** Frequency of the rhythm, Hz. */
  readonly rhythmHz: number;
  /** Depth of its modulation of the rate, 0 to 1. */
  readonly rhythmDepth: number;
  /** Standard deviation of the logarithm of the rate as it slowly changes; 0 for none. */
  readonly fluctuation: number;
  /** Mean time between slow changes, ms; the rhythm changes its frequency with them. */
  readonly fluctuationMs: number;
}

/** Where a train ends: after a time, or after a number of spikes. */
export type TrainLength = { readonly durationMs: number } | { readonly spikes: number };

/** Relative spread of the rhythm's frequency over time: peaks of the autocorrelogram fade with lag. */
const RHYTHM_JITTER = 0.08;

/** Draws how a neuron fires; rates are log-normal, faster by 2.5 in fast-spiking cells (Buzsáki & Mizuseki 2014). */
export function drawFiringModel(
  type: SpikeType,
  random: Random,
  rate: { readonly medianHz: number; readonly logSd: number },
): FiringModel {
  const fast = type === 'fast';
  const bursts = !fast && random.uniform() < 0.5;
  const rhythmic = random.uniform() < 0.4;
  const drawnRate = logNormal(random, rate.medianHz * (fast ? 2.5 : 1), rate.logSd);
  return {
    rateHz: Math.min(60, Math.max(0.2, drawnRate)),
    refractoryMs: fast ? uniformBetween(random, 1.2, 1.8) : uniformBetween(random, 1.8, 3.5),
    recoveryMs: fast ? logUniform(random, 1, 5) : logUniform(random, 2, 15),
    regularity: fast ? uniformBetween(random, 1, 1.8) : uniformBetween(random, 0.7, 1.3),
    burstProbability: bursts ? uniformBetween(random, 0.05, 0.35) : uniformBetween(random, 0, 0.05),
    burstIntervalMs: logUniform(random, 3, 15),
    rhythmHz: uniformBetween(random, 5, 10),
    rhythmDepth: rhythmic ? uniformBetween(random, 0.2, 0.7) : 0,
    fluctuation: fast ? uniformBetween(random, 0.2, 0.5) : uniformBetween(random, 0.4, 1),
    fluctuationMs: logUniform(random, 80, 500),
  };
}

/**
 * A spike train: a renewal process with dead time, whose gamma intervals pass faster while the rate is up, thinned by
 * the rhythm; every spike may start a burst.
 *
 * @returns sorted spike times, ms, from 0 on
 */
export function simulateSpikeTrain(model: FiringModel, length: TrainLength, random: Random): Float64Array {
  const { refractoryMs, recoveryMs, regularity, burstProbability, burstIntervalMs, rhythmDepth } = model;
  const durationMs = 'durationMs' in length ? length.durationMs : Number.POSITIVE_INFINITY;
  const spikes = 'spikes' in length ? length.spikes : Number.POSITIVE_INFINITY;
  const intensity = drivenRate(model) * (1 + rhythmDepth);
  // The median of a log-normal distribution with mean 1.
  const medianGain = Math.exp(-0.5 * model.fluctuation ** 2);
  let times = new Float64Array(
    Number.isFinite(spikes) ? spikes : Math.ceil(1.2 * model.rateHz * durationMs * 1e-3) + 64,
  );
  let count = 0;
  let now = 0;

  let gain = 1;
  let gainUntil = 0;
  let phase = 2 * Math.PI * random.uniform();
  let radiansPerMs = 0;
  let phaseTime = 0;
  const changeGain = () => {
    const begin = gainUntil;
    gain = logNormal(random, medianGain, model.fluctuation);
    gainUntil += model.fluctuationMs * random.exponential();
    if (rhythmDepth > 0) {
      phase += radiansPerMs * (begin - phaseTime);
      phaseTime = begin;
      radiansPerMs = (2 * Math.PI * model.rhythmHz * (1 + RHYTHM_JITTER * random.normal())) / 1000;
    }
  };
  changeGain();

  while (count < spikes) {
    let interval = gammaOfMeanOne(random, regularity);
    for (;;) {
      while (now >= gainUntil) changeGain();
      const passed = (gainUntil - now) * intensity * gain;
      if (interval < passed) break;
      interval -= passed;
      now = gainUntil;
      if (now >= durationMs) return times.slice(0, count);
    }
    now += interval / (intensity * gain);
    if (rhythmDepth > 0) {
      const up = 1 + rhythmDepth * Math.cos(phase + radiansPerMs * (now - phaseTime));
      if (random.uniform() * (1 + rhythmDepth) >= up) continue;
    }
    for (;;) {
      if (now >= durationMs) return times.slice(0, count);
      if (count === times.length) times = grown(times);
      times[count++] = now;
      now += refractoryMs;
      if (count === spikes) return times;
      if (random.uniform() >= burstProbability) break;
      now += burstIntervalMs * random.exponential();
    }
    now += recoveryMs * random.exponential();
  }
  return times;
}

/**
 * Rate of the gamma intervals, per ms, that gives the wanted mean rate after the time lost to refractoriness, recovery
 * and bursts. A rate out of reach becomes the highest the neuron can fire at with intervals of 1 ms.
 */
function drivenRate(model: FiringModel): number {
  const burstSize = 1 / (1 - model.burstProbability);
  const cycleMs = (burstSize * 1000) / model.rateHz;
  const lostMs =
    model.refractoryMs + model.recoveryMs + (burstSize - 1) * (model.refractoryMs + model.burstIntervalMs);
  return 1 / Math.max(1, cycleMs - lostMs);
}

function grown(times: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(2 * times.length);
  longer.set(times);
  return longer;
}
