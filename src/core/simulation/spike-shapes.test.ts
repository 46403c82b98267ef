import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../random.ts';
import {
  drawSpikeShape,
  drawSpikeType,
  peakToTrough,
  reshapeSpike,
  SPIKE_TYPE_FRACTIONS,
  SPIKE_TYPES,
  type SpikeShape,
  spikeShapeAt,
} from './spike-shapes.ts';

const shapesOf = (type: (typeof SPIKE_TYPES)[number], random: Random = createRandom(5)) =>
  Array.from({ length: 100 }, () => drawSpikeShape(type, random));
const times = Array.from({ length: 301 }, (_, k) => (k - 100) / 100);
const extreme = (shape: SpikeShape, sign: 1 | -1) =>
  times.reduce((best, t) => (sign * spikeShapeAt(shape, t) > sign * spikeShapeAt(shape, best) ? t : best));

describe('spike shapes', () => {
  it('have their trough at time 0, those of positive-first spikes their peak', () => {
    for (const type of SPIKE_TYPES) {
      for (const shape of shapesOf(type)) {
        expect(Math.abs(extreme(shape, type === 'positive' ? 1 : -1))).toBeLessThanOrEqual(0.05);
      }
    }
  });

  it('are broad in regular and narrow in fast-spiking cells', () => {
    const width = (type: 'regular' | 'fast') => shapesOf(type).map((shape) => extreme(shape.slice(1), 1));
    expect(Math.min(...width('regular'))).toBeGreaterThan(0.45);
    expect(Math.max(...width('fast'))).toBeLessThan(0.45);
  });

  it('begin with a positive phase when they are axonal', () => {
    for (const shape of shapesOf('triphasic')) {
      const before = Math.max(...times.filter((t) => t < 0).map((t) => spikeShapeAt(shape, t)));
      expect(before).toBeGreaterThan(0.2);
    }
  });

  it('come in the given fractions', () => {
    const random = createRandom(6);
    const count = 20_000;
    const drawn = Array.from({ length: count }, () => drawSpikeType(random));
    for (const type of SPIKE_TYPES) {
      expect(drawn.filter((t) => t === type).length / count).toBeCloseTo(SPIKE_TYPE_FRACTIONS[type], 1);
    }
    expect(Object.values(SPIKE_TYPE_FRACTIONS).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });
});

describe('reshapeSpike', () => {
  it('stretches time without changing the peak-to-trough', () => {
    for (const shape of shapesOf('regular').slice(0, 10)) {
      const slow = reshapeSpike(shape, 1.2, 1);
      expect(spikeShapeAt(slow, 0.6)).toBeCloseTo(spikeShapeAt(shape, 0.5), 12);
      expect(peakToTrough(slow)).toBeCloseTo(peakToTrough(shape), 2);
    }
  });

  it('scales only what comes after the main phase', () => {
    const shape = shapesOf('regular')[0];
    const flat = reshapeSpike(shape, 1, 0);
    expect(flat.map((p) => p.height)).toEqual([shape[0].height, shape[1].height, 0]);
  });
});
