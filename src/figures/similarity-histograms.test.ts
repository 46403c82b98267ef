/** The numbers behind AllSimilarity, SimilarityDistribution and SimilarityThresholdForCorrection. */
import { describe, expect, test } from 'vitest';
import { smallResult } from '../../test/support/small-result.ts';
import { syntheticMultiShank } from '../../test/support/tracking-results.ts';
import { allSimilarityHistograms, featureSimilarityPanel } from './all-similarity.ts';
import type { Bins } from './histogram.ts';
import { recordingOf } from './recording.ts';
import { similarityDistribution } from './similarity-distribution.ts';
import { roundSimilarity } from './similarity-threshold.ts';

const total = (counts: Float64Array) => counts.reduce((sum, n) => sum + n, 0);
/** Counts by the middle of their bins, empty bins left out. */
const filled = (counts: Float64Array, bins: Bins) =>
  [...counts].flatMap((n, b) =>
    n > 0 ? [[Number(((bins.first + b + 0.5) * bins.width).toFixed(3)), n]] : [],
  );

describe('allSimilarityHistograms', () => {
  test('pairs of one session and of two are counted apart', () => {
    const [waveform, autoCorr] = allSimilarityHistograms(recordingOf(smallResult()));
    expect([waveform.feature, autoCorr.feature]).toEqual(['Waveform', 'AutoCorr']);
    expect(waveform.counts.map(total)).toEqual([3, 11]);
    expect(filled(waveform.counts[0], waveform.bins)).toEqual([[0.5, 3]]);
    expect(filled(waveform.counts[1], waveform.bins)).toEqual([
      [0.5, 7],
      [2.5, 4],
    ]);
  });

  test('pairs of one session are named where there are any', () => {
    const [histogram] = allSimilarityHistograms(recordingOf(smallResult()));
    const none = histogram.counts[0].map(() => 0);
    const drawn = (counts: readonly Float64Array[]) =>
      JSON.stringify(featureSimilarityPanel({ ...histogram, counts }, { width: 200, height: 100 }));
    expect(drawn(histogram.counts)).toContain('same session');
    expect(drawn([none, histogram.counts[1]])).not.toContain('same session');
    expect(drawn([none, histogram.counts[1]])).toContain('two sessions');
  });

  test('the shanks of a recording are counted together', () => {
    const result = syntheticMultiShank([1, 2], { units: 40 });
    const pairs = result.shanks.reduce((n, shank) => n + shank.result.clustering.pairs.count, 0);
    for (const { counts } of allSimilarityHistograms(recordingOf(result))) {
      expect(total(counts[0]) + total(counts[1])).toBe(pairs);
    }
  });
});

describe('similarityDistribution', () => {
  test('pairs are counted by match, for every feature and weighted', () => {
    const { byFeature, weighted, matchedPairs, unmatchedPairs } = similarityDistribution([
      { result: smallResult() },
    ]);
    expect([unmatchedPairs, matchedPairs]).toEqual([10, 4]);
    for (const counts of [...byFeature.map((f) => f.counts), ...weighted]) {
      expect(counts.map(total)).toEqual([10, 4]);
    }
  });

  test('weighted similarities are kept apart by shank', () => {
    const { shanks } = recordingOf(syntheticMultiShank([1, 2, 5], { units: 30 }));
    const { weighted, byFeature } = similarityDistribution(shanks);
    expect(weighted).toHaveLength(3);
    expect(byFeature).toHaveLength(2);
    weighted.forEach((counts, s) => {
      expect(counts.map(total).reduce((a, b) => a + b)).toBe(shanks[s].result.clustering.pairs.count);
    });
  });
});

test('a round tells its matches, the pairs used and their threshold', () => {
  const summary = roundSimilarity(smallResult().rounds[0]);
  expect(summary).toMatchObject({ matches: 4, used: 3, threshold: 1.5 });
  expect(summary.counts.map(total)).toEqual([0, 4]);
});
