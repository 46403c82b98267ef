import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { subtractMedian } from './median-reference.ts';
import { type SessionSpikes, subtractOverlaps } from './overlapping-spikes.ts';

const [CHANNELS, SAMPLES, RATE] = [20, 40, 20_000];

describe('the median reference', () => {
  it('removes what all channels have in common and leaves a spike on a few of them', () => {
    const random = createRandom(1);
    const spike = new Float32Array(2 * CHANNELS * SAMPLES);
    for (const unit of [0, 1]) {
      for (const c of [3, 4, 5]) spike[(unit * CHANNELS + c) * SAMPLES + 13] = -100 * (c - 2);
    }
    const noise = Float32Array.from({ length: 2 * SAMPLES }, () => 20 * random.normal());
    const waveforms = spike.map(
      (value, i) => value + noise[Math.floor(i / (CHANNELS * SAMPLES)) * SAMPLES + (i % SAMPLES)],
    );
    subtractMedian(waveforms, CHANNELS, SAMPLES);
    for (const [i, value] of waveforms.entries()) expect(value).toBeCloseTo(spike[i], 3);
  });

  it('is the mean of the two in the middle of an even number of channels', () => {
    const waveforms = Float32Array.from([1, 2, 4, 100]);
    subtractMedian(waveforms, 4, 1);
    expect([...waveforms]).toEqual([-2, -1, 1, 97]);
  });
});

/** Spikes of Poisson trains; means over up to `most` of each unit, each snippet with all spikes that fall into it. */
function measured(rates: readonly number[], seconds: number, most: number, extra: [number, number][] = []) {
  const random = createRandom(3);
  const duration = seconds * RATE;
  const units = rates.length;
  const list: { time: number; unit: number; averaged: number }[] = [];
  for (const [unit, rate] of rates.entries()) {
    for (let i = 0; i < rate * seconds; i++) {
      const time = SAMPLES + random.integer(duration - 2 * SAMPLES);
      list.push({ time, unit, averaged: i < most ? 1 : 0 });
    }
  }
  for (const [from, to] of extra) {
    for (const { time, averaged } of list.filter(({ unit }) => unit === from))
      list.push({ time, unit: to, averaged });
  }
  list.sort((a, b) => a.time - b.time);
  const spikes: SessionSpikes = {
    times: Float64Array.from(list, ({ time }) => time),
    units: Int32Array.from(list, ({ unit }) => unit),
    averaged: Uint8Array.from(list, ({ averaged }) => averaged),
    duration,
  };
  const truth = new Float32Array(units * CHANNELS * SAMPLES);
  for (let unit = 0; unit < units; unit++) {
    for (let c = 0; c < CHANNELS; c++) {
      for (let t = 0; t < SAMPLES; t++) {
        const height = 100 / (1 + Math.abs(c - 3 * unit));
        truth[(unit * CHANNELS + c) * SAMPLES + t] = -height * Math.exp(-(((t - 13) / 3) ** 2));
      }
    }
  }
  return { spikes, truth, units };
}

/** What averaging snippets gives, without noise. */
function average(
  { spikes, truth, units }: ReturnType<typeof measured>,
  silent: readonly number[] = [],
): Float32Array {
  const size = CHANNELS * SAMPLES;
  const sum = new Float32Array(truth.length);
  const count = new Float64Array(units);
  for (const [s, unit] of spikes.units.entries()) {
    if (!spikes.averaged[s]) continue;
    count[unit]++;
    for (const [o, other] of spikes.units.entries()) {
      const lag = spikes.times[o] - spikes.times[s];
      if (Math.abs(lag) >= SAMPLES || silent.includes(other)) continue;
      for (let c = 0; c < CHANNELS; c++) {
        for (let t = Math.max(0, lag); t < Math.min(SAMPLES, SAMPLES + lag); t++) {
          sum[unit * size + c * SAMPLES + t] += truth[other * size + c * SAMPLES + t - lag];
        }
      }
    }
  }
  return sum.map((value, i) => value / count[Math.floor(i / size)]);
}

const error = (a: Float32Array, b: Float32Array) =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);

describe('overlapping spikes', () => {
  it('are taken out of the means, to within what is of second order', () => {
    const recording = measured([16, 24, 40, 10], 10, 60);
    const seen = average(recording);
    const shape = { units: recording.units, channels: CHANNELS, samples: SAMPLES };
    const cleared = subtractOverlaps(seen, shape, recording.spikes, RATE);
    expect(error(seen, recording.truth)).toBeGreaterThan(0.3);
    expect(error(cleared, recording.truth)).toBeLessThan(0.4 * error(seen, recording.truth));
  });

  it('leave the means of a unit whose spikes were counted twice as they are', () => {
    // The spikes of unit 0 stand again under unit 3, which is no neuron of its own.
    const recording = measured([10, 10, 10], 10, 60, [[0, 3]]);
    const truth = new Float32Array(4 * CHANNELS * SAMPLES);
    truth.set(recording.truth);
    truth.set(recording.truth.subarray(0, CHANNELS * SAMPLES), 3 * CHANNELS * SAMPLES);
    const seen = average({ spikes: recording.spikes, truth, units: 4 }, [3]);
    const cleared = subtractOverlaps(
      seen,
      { units: 4, channels: CHANNELS, samples: SAMPLES },
      recording.spikes,
      RATE,
    );
    expect(error(cleared, truth)).toBeLessThan(error(seen, truth));
  });
});
