import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waveformSource } from '../../src/core/dataset.ts';
import { createPlainKernels } from '../../src/core/kernels/plain.ts';
import type { MotionRound } from '../../src/core/result.ts';
import { resolveSettings, type UserSettings } from '../../src/core/settings.ts';
import { trackShanks, trackShanksNearby } from '../../src/core/shanks.ts';
import { isNearbyMatrix, valueAt } from '../../src/core/similarity/nearby-matrix.ts';
import { simulateRecording } from '../../src/core/simulation/simulate.ts';
import { track } from '../../src/core/track.ts';
import { trackNearby } from '../../src/core/track-nearby.ts';

const context = { kernels: createPlainKernels() };

/** A recording in which no two units share a session, so that every pair can be a candidate. */
function apart(seed: number, peth: boolean) {
  const { dataset } = simulateRecording({
    probe: 'small',
    sessions: 3,
    neuronsPerSession: 8,
    samples: 24,
    firing: { spikes: 300 },
    peth: peth ? { missing: 0.3 } : false,
    seed,
  });
  const sessions = Int32Array.from({ length: dataset.units }, (_, unit) => unit + 1);
  return { ...dataset, sessions, sessionCount: dataset.units };
}

describe('tracking of nearby pairs, when every pair is a candidate,', () => {
  const scenario = fc.record({
    seed: fc.integer({ min: 1, max: 10_000 }),
    peth: fc.boolean(),
    centering_waveforms: fc.boolean(),
    preset: fc.constantFrom('reference' as const, 'recommended' as const),
    linear_correction: fc.boolean(),
  });

  it('gives the labels, similarities and motion of all pairs, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ seed, peth, linear_correction, ...rest }) => {
        const dataset = apart(seed, peth);
        const user: UserSettings = {
          ...rest,
          waveformCorrection: { n_nearest_channels: 16, linear_correction },
          motionEstimation: { max_iter: 3 },
          clustering: {
            max_distance: 1e5,
            features: peth ? ['Waveform', 'AutoCorr', 'PETH'] : ['Waveform', 'ISI'],
          },
        };
        const { settings } = resolveSettings(user, { hasPeth: peth, fromFile: false });
        const dense = await track(dataset, settings, context);
        const nearby = await trackNearby(
          { ...dataset, waveforms: waveformSource(dataset.waveforms) },
          settings,
          context,
        );
        expect(nearby.clustering.labels).toEqual(dense.clustering.labels);
        expect(nearby.clustering.weightHistory).toEqual(dense.clustering.weightHistory);
        expect(nearby.clustering.pairs.units).toEqual(dense.clustering.pairs.units);
        expect(nearby.clustering.leafOrder).toEqual(dense.clustering.leafOrder);
        expect(nearby.curation).toEqual(dense.curation);
        expect(nearby.motion).toEqual(dense.motion);
        const withoutPairs = ({ pairs, ...round }: MotionRound) => round;
        expect(nearby.rounds.map(withoutPairs)).toEqual(dense.rounds.map(withoutPairs));
        const { similarity } = nearby.clustering;
        expect(isNearbyMatrix(similarity)).toBe(true);
        for (let a = 0; a < dataset.units; a++) {
          for (let b = 0; b < a; b++) {
            const expected = valueAt(dense.clustering.similarity, dataset.units, a, b);
            expect(valueAt(similarity, dataset.units, a, b)).toBe(expected);
          }
        }
      }),
      { numRuns: 3 },
    );
  });

  it.each(['none', 'rigid'] as const)(
    'gives the same for shanks that are tracked apart, their motion pooled: %s',
    async (pool_shanks) => {
      const { dataset: recording } = simulateRecording({
        probe: 'np2-four-shank',
        sessions: 3,
        neuronsPerSession: 16,
        samples: 24,
        firing: { durationMs: 60_000 },
        peth: false,
        seed: 7,
      });
      const sessions = Int32Array.from({ length: recording.units }, (_, unit) => unit + 1);
      const dataset = { ...recording, sessions, sessionCount: recording.units };
      const { settings } = resolveSettings(
        {
          waveformCorrection: { n_nearest_channels: 16 },
          motionEstimation: { pool_shanks, max_iter: 2 },
          clustering: { max_distance: 1e5 },
        },
        { hasPeth: false, fromFile: false },
      );
      const dense = await trackShanks(dataset, settings, context);
      const waveforms = waveformSource(dataset.waveforms);
      const nearby = await trackShanksNearby({ ...dataset, waveforms }, settings, context);
      expect(dense.shanks.length).toBeGreaterThan(1);
      expect(nearby.labels).toEqual(dense.labels);
      expect(nearby.matchedPairs).toEqual(dense.matchedPairs);
      nearby.shanks.forEach(({ result }, i) => {
        const expected = dense.shanks[i].result;
        expect(result.motion).toEqual(expected.motion);
        expect(result.clustering.weights).toEqual(expected.clustering.weights);
        expect(result.confidence).toEqual(expected.confidence);
      });
    },
  );
});
