import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHighPass } from './high-pass.ts';
import { resample } from './resample.ts';

const sine = (hz: number, rate: number, n: number) =>
  Float64Array.from({ length: n }, (_, t) => Math.sin((2 * Math.PI * hz * t) / rate));
const amplitude = (signal: Float64Array) => signal.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

describe('the high-pass filter', () => {
  const highPass = createHighPass(300, 30_000);

  it('removes a constant and slow waves and passes spikes', () => {
    expect(highPass.margin).toBe(90);
    expect(amplitude(highPass.filter(new Float64Array(400).fill(1e4)))).toBeLessThan(1e-8);
    expect(amplitude(highPass.filter(sine(5, 30_000, 12_000)))).toBeLessThan(0.05);
    expect(amplitude(highPass.filter(sine(1500, 30_000, 1000)))).toBeCloseTo(1, 2);
    expect(amplitude(highPass.filter(sine(300, 30_000, 1000)))).toBeCloseTo(0.5, 1);
  });

  it('keeps the time of a spike and is symmetric around it', () => {
    const impulse = new Float64Array(241);
    impulse[120] = 1;
    const filtered = highPass.filter(impulse);
    expect(filtered.length).toBe(61);
    expect(filtered.indexOf(amplitude(filtered))).toBe(30);
    for (let k = 1; k <= 30; k++) expect(filtered[30 - k]).toBeCloseTo(filtered[30 + k], 12);
  });

  it.each([0.1, 0.134, 0.167, 0.2])(
    'filters channels side by side as each alone, by its impulse response (%s ms)',
    (marginMs) => {
      const { margin, filter } = createHighPass(1000, 30_000, marginMs);
      const [samples, channels] = [3 * margin + 5, 3];
      const values = Float64Array.from({ length: samples * channels }, (_, i) => Math.sin(i * i));
      const impulse = new Float64Array(4 * margin + 1);
      impulse[2 * margin] = 1;
      const response = filter(impulse);
      const together = filter(values, channels);
      expect(together.length).toBe((samples - 2 * margin) * channels);
      for (let c = 0; c < channels; c++) {
        const alone = filter(values.filter((_, i) => i % channels === c));
        alone.forEach((value, t) => {
          expect(together[t * channels + c]).toBe(value);
          const expected = response.reduce(
            (sum, factor, k) => sum + factor * values[(t + k) * channels + c],
            0,
          );
          expect(value).toBeCloseTo(expected, 12);
        });
      }
    },
  );

  it('refuses a cutoff beyond half the sampling rate', () => {
    expect(() => createHighPass(20_000, 30_000)).toThrow(RangeError);
  });
});

describe('resampling', () => {
  it('gives the samples themselves at whole positions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e3, max: 1e3 }), { minLength: 20, maxLength: 40 }),
        fc.nat({ max: 9 }),
        (signal, start) => {
          expect([...resample(signal, start, 1, 10)]).toEqual(signal.slice(start, start + 10));
        },
      ),
    );
  });

  it('reads a wave between its samples, and at another rate', () => {
    const signal = sine(2000, 30_000, 200);
    const finer = resample(signal, 60, 0.8, 60);
    finer.forEach((value, k) => {
      expect(value).toBeCloseTo(Math.sin((2 * Math.PI * 2000 * (60 + 0.8 * k)) / 30_000), 3);
    });
  });

  it('takes away what a lower rate cannot hold', () => {
    const fast = resample(sine(13_000, 30_000, 400), 100, 3, 60);
    expect(amplitude(fast)).toBeLessThan(0.02);
    const constant = resample(new Float64Array(50).fill(3), 10.3, 1.7, 20);
    for (const value of constant) expect(value).toBeCloseTo(3, 10);
  });
});
