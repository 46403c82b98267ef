import { describe, expect, it } from 'vitest';
import { createPlainKernels } from '../kernels/plain.ts';
import { resolveSettings } from '../settings.ts';
import { track } from '../track.ts';
import { scoreTracking } from './score.ts';
import { simulateRecording } from './simulate.ts';

describe('a simulated recording', () => {
  it.each([1, 2, 7])('with the defaults and seed %i is tracked well, but not trivially', async (seed) => {
    const { dataset, neuronId, sessions, trueMotion } = simulateRecording({ seed });
    const { settings } = resolveSettings({}, { hasPeth: true, fromFile: false });
    const { curation, motion, features } = await track(dataset, settings, { kernels: createPlainKernels() });
    const { labels } = curation;
    const { locations } = features;
    const score = scoreTracking({ labels, neuronId, sessions, motion, trueMotion, locations });
    expect(score.pairs.precision).toBeGreaterThan(0.95);
    expect(score.pairs.f1).toBeGreaterThan(0.92);
    expect(score.pairs.f1).toBeLessThan(1);
    expect(score.motionError?.rms).toBeLessThan(3);
  });
});
