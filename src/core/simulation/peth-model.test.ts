import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { drawMissingEvents, drawPethModel, type PethModel, simulatePeth } from './peth-model.ts';

const layout = { events: 3, binsPerEvent: 20, binMs: 50, trials: 100 };
const model: PethModel = {
  baselineHz: 5,
  responses: [{ event: 1, position: 0.5, width: 0.1, gain: 3 }],
};
const manyTrials = { ...layout, trials: 1e9 };

describe('simulatePeth', () => {
  it('keeps to the baseline but where the neuron responds', () => {
    const peth = simulatePeth(model, manyTrials, { gain: 1 }, createRandom(1));
    expect(peth).toHaveLength(60);
    for (let bin = 0; bin < 20; bin++) {
      expect(peth[bin]).toBeCloseTo(5, 2);
      expect(peth[40 + bin]).toBeCloseTo(5, 2);
    }
    expect(Math.max(...peth.slice(20, 40))).toBeCloseTo(20, 0);
  });

  it('has the noise of counting over its trials', () => {
    const random = createRandom(2);
    let power = 0;
    for (let k = 0; k < 500; k++) power += (simulatePeth(model, layout, { gain: 1 }, random)[0] - 5) ** 2;
    // 5 Hz over 100 trials of 50 ms: 25 ± 5 spikes.
    expect(Math.sqrt(power / 500)).toBeCloseTo(1, 0);
  });

  it('is never negative, even where firing is suppressed', () => {
    const silent: PethModel = {
      baselineHz: 1,
      responses: [{ event: 0, position: 0.5, width: 0.2, gain: -0.9 }],
    };
    const peth = simulatePeth(silent, layout, { gain: 2 }, createRandom(3));
    expect(Math.min(...peth)).toBeGreaterThanOrEqual(0);
  });

  it('has no bins of an event that is missing, and the others unchanged', () => {
    const whole = simulatePeth(model, layout, { gain: 1 }, createRandom(4));
    const peth = simulatePeth(model, layout, { gain: 1, missingEvent: 1 }, createRandom(4));
    expect(peth.slice(20, 40).every(Number.isNaN)).toBe(true);
    expect(peth.slice(0, 20)).toEqual(whole.slice(0, 20));
    expect(peth.slice(40)).toEqual(whole.slice(40));
  });
});

describe('drawPethModel', () => {
  it('draws different responses for different neurons', () => {
    const random = createRandom(5);
    const models = Array.from({ length: 100 }, () => drawPethModel(5, 3, random));
    const counts = models.map((m) => m.responses.length);
    expect(counts.reduce((a, b) => a + b) / 300).toBeCloseTo(0.7, 1);
    expect(models.every((m) => m.responses.every((r) => r.gain >= -1))).toBe(true);
  });
});

describe('drawMissingEvents', () => {
  it('never takes the first event, and takes one as often as asked to', () => {
    const missing = drawMissingEvents(5000, 3, 0.3, createRandom(6));
    expect(missing.includes(0)).toBe(false);
    expect(missing.filter((e) => e > 0).length / 5000).toBeCloseTo(0.3, 1);
    expect(new Set(missing)).toEqual(new Set([-1, 1, 2]));
  });

  it('takes none when there is one kind of event, or the probability is 0', () => {
    expect(drawMissingEvents(100, 1, 1, createRandom(7)).every((e) => e === -1)).toBe(true);
    expect(drawMissingEvents(100, 3, 0, createRandom(7)).every((e) => e === -1)).toBe(true);
  });
});
