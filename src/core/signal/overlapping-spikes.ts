/** Spikes of other units that fall into the snippets over which a mean waveform was taken. */

/** Spikes of all units of a session. */
export interface SessionSpikes {
  /** (spikes,) samples, ascending. */
  readonly times: Float64Array;
  /** (spikes,) unit of each. */
  readonly units: Int32Array;
  /** (spikes,) 1 where the spike is one of those that the mean of its unit was taken over. */
  readonly averaged: Uint8Array;
  /** Length of the recording, samples. */
  readonly duration: number;
}

/** Channels on which a unit has less than this part of its largest peak-to-trough are left out. */
const SMALLEST_PART = 0.05;
/** Two spikes that are closer may be one that was counted twice, ms. */
const ONE_SPIKE_MS = 0.5;
/** Two units of which a larger part of the spikes is as close … */
const MOST_TOGETHER = 0.05;
/** … and that many times more than chance brings together, are taken for one that was counted twice. */
const MOST_ABOVE_CHANCE = 3;

/**
 * Takes out of each mean waveform the mean waveforms of all units at the times of their spikes relative to those that were averaged. The mean of
 * n snippets is w + (1/n) Σ w', over every other spike in them; here w' are the means as they were measured, so what is left is of second order.
 * A unit that may have the spikes of another one (`MOST_TOGETHER`) is not subtracted from it, nor a unit's own spikes within its refractory time.
 *
 * @param waveforms (units, channels, samples)
 * @returns as `waveforms`
 */
export function subtractOverlaps(
  waveforms: Float32Array,
  shape: { readonly units: number; readonly channels: number; readonly samples: number },
  spikes: SessionSpikes,
  sampleRateHz: number,
): Float32Array {
  const { units, channels, samples } = shape;
  const close = Math.floor((ONE_SPIKE_MS * sampleRateHz) / 1000);
  const together = countTogether(spikes, units, close);
  const large = Array.from({ length: units }, (_, unit) => largeChannels(waveforms, unit, channels, samples));
  const averaged = new Float64Array(units);
  for (const [s, unit] of spikes.units.entries()) averaged[unit] += spikes.averaged[s];
  const size = channels * samples;
  const result = waveforms.slice();
  forNeighbours(spikes, samples - 1, (unit, other, lag) => {
    if (unit === other ? Math.abs(lag) <= close : together(unit, other)) return;
    const factor = 1 / averaged[unit];
    const from = Math.max(0, lag);
    const to = Math.min(samples, samples + lag);
    for (const c of large[other]) {
      const target = unit * size + c * samples;
      const source = other * size + c * samples - lag;
      for (let t = from; t < to; t++) result[target + t] -= factor * waveforms[source + t];
    }
  });
  return result;
}

/** Calls with the unit of every averaged spike, the unit of another spike at most `reach` samples from it, and how much later that one is. */
function forNeighbours(
  { times, units, averaged }: SessionSpikes,
  reach: number,
  visit: (unit: number, other: number, lag: number) => void,
): void {
  let first = 0;
  for (let s = 0; s < times.length; s++) {
    while (times[first] < times[s] - reach) first++;
    if (!averaged[s]) continue;
    for (let o = first; o < times.length && times[o] <= times[s] + reach; o++) {
      if (o !== s) visit(units[s], units[o], times[o] - times[s]);
    }
  }
}

/** Whether two units fire together so often that some of their spikes may be the same. */
function countTogether(spikes: SessionSpikes, units: number, reach: number) {
  const counts = new Int32Array(units * units);
  forNeighbours(spikes, reach, (unit, other) => {
    counts[unit * units + other]++;
  });
  const all = new Int32Array(units);
  const averaged = new Int32Array(units);
  for (const [s, unit] of spikes.units.entries()) {
    all[unit]++;
    averaged[unit] += spikes.averaged[s];
  }
  const window = (2 * reach + 1) / spikes.duration;
  return (unit: number, other: number) => {
    const n = averaged[unit];
    const most = Math.max(MOST_TOGETHER * n, MOST_ABOVE_CHANCE * n * all[other] * window);
    return counts[unit * units + other] > most;
  };
}

function largeChannels(waveforms: Float32Array, unit: number, channels: number, samples: number): number[] {
  const heights = Array.from({ length: channels }, (_, c) => {
    const start = (unit * channels + c) * samples;
    let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let t = start; t < start + samples; t++) {
      lowest = Math.min(lowest, waveforms[t]);
      highest = Math.max(highest, waveforms[t]);
    }
    return highest - lowest;
  });
  const least = SMALLEST_PART * heights.reduce((most, height) => Math.max(most, height), 0);
  return heights.flatMap((height, c) => (height >= least ? [c] : []));
}
