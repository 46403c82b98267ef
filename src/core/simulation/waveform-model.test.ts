import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { createProbe } from './probes.ts';
import { drawSpikeShape } from './spike-shapes.ts';
import { amplitudeAt, simulateWaveform, type WaveformSource } from './waveform-model.ts';

const probe = createProbe('np2');
const sampling = { samples: 64, sampleRateHz: 30_000, troughSample: 21, noiseUv: 0 };
const source: WaveformSource = {
  x: 0,
  y: 1500,
  z: 20,
  amplitudeUv: 200,
  shape: drawSpikeShape('regular', createRandom(1)),
  decay: 1.5,
  elongationUp: 1.5,
  elongationDown: 1,
  velocityUp: 500,
  velocityDown: 1000,
  wideningPerUm: 0,
  lateGainPerUm: 0,
  shiftMs: 0,
};
const waveformOf = (changes: Partial<WaveformSource> = {}, noiseUv = 0) =>
  simulateWaveform({ ...source, ...changes }, probe, { ...sampling, noiseUv }, createRandom(2));
const channel = (waveform: Float32Array, c: number) => waveform.slice(c * 64, (c + 1) * 64);
const ptt = (trace: Float32Array) => Math.max(...trace) - Math.min(...trace);
/** Channel of the left column at this depth. */
const at = (y: number) => 2 * (y / 15);

describe('simulateWaveform', () => {
  it('has the amplitude at a site beside the soma, and its trough on the given sample', () => {
    const trace = channel(waveformOf(), at(1500));
    expect(ptt(trace)).toBeGreaterThan(195);
    expect(ptt(trace)).toBeLessThan(200.1);
    expect(trace.indexOf(Math.min(...trace))).toBe(21);
  });

  it('falls with distance', () => {
    const waveform = waveformOf();
    for (const direction of [-1, 1]) {
      for (let step = 0; step < 20; step++) {
        const near = ptt(channel(waveform, at(1500 + direction * 15 * step)));
        const far = ptt(channel(waveform, at(1500 + direction * 15 * (step + 1))));
        expect(far).toBeLessThan(near);
      }
    }
  });

  it('reaches farther where the field is drawn out', () => {
    const waveform = waveformOf();
    expect(ptt(channel(waveform, at(1560)))).toBeGreaterThan(1.2 * ptt(channel(waveform, at(1440))));
  });

  it('arrives later away from the soma, by distance over velocity', () => {
    const waveform = waveformOf();
    const trough = (y: number) => {
      const trace = channel(waveform, at(y));
      return trace.indexOf(Math.min(...trace));
    };
    // 150 µm at 500 and at 1000 µm/ms are 9 and 4.5 samples at 30 kHz.
    expect(trough(1650) - trough(1500)).toBe(9);
    expect(trough(1350) - trough(1500)).toBeGreaterThanOrEqual(4);
    expect(trough(1350) - trough(1500)).toBeLessThanOrEqual(5);
  });

  it('moves by one row of channels when the soma moves by the distance of rows', () => {
    const still = waveformOf();
    const moved = waveformOf({ y: 1500 + 45 });
    for (let c = 100; c < 300; c++) expect(channel(moved, c + 6)).toEqual(channel(still, c));
  });

  it('has noise of the given size, correlated between samples, wherever the spike is not', () => {
    const noisy = waveformOf({ amplitudeUv: 0 }, 3);
    let power = 0;
    let lagged = 0;
    for (let i = 0; i < noisy.length; i++) {
      power += noisy[i] ** 2;
      if (i % 64 > 0) lagged += noisy[i] * noisy[i - 1];
    }
    expect(Math.sqrt(power / noisy.length)).toBeCloseTo(3, 1);
    expect(lagged / power).toBeCloseTo((0.5 * 63) / 64, 1);
  });
});

describe('amplitudeAt', () => {
  it('is 1 at the soma and that of a monopole for decay 1', () => {
    expect(amplitudeAt(source, 0, 0)).toBe(1);
    expect(amplitudeAt({ ...source, decay: 1 }, 15, -20)).toBeCloseTo(20 / Math.hypot(15, 20, 20), 12);
  });
});
