import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Motion } from '../motion/motion.ts';
import { apparentDepth, drawChanges, drawNeuron, firingInSession, sourceInSession } from './neuron.ts';
import { shankExtent } from './probes.ts';
import { resolveSimulation } from './simulation-options.ts';

const simulation = resolveSimulation({ probe: 'np2-four-shank', sessions: 400 });

describe('drawNeuron', () => {
  it('puts every neuron beside its shank, at an amplitude in range', () => {
    for (let n = 0; n < 300; n++) {
      const { shank, source } = drawNeuron(simulation, n);
      const { left, right, bottom, top } = shankExtent(simulation.probe, shank);
      expect(source.x).toBeGreaterThan(left - 16);
      expect(source.x).toBeLessThan(right + 16);
      expect(source.y).toBeGreaterThanOrEqual(bottom);
      expect(source.y).toBeLessThanOrEqual(top);
      expect(source.amplitudeUv).toBeGreaterThanOrEqual(simulation.amplitude.min);
      expect(source.amplitudeUv).toBeLessThanOrEqual(simulation.amplitude.max);
    }
  });

  it('spreads neurons over all shanks', () => {
    const shanks = Array.from({ length: 400 }, (_, n) => drawNeuron(simulation, n).shank);
    for (const shank of [1, 2, 3, 4]) {
      expect(shanks.filter((s) => s === shank).length).toBeGreaterThan(60);
    }
  });

  it('is the same neuron in a recording with more sessions and other wandering', () => {
    const other = resolveSimulation({ probe: 'np2-four-shank', sessions: 3, wander: { positionUm: 30 } });
    expect(drawNeuron(other, 17)).toEqual(drawNeuron(simulation, 17));
  });
});

describe('drawChanges', () => {
  it('has the asked-for spread over sessions', () => {
    const changes = drawChanges(simulation, 3);
    const sd = (values: number[]) => {
      const mean = values.reduce((a, b) => a + b) / values.length;
      return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
    };
    expect(sd(changes.map((c) => c.dy)) / simulation.wander.positionUm).toBeCloseTo(1, 0);
    expect(sd(changes.map((c) => Math.log(c.amplitude))) / simulation.wander.amplitude).toBeCloseTo(1, 0);
  });

  it('leaves a neuron as it is without wandering', () => {
    const calm = resolveSimulation({
      wander: { positionUm: 0, amplitude: 0, shape: 0, timingMs: 0, firing: 0 },
    });
    const neuron = drawNeuron(calm, 0);
    const change = drawChanges(calm, 0)[2];
    expect(sourceInSession(neuron, change, new Motion(6), 3)).toEqual(neuron.source);
    expect(firingInSession(neuron, change)).toEqual(neuron.firing);
  });
});

describe('apparentDepth', () => {
  it('is the depth from which the motion there leads back to the tissue', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 4000, noNaN: true }),
        fc.double({ min: -100, max: 100, noNaN: true }),
        fc.double({ min: -100, max: 100, noNaN: true }),
        (depth, linear, constant) => {
          const motion = new Motion(1, { linear: [linear], constant: [constant] });
          const y = apparentDepth(depth, motion, 1);
          expect(y - motion.getMotion(1, y)).toBeCloseTo(depth, 6);
        },
      ),
    );
  });
});
