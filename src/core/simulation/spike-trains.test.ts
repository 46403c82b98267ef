import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { SPIKE_TYPES } from './spike-shapes.ts';
import { drawFiringModel, type FiringModel, simulateSpikeTrain } from './spike-trains.ts';

const plain: FiringModel = {
  rateHz: 5,
  refractoryMs: 2,
  recoveryMs: 5,
  regularity: 1,
  burstProbability: 0,
  burstIntervalMs: 4,
  rhythmHz: 8,
  rhythmDepth: 0,
  fluctuation: 0,
  fluctuationMs: 200,
};
const train = (changes: Partial<FiringModel>, durationMs = 2e6, seed = 1) =>
  simulateSpikeTrain({ ...plain, ...changes }, { durationMs }, createRandom(seed));
const intervals = (times: Float64Array) => Array.from(times.slice(1), (t, i) => t - times[i]);
/** Counts of lags up to 300 ms in bins of 10 ms. */
function correlogram(times: Float64Array): number[] {
  const bins = new Array<number>(30).fill(0);
  for (let i = 0; i < times.length; i++) {
    for (let j = i + 1; j < times.length && times[j] - times[i] < 300; j++) {
      bins[Math.floor((times[j] - times[i]) / 10)]++;
    }
  }
  return bins;
}

describe('simulateSpikeTrain', () => {
  it('is sorted, in range and never violates the refractory period, however the neuron fires', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(...SPIKE_TYPES), (seed, type) => {
        const random = createRandom(seed);
        const model = drawFiringModel(type, random, { medianHz: 6, logSd: 1 });
        const times = simulateSpikeTrain(model, { durationMs: 60_000 }, random);
        expect(times.every((t) => t >= 0 && t < 60_000)).toBe(true);
        expect(intervals(times).every((d) => d >= model.refractoryMs - 1e-9)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['Poisson', {}],
    ['regular', { regularity: 2.5 }],
    ['irregular', { regularity: 0.7 }],
    ['bursting', { burstProbability: 0.4 }],
    ['rhythmic', { rhythmDepth: 0.8 }],
    ['fast', { rateHz: 20, recoveryMs: 2 }],
    ['fluctuating', { fluctuation: 0.6 }],
  ] as const)('fires at its rate when it is %s', (_name, changes) => {
    const rateHz = train(changes).length / 2e3;
    const wanted = { ...plain, ...changes }.rateHz;
    expect(rateHz).toBeGreaterThan(0.93 * wanted);
    expect(rateHz).toBeLessThan(1.07 * wanted);
  });

  it('has as many spikes as asked for', () => {
    for (const spikes of [0, 1, 2, 8000]) {
      const times = simulateSpikeTrain({ ...plain, burstProbability: 0.3 }, { spikes }, createRandom(1));
      expect(times).toHaveLength(spikes);
    }
    const times = simulateSpikeTrain(plain, { spikes: 8000 }, createRandom(1));
    expect(8000 / (times[7999] / 1000)).toBeCloseTo(5, 0);
  });

  it('holds every spike of a rate that rises far above the expected', () => {
    const times = train({ rateHz: 30, recoveryMs: 1, fluctuation: 2, fluctuationMs: 1e5 }, 1e6, 5);
    expect(intervals(times).every((d) => d >= 2 - 1e-9)).toBe(true);
  });

  it('spaces regular spikes more evenly than irregular ones', () => {
    const variation = (regularity: number) => {
      const d = intervals(train({ regularity }));
      const mean = d.reduce((a, b) => a + b) / d.length;
      return Math.sqrt(d.reduce((a, b) => a + (b - mean) ** 2, 0) / d.length) / mean;
    };
    expect(variation(3)).toBeLessThan(0.65);
    expect(variation(0.7)).toBeGreaterThan(1.05);
  });

  it('bursts: short intervals abound', () => {
    const share = (burstProbability: number) => {
      const d = intervals(train({ burstProbability, recoveryMs: 10 }));
      return d.filter((x) => x < 15).length / d.length;
    };
    expect(share(0.4)).toBeGreaterThan(share(0) + 0.3);
  });

  it('shows its rhythm in the correlogram', () => {
    const bins = correlogram(train({ rhythmDepth: 0.8 }, 4e6));
    // 8 Hz: a peak at 125 ms between troughs at 62 and 187 ms.
    expect(bins[12]).toBeGreaterThan(1.25 * bins[6]);
    expect(bins[12]).toBeGreaterThan(1.25 * bins[18]);
  });

  it('lets the correlogram fall with lag when the rate fluctuates', () => {
    const still = correlogram(train({}, 4e6));
    const waxing = correlogram(train({ fluctuation: 0.8, fluctuationMs: 150 }, 4e6));
    expect(waxing[3] / waxing[29]).toBeGreaterThan(1.3 * (still[3] / still[29]));
  });

  it('is the same for the same seed', () => {
    expect(train({ rhythmDepth: 0.5 }, 1e5, 3)).toEqual(train({ rhythmDepth: 0.5 }, 1e5, 3));
    expect(train({}, 1e5, 3)).not.toEqual(train({}, 1e5, 4));
  });
});

describe('drawFiringModel', () => {
  it('draws log-normal rates around the median, higher in fast-spiking cells', () => {
    const random = createRandom(9);
    const rates = (type: 'regular' | 'fast') =>
      Array.from({ length: 2001 }, () =>
        Math.log(drawFiringModel(type, random, { medianHz: 4, logSd: 0.7 }).rateHz),
      ).sort((a, b) => a - b);
    const regular = rates('regular');
    expect(Math.exp(regular[1000])).toBeGreaterThan(3.6);
    expect(Math.exp(regular[1000])).toBeLessThan(4.4);
    expect(regular[1682] - regular[1000]).toBeCloseTo(0.7, 0);
    expect(Math.exp(rates('fast')[1000])).toBeGreaterThan(8.5);
  });
});
