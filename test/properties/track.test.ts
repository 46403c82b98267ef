import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/core/dataset.ts';
import { createPlainKernels } from '../../src/core/kernels/plain.ts';
import { createRandom } from '../../src/core/random.ts';
import type { TrackingResult } from '../../src/core/result.ts';
import { resolveSettings } from '../../src/core/settings.ts';
import { trackShanks } from '../../src/core/shanks.ts';
import { allPairsOf } from '../../src/core/similarity/nearby-matrix.ts';
import { simulateRecording } from '../../src/core/simulation/simulate.ts';
import { track } from '../../src/core/track.ts';
import { largestDifference } from '../support/reference.ts';

const context = { kernels: createPlainKernels() };
const { settings } = resolveSettings(
  { waveformCorrection: { n_nearest_channels: 16 } },
  { hasPeth: true, fromFile: false },
);

const recording = (seed: number) =>
  simulateRecording({
    probe: 'small',
    sessions: 3,
    neuronsPerSession: 10,
    samples: 32,
    firing: { durationMs: 120_000 },
    seed,
  }).dataset;

const recordings = fc.integer({ min: 1, max: 10_000 }).map(recording);
const runs = { numRuns: 6 };

/** Which units share a cluster, whatever the clusters are called: for each unit the first unit of its cluster. */
function partition(labels: Int32Array): number[] {
  return Array.from(labels, (label, unit) => (label < 0 ? unit : labels.indexOf(label)));
}

function permuted(dataset: Dataset, order: Int32Array): Dataset {
  const { channels, samples, data } = dataset.waveforms;
  const size = channels * samples;
  const rows = <T extends Float32Array | Float64Array>(from: T, columns: number): T => {
    const to = from.slice() as T;
    order.forEach((unit, i) => {
      to.set(from.subarray(unit * columns, (unit + 1) * columns), i * columns);
    });
    return to;
  };
  return {
    ...dataset,
    sessions: Int32Array.from(order, (unit) => dataset.sessions[unit]),
    waveforms: { ...dataset.waveforms, data: rows(data, size) },
    spikeTimes: (unit) => dataset.spikeTimes(order[unit]),
    peth: dataset.peth && { ...dataset.peth, data: rows(dataset.peth.data, dataset.peth.bins) },
  };
}

function scaled(dataset: Dataset, factor: number): Dataset {
  return {
    ...dataset,
    waveforms: { ...dataset.waveforms, data: dataset.waveforms.data.map((v) => v * factor) },
  };
}

function shifted(dataset: Dataset, depth: number): Dataset {
  const locations = dataset.probe.locations.map((v, i) => (i % 2 === 1 ? v + depth : v));
  return { ...dataset, probe: { ...dataset.probe, locations } };
}

function expectSameTracking(a: TrackingResult, b: TrackingResult): void {
  expect(partition(b.curation.labels)).toEqual(partition(a.curation.labels));
  expect(largestDifference(b.motion.constant, a.motion.constant)).toBeLessThan(1e-4);
  expect(
    largestDifference(allPairsOf(b.clustering.similarity), allPairsOf(a.clustering.similarity)),
  ).toBeLessThan(1e-4);
}

describe('tracking', () => {
  it('of permuted units gives the permuted result', () =>
    fc.assert(
      fc.asyncProperty(recordings, fc.integer(), async (dataset, seed) => {
        const random = createRandom(seed);
        const order = Int32Array.from(Array.from({ length: dataset.units }, (_, u) => u));
        for (let i = order.length - 1; i > 0; i--) {
          const j = random.integer(i + 1);
          [order[i], order[j]] = [order[j], order[i]];
        }
        const plain = await track(dataset, settings, context);
        const mixed = await track(permuted(dataset, order), settings, context);
        const back = new Int32Array(dataset.units);
        order.forEach((unit, i) => {
          back[unit] = mixed.curation.labels[i];
        });
        expect(partition(back)).toEqual(partition(plain.curation.labels));
        expect(largestDifference(mixed.motion.constant, plain.motion.constant)).toBeLessThan(1e-9);
      }),
      runs,
    ));

  it('of a probe that lies deeper changes nothing but locations', () =>
    fc.assert(
      fc.asyncProperty(recordings, fc.integer({ min: -5000, max: 5000 }), async (dataset, depth) => {
        const plain = await track(dataset, settings, context);
        const deeper = await track(shifted(dataset, depth), settings, context);
        expectSameTracking(plain, deeper);
        const expected = plain.features.locations.map((v, i) => (i % 3 === 1 ? v + depth : v));
        expect(largestDifference(deeper.features.locations, expected)).toBeLessThan(1e-3);
      }),
      runs,
    ));

  it('of scaled waveforms changes nothing but amplitudes', () =>
    fc.assert(
      fc.asyncProperty(
        recordings,
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        async (dataset, factor) => {
          const plain = await track(dataset, settings, context);
          const louder = await track(scaled(dataset, factor), settings, context);
          expectSameTracking(plain, louder);
          expect([...louder.features.peakChannels]).toEqual([...plain.features.peakChannels]);
          const ratio = louder.features.amplitude.map((a, u) => a / plain.features.amplitude[u] / factor);
          expect(largestDifference(ratio, new Float64Array(dataset.units).fill(1))).toBeLessThan(1e-3);
        },
      ),
      runs,
    ));

  it('of several shanks is the union of the shanks tracked apart', async () => {
    const { dataset } = simulateRecording({
      probe: 'np2-four-shank',
      sessions: 3,
      neuronsPerSession: 32,
      samples: 24,
      firing: { durationMs: 60_000 },
      seed: 5,
    });
    const { settings: fourShank } = resolveSettings({ waveformCorrection: { n_nearest_channels: 24 } });
    const together = await trackShanks(dataset, fourShank, context);
    expect(together.shanks).toHaveLength(4);
    for (const { units, result } of together.shanks) {
      const alone = await track({ ...permuted(dataset, units), ...cut(dataset, units) }, fourShank, context);
      expect(alone.curation.labels).toEqual(result.curation.labels);
      expect(alone.clustering.similarity).toEqual(result.clustering.similarity);
      expect(alone.motion.constant).toEqual(result.motion.constant);
    }
    expect(together.clusterCount).toBe(
      together.shanks.reduce((sum, { result }) => sum + result.curation.clusterCount, 0),
    );
  });
});

/** The parts of a dataset whose length is the number of units, for some of its units. */
function cut(dataset: Dataset, units: Int32Array): Partial<Dataset> {
  const { channels, samples, data } = permuted(dataset, units).waveforms;
  return {
    units: units.length,
    waveforms: {
      data: data.slice(0, units.length * channels * samples),
      units: units.length,
      channels,
      samples,
    },
    peth: undefined,
  };
}
