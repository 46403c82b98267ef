import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenFunctions } from '../../../test/support/golden-functions.ts';
import { fromNested, ndarray } from '../ndarray.ts';
import { minimizeWithinBounds } from './bounded-least-squares.ts';
import {
  amplitudeAt,
  createLocator,
  findPeakChannel,
  Monopole,
  peakToTrough,
  spikeLocation,
} from './spike-location.ts';

const CHANNELS = 32;
/** Two columns, 32 µm apart, rows every 20 µm. */
const probe = ndarray(
  Float64Array.from({ length: 2 * CHANNELS }, (_, i) => {
    const channel = i >> 1;
    return i % 2 === 0 ? 32 * (channel % 2) : 20 * (channel >> 1);
  }),
  [CHANNELS, 2],
);

/** Waveforms of two samples, 0 and -ptt, of a source of strength alpha; `noise` per channel is relative. */
function monopole(x: number, y: number, z: number, alpha: number, noise: readonly number[] = []) {
  const data = new Float64Array(2 * CHANNELS);
  for (let c = 0; c < CHANNELS; c++) {
    const distance = Math.hypot(x - probe.data[2 * c], y - probe.data[2 * c + 1], z);
    data[2 * c + 1] = (-alpha / distance) * (1 + (noise[c] ?? 0));
  }
  return ndarray(data, [CHANNELS, 2]);
}

const sources = fc.record({
  x: fc.double({ min: -10, max: 42, noNaN: true }),
  y: fc.double({ min: 80, max: 220, noNaN: true }),
  z: fc.double({ min: 5, max: 60, noNaN: true }),
  alpha: fc.double({ min: 100, max: 1e5, noNaN: true }),
});
const noises = fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), {
  minLength: CHANNELS,
  maxLength: CHANNELS,
});

describe('spikeLocation', () => {
  it.each(goldenFunctions.spikeLocation.map((c, i) => [i, c.algorithm, c.n_nearest_channels, c] as const))(
    'agrees with golden location %i, %s on %i channels',
    (_i, _algorithm, _n, c) => {
      const { x, y, z, ptt } = spikeLocation(
        fromNested(c.waveform),
        fromNested(c.channel_locations),
        c.n_nearest_channels,
        c.algorithm,
      );
      const [goldenX, goldenY, goldenZ, goldenPtt] = c.xyz_ptt;
      expect(Math.abs(x - goldenX)).toBeLessThan(0.003);
      expect(Math.abs(y - goldenY)).toBeLessThan(0.003);
      expect(Math.abs(z - goldenZ)).toBeLessThan(0.01);
      expect(Math.abs(ptt / goldenPtt - 1)).toBeLessThan(1e-4);
    },
  );

  it('recovers a point source exactly', () => {
    fc.assert(
      fc.property(sources, ({ x, y, z, alpha }) => {
        const found = spikeLocation(monopole(x, y, z, alpha), probe);
        expect(found.x).toBeCloseTo(x, 6);
        expect(found.y).toBeCloseTo(y, 6);
        expect(found.z).toBeCloseTo(z, 6);
        expect(found.ptt / alpha).toBeCloseTo(1, 8);
      }),
    );
  });

  it('tells the amplitude on every channel', () => {
    fc.assert(
      fc.property(sources, fc.nat(CHANNELS - 1), ({ x, y, z, alpha }, c) => {
        const waveform = monopole(x, y, z, alpha);
        const channel = { x: probe.data[2 * c], y: probe.data[2 * c + 1] };
        const amplitude = amplitudeAt(spikeLocation(waveform, probe), channel, 'monopolar_triangulation');
        expect(amplitude / -waveform.data[2 * c + 1]).toBeCloseTo(1, 6);
        const centre = spikeLocation(waveform, probe, 20, 'center_of_mass');
        expect(amplitudeAt(centre, channel, 'center_of_mass')).toBe(centre.ptt);
      }),
    );
  });

  it('scales only the amplitude when the waveforms are scaled', () => {
    fc.assert(
      fc.property(sources, noises, fc.double({ min: 0.1, max: 50, noNaN: true }), (s, noise, factor) => {
        const waveforms = monopole(s.x, s.y, s.z, s.alpha, noise);
        const one = spikeLocation(waveforms, probe);
        const scaled = ndarray(
          waveforms.data.map((value) => value * factor),
          waveforms.shape,
        );
        const other = spikeLocation(scaled, probe);
        expect(other.x).toBeCloseTo(one.x, 5);
        expect(other.y).toBeCloseTo(one.y, 5);
        expect(other.z).toBeCloseTo(one.z, 5);
        expect(other.ptt / one.ptt / factor).toBeCloseTo(1, 7);
      }),
    );
  });

  it('moves only y when the probe is moved in depth', () => {
    fc.assert(
      fc.property(sources, noises, fc.integer({ min: -4000, max: 4000 }), (s, noise, shift) => {
        const waveforms = monopole(s.x, s.y, s.z, s.alpha, noise);
        const one = spikeLocation(waveforms, probe);
        const moved = ndarray(
          probe.data.map((value, i) => value + (i % 2 === 0 ? 0 : shift)),
          probe.shape,
        );
        const other = spikeLocation(waveforms, moved);
        expect(other.x).toBeCloseTo(one.x, 5);
        expect(other.y - shift).toBeCloseTo(one.y, 5);
        expect(other.z).toBeCloseTo(one.z, 5);
        expect(other.ptt / one.ptt).toBeCloseTo(1, 7);
      }),
    );
  });

  it('ends in a minimum within the bounds: no slope but against a bound', () => {
    fc.assert(
      fc.property(sources, noises, (s, noise) => {
        const { data } = monopole(s.x, s.y, s.z, s.alpha, noise);
        const ptt = Float64Array.from({ length: CHANNELS }, (_, c) => -data[2 * c + 1]);
        const fit = new Monopole(
          Float64Array.from(ptt, (_, c) => probe.data[2 * c]),
          Float64Array.from(ptt, (_, c) => probe.data[2 * c + 1] - s.y),
          ptt,
        );
        const peak = ptt[findPeakChannel(ptt)];
        const lower = [-100, -100, 1, 0];
        const upper = [100, 100, 1000, 1000 * peak];
        const { x, cost, gradient, converged } = minimizeWithinBounds(
          fit,
          Float64Array.of(16, 0, 1, peak),
          Float64Array.from(lower),
          Float64Array.from(upper),
        );
        expect(converged).toBe(true);
        const curvature = new Float64Array(16);
        fit.expand(x, new Float64Array(4), curvature, new Float64Array(16));
        for (let i = 0; i < 4; i++) {
          // |gᵢ| = |Jᵢ|·|r|·cos of the angle between them
          const most = Math.sqrt(curvature[5 * i]) * (1e-6 * Math.sqrt(2 * cost) + 1e-9 * peak);
          if (x[i] === lower[i]) expect(gradient[i]).toBeGreaterThanOrEqual(0);
          else if (x[i] === upper[i]) expect(gradient[i]).toBeLessThanOrEqual(0);
          else expect(Math.abs(gradient[i])).toBeLessThan(most);
        }
      }),
    );
  });

  it('takes all channels when fewer are there than asked for', () => {
    const waveforms = monopole(10, 150, 20, 5000);
    expect(spikeLocation(waveforms, probe, 999)).toEqual(spikeLocation(waveforms, probe, CHANNELS));
  });

  it('places a flat waveform at the mean of the channels, without amplitude', () => {
    const flat = ndarray(new Float64Array(2 * CHANNELS), [CHANNELS, 2]);
    expect(spikeLocation(flat, probe, CHANNELS)).toEqual({ x: 16, y: 150, z: 1, ptt: 0 });
    expect(spikeLocation(flat, probe, CHANNELS, 'center_of_mass')).toEqual({ x: 16, y: 150, z: 0, ptt: 0 });
  });

  it('refuses shapes that disagree, and no channels', () => {
    expect(() => spikeLocation(monopole(0, 100, 10, 1), ndarray(new Float64Array(4), [2, 2]))).toThrow(
      RangeError,
    );
    expect(() => spikeLocation(monopole(0, 100, 10, 1), probe, 0)).toThrow(RangeError);
  });
});

describe('createLocator', () => {
  it('gives the same, unit after unit, as spikeLocation', () => {
    const locate = createLocator(probe.data, CHANNELS, 2, {
      location_algorithm: 'monopolar_triangulation',
      n_nearest_channels: 20,
    });
    for (const y of [100, 150, 100]) {
      const waveforms = monopole(8, y, 15, 3000);
      const { peakChannel, ...location } = locate(waveforms.data);
      expect(location).toEqual(spikeLocation(waveforms, probe));
      expect(probe.data[2 * peakChannel + 1]).toBeCloseTo(y, -1.5);
    }
  });

  it('names the first of equally large channels as the peak', () => {
    const ptt = new Float64Array(3);
    peakToTrough(Float32Array.of(0, 1, 5, 2, -1, 2), 3, 2, ptt);
    expect([...ptt]).toEqual([1, 3, 3]);
    expect(findPeakChannel(ptt)).toBe(1);
  });
});
