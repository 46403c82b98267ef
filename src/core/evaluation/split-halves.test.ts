import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClosableKernels } from '../../workers/create-kernels.ts';
import { createKernels } from '../../workers/node.ts';
import { resolveSettings } from '../settings.ts';
import { type SimulatedRecording, simulateRecording } from '../simulation/simulate.ts';
import { type HalvedSession, halvedFeatures, splitHalves, trackHalves } from './split-halves.ts';

let kernels: ClosableKernels;
beforeAll(async () => {
  kernels = await createKernels({ kernels: 'simd', threads: 1 });
});
afterAll(() => kernels.close());

/** The first session of a recording; the second half of unit i is that of the unit that `partner` names. */
function firstSession(
  recording: SimulatedRecording,
  partner: (i: number, units: number) => number,
): HalvedSession {
  const { sessions, probe, samples } = recording;
  const units = sessions.filter((session) => session === 1).length;
  const size = probe.channels * samples;
  const data = new Float32Array(2 * units * size);
  for (let i = 0; i < units; i++) {
    data.set(recording.simulateUnitHalves(i).subarray(0, size), i * size);
    data.set(recording.simulateUnitHalves(partner(i, units)).subarray(size), (units + i) * size);
  }
  return {
    units,
    probe,
    waveforms: { data, units: 2 * units, channels: probe.channels, samples },
    spikeTimes: async (unit) => recording.simulateUnitSpikes(unit),
  };
}

const learned = { features: ['Waveform', 'PETH'] as const, weights: [0.6, 0.4], threshold: 1.8 };

describe('trackHalves', () => {
  const { settings } = resolveSettings({ preset: 'recommended' }, { hasPeth: true, fromFile: false });
  const options = { sessions: 1, neuronsPerSession: 60, presence: 1, seed: 3 };

  it('finds units whose halves are alike', async () => {
    const recording = simulateRecording(options);
    const count = await trackHalves(
      firstSession(recording, (i) => i),
      learned,
      settings,
      { kernels },
    );
    expect(count.units).toBe(recording.units);
    expect(count.found).toBeGreaterThan(0.9 * count.units);
    expect(count.wrong).toBeLessThan(0.05 * count.units);
    expect(count.joinedAlone).toBeLessThan(0.05 * count.units);
    expect(count.alike.sum).toBeGreaterThan(0);
  });

  it('loses units in noise', async () => {
    const noisy = simulateRecording({ ...options, noise: { spikeUv: 150, averagedSpikes: 100 } });
    const count = await trackHalves(
      firstSession(noisy, (i) => i),
      learned,
      settings,
      { kernels },
    );
    expect(count.found).toBeLessThan(0.7 * count.units);
  });

  it('counts halves that are joined with those of another unit as wrong', async () => {
    const recording = simulateRecording(options);
    const swapped = firstSession(recording, (i, units) => (i + 1) % units);
    const count = await trackHalves(swapped, learned, settings, { kernels });
    expect(count.found).toBeLessThan(0.05 * count.units);
    expect(count.wrong).toBeGreaterThan(0.9 * count.units);
    // Without its own second half, a unit still finds that of its neighbour, which is what it looks like.
    expect(count.joinedAlone).toBeGreaterThan(0.9 * count.units);
  });
});

describe('splitHalves', () => {
  it('sums up sessions, and leaves out what has no halves', () => {
    const rates = splitHalves(
      [
        { units: 10, found: 9, wrong: 0, joinedAlone: 2, alike: { sum: 10, squares: 20 } },
        { units: 30, found: 27, wrong: 4, joinedAlone: 0, alike: { sum: 30, squares: 60 } },
      ],
      learned.features,
      true,
    );
    expect(rates).toMatchObject({ units: 40, found: 36, wrong: 4, features: ['Waveform'] });
    expect(rates.notFound.estimate).toBeCloseTo(0.1, 12);
    expect(rates.wronglyJoined.estimate).toBeCloseTo(0.1, 12);
    expect(rates.joinedWithout.estimate).toBeCloseTo(0.05, 12);
    expect(rates.alike).toEqual({ mean: 1, deviation: 1 });
    expect(halvedFeatures(['PETH'])).toEqual([]);
  });
});

describe('simulateUnitHalves', () => {
  it('has independent noise around the waveform of the whole', () => {
    const recording = simulateRecording({ ...options(), noise: { spikeUv: 200, averagedSpikes: 100 } });
    const clean = simulateRecording({ ...options(), noise: { spikeUv: 0, averagedSpikes: 100 } });
    let [ab, aa, bb, wholes] = [0, 0, 0, 0];
    for (let unit = 0; unit < 10; unit++) {
      const halves = recording.simulateUnitHalves(unit);
      const whole = recording.simulateUnitWaveform(unit);
      const truth = clean.simulateUnitWaveform(unit);
      truth.forEach((value, i) => {
        const [a, b] = [halves[i] - value, halves[truth.length + i] - value];
        ab += a * b;
        aa += a * a;
        bb += b * b;
        wholes += (whole[i] - value) ** 2;
        expect((halves[i] + halves[truth.length + i]) / 2).toBeCloseTo(whole[i], 2);
      });
    }
    expect(Math.abs(ab) / Math.sqrt(aa * bb)).toBeLessThan(0.03);
    // The cross terms cancel in the mean of both.
    expect((aa + bb) / 2 / wholes).toBeCloseTo(2, 1);
  });
});

const options = () => ({ sessions: 1, neuronsPerSession: 20, seed: 4 });
