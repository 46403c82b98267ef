import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestDifference } from '../../../test/support/reference.ts';
import type { RunContext, RunEvent } from '../context.ts';
import { StoppedError } from '../errors.ts';
import { createPlainKernels } from '../kernels/plain.ts';
import { ndarray } from '../ndarray.ts';
import { createRandom } from '../random.ts';
import { correctWaveforms, displacements, templatePositions } from './corrected-waveforms.ts';
import { createInterpolator, waveformEstimation } from './kriging.ts';
import { Motion } from './motion.ts';

const CHANNELS = 12;
const SAMPLES = 5;
const UNITS = 7;
const random = createRandom(3);
const probe = {
  channels: CHANNELS,
  locations: Float64Array.from({ length: 2 * CHANNELS }, (_, i) =>
    i % 2 ? 20 * (i >> 2) : 32 * ((i >> 1) % 2),
  ),
  shanks: new Int32Array(CHANNELS).fill(1),
  hasShanks: false,
};
const waveforms = {
  data: Float32Array.from({ length: UNITS * CHANNELS * SAMPLES }, () => 100 * random.normal()),
  units: UNITS,
  channels: CHANNELS,
  samples: SAMPLES,
};
const sessions = Int32Array.of(1, 1, 2, 2, 3, 3, 3);
const locations = Float64Array.from({ length: 3 * UNITS }, () => 100 * random.uniform());
const depths = locations.filter((_, i) => i % 3 === 1);
const rigid = new Motion(3, { constant: [-8, 0, 8] });
const linear = new Motion(3, { constant: [-8, 0, 8], linear: [0, 30, -20] });

const plain = createPlainKernels();
const context: RunContext = { kernels: plain };
const interpolator = createInterpolator(probe.locations, CHANNELS);
const correct = (motion: Motion, nTemplates: number, more: { context?: RunContext; previous?: never } = {}) =>
  correctWaveforms(waveforms, sessions, locations, probe, motion, {
    nTemplates,
    interpolator,
    context,
    ...more,
  });

describe('templatePositions', () => {
  it('is 0 for a single template', () => {
    expect([...templatePositions(rigid, probe.locations, 1)]).toEqual([0]);
  });

  it('spans the motion at the lowest and at the highest channel evenly', () => {
    expect([...templatePositions(rigid, probe.locations, 3)]).toEqual([-8, 0, 8]);
    // Linear: session 2 reaches 30 · 0.1 = 3 µm at y = 100, session 3 falls to 6 µm.
    expect([...templatePositions(linear, probe.locations, 2)]).toEqual([-8, 8]);
    const steep = new Motion(2, { linear: [0, 200] });
    expect([...templatePositions(steep, probe.locations, 3)]).toEqual([0, 10, 20]);
  });

  it('ends exactly on the smallest and the largest motion', () => {
    const motions = fc.array(fc.double({ min: -90, max: 90, noNaN: true }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(motions, fc.integer({ min: 2, max: 7 }), (constant, n) => {
        const positions = templatePositions(new Motion(constant.length, { constant }), probe.locations, n);
        expect(positions[0] - Math.min(...constant)).toBe(0);
        expect(positions[n - 1] - Math.max(...constant)).toBe(0);
      }),
    );
  });
});

describe('displacements', () => {
  it('is the motion at the depth of the unit less the position of the template', () => {
    const d = displacements(linear, Int32Array.of(1, 2, 3), Float64Array.of(0, 50, 100), 2);
    expect(largestDifference(d, [-10, -0.5, 4])).toBeLessThan(1e-12);
  });
});

describe('correctWaveforms', () => {
  it.each([
    ['rigid', rigid],
    ['linear', linear],
  ])('reads every unit where it would have been on every template, %s motion', async (_name, motion) => {
    const { templates, interpolated } = await correct(motion, 3);
    expect(interpolated).toBe(true);
    const size = CHANNELS * SAMPLES;
    templatePositions(motion, probe.locations, 3).forEach((position, r) => {
      for (let unit = 0; unit < UNITS; unit++) {
        const [y] = displacements(motion, sessions.slice(unit), depths.slice(unit), position);
        const expected = waveformEstimation(
          ndarray(waveforms.data.slice(unit * size, (unit + 1) * size), [CHANNELS, SAMPLES]),
          [0, y],
          ndarray(probe.locations, [CHANNELS, 2]),
          [0, 0],
        );
        const found = templates[r].slice(unit * size, (unit + 1) * size);
        expect(largestDifference(found, expected.data)).toBeLessThan(1e-4);
      }
    });
  });

  it('computes one matrix for each displacement of a template, shared by the units that have it', async () => {
    const asked: number[] = [];
    const counting = {
      ...interpolator,
      matrix: (dy: number) => {
        asked.push(dy);
        return interpolator.matrix(dy);
      },
    };
    await correctWaveforms(waveforms, sessions, locations, probe, rigid, {
      nTemplates: 2,
      interpolator: counting,
      context,
    });
    expect(asked).toEqual([0, 8, 16, -16, -8, 0]);
  });

  it('shares the array of templates at one position', async () => {
    const { templates } = await correct(new Motion(3), 2);
    expect(templates).toHaveLength(2);
    expect(templates[1]).toBe(templates[0]);
  });

  it('gives back what it has for the same motion, and nothing else', async () => {
    const corrected = await correct(rigid, 2);
    const again = (motion: Motion, previous: object, nTemplates = 2) =>
      correct(motion, nTemplates, { previous: previous as never });
    const same = new Motion(3, { constant: rigid.constant });
    expect(await again(same, { motion: rigid, corrected })).toBe(corrected);
    expect(await again(linear, { motion: rigid, corrected })).not.toBe(corrected);
    expect(await again(same, { motion: rigid, corrected }, 1)).not.toBe(corrected);
    const asTheyCame = { ...corrected, interpolated: false };
    expect(await again(same, { motion: rigid, corrected: asTheyCame })).not.toBe(asTheyCame);
  });

  it('reports progress up to the end', async () => {
    const events: RunEvent[] = [];
    await correct(linear, 2, { context: { kernels: plain, onEvent: (event) => events.push(event) } });
    const progress = events.filter((event) => event.kind === 'progress');
    expect(progress.at(-1)).toMatchObject({ stage: 'motion', done: 2 * UNITS, total: 2 * UNITS });
    const steps = progress.map((event) => event.done);
    expect(steps).toEqual(steps.slice().sort((a, b) => a - b));
  });

  it('stops when told to', async () => {
    const attempt = correct(rigid, 2, { context: { kernels: plain, signal: AbortSignal.abort() } });
    await expect(attempt).rejects.toThrow(StoppedError);
  });

  it('leaves the waveforms untouched', async () => {
    const before = waveforms.data.slice();
    await correct(rigid, 2);
    expect(waveforms.data).toEqual(before);
  });
});
