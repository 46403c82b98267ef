/** Peri-event time histograms: how the rate of a neuron follows the events of a task. */
import type { Random } from '../random.ts';
import { logUniform, uniformBetween } from './distributions.ts';

/** Bins of a PETH: the same number for every kind of event, one event after the other. */
export interface PethLayout {
  /** Kinds of events. */
  readonly events: number;
  readonly binsPerEvent: number;
  readonly binMs: number;
  /** Trials that each bin is averaged over. */
  readonly trials: number;
}

/** A change of rate around one event. */
export interface PethResponse {
  readonly event: number;
  /** Time of the extreme, as a part of the event's window, 0 to 1. */
  readonly position: number;
  /** Standard deviation in time, as a part of the window. */
  readonly width: number;
  /** Change of the rate relative to the baseline, at least -1. */
  readonly gain: number;
}

export interface PethModel {
  /** Rate away from all responses, spikes per second. */
  readonly baselineHz: number;
  readonly responses: readonly PethResponse[];
}

/** Draws how a neuron responds: to every kind of event with probability 0.7, one time in three by firing less. */
export function drawPethModel(baselineHz: number, events: number, random: Random): PethModel {
  const responses: PethResponse[] = [];
  for (let event = 0; event < events; event++) {
    if (random.uniform() >= 0.7) continue;
    const inhibited = random.uniform() < 1 / 3;
    responses.push({
      event,
      position: uniformBetween(random, 0.2, 0.9),
      width: logUniform(random, 0.04, 0.2),
      gain: inhibited ? uniformBetween(random, -0.9, -0.3) : logUniform(random, 0.4, 4),
    });
  }
  return { baselineHz, responses };
}

/**
 * The PETH of one session, with the noise of counting spikes over its trials.
 *
 * @param gain factor on all responses in this session
 * @param missingEvent event that the session lacks: its bins are NaN
 * @returns (events · binsPerEvent,) spikes per second, at least 0
 */
export function simulatePeth(
  model: PethModel,
  layout: PethLayout,
  session: { readonly gain: number; readonly missingEvent?: number },
  random: Random,
): Float64Array {
  const { events, binsPerEvent } = layout;
  const peth = new Float64Array(events * binsPerEvent);
  const seconds = layout.trials * layout.binMs * 1e-3;
  for (let event = 0; event < events; event++) {
    for (let bin = 0; bin < binsPerEvent; bin++) {
      const index = event * binsPerEvent + bin;
      const noise = random.normal();
      const rate = rateAt(model, event, (bin + 0.5) / binsPerEvent, session.gain);
      // A count over many trials is near to normal, its variance equal to its mean.
      peth[index] =
        event === session.missingEvent ? Number.NaN : positive(rate + noise * Math.sqrt(rate / seconds));
    }
  }
  return peth;
}

function rateAt(model: PethModel, event: number, position: number, sessionGain: number): number {
  let factor = 1;
  for (const response of model.responses) {
    if (response.event !== event) continue;
    const u = (position - response.position) / response.width;
    factor += response.gain * sessionGain * Math.exp(-0.5 * u * u);
  }
  return positive(model.baselineHz * factor);
}

const positive = (value: number) => Math.max(0, value);

/**
 * The event that each session lacks. The first event is never missing, so that any two units share bins.
 *
 * @param probability probability that a session lacks an event
 * @returns (sessions,) the event, or -1 when the session has all of them
 */
export function drawMissingEvents(
  sessions: number,
  events: number,
  probability: number,
  random: Random,
): Int32Array {
  return Int32Array.from({ length: sessions }, () => {
    const missing = random.uniform() < probability;
    const event = 1 + random.integer(Math.max(1, events - 1));
    return missing && events > 1 ? event : -1;
  });
}
