import { describe, expect, it } from 'vitest';
import { createPlainKernels } from '../../src/core/kernels/plain.ts';
import type { TrackingResult } from '../../src/core/result.ts';
import { trackShanks } from '../../src/core/shanks.ts';
import { allPairsOf } from '../../src/core/similarity/nearby-matrix.ts';
import { track } from '../../src/core/track.ts';
import {
  hasMultishankCase,
  largestDifference,
  loadCase,
  type ReferenceCase,
  SINGLE_SHANK_CASES,
} from '../support/reference.ts';

const context = { kernels: createPlainKernels() };

/** Compares a result with golden files below `folder` (`''` or `Shank<ID>/`). */
function compare(golden: ReferenceCase, folder: string, result: TrackingResult): void {
  const expected = (name: string) => golden.expected(`${folder}${name}`).data;
  const { units } = result.features;
  const { curation, clustering, motion } = result;

  expect([...curation.labels].map((label) => (label < 0 ? -1 : label + 1))).toEqual([
    ...expected('IdxCluster'),
  ]);
  expect([...curation.matchedPairs]).toEqual([...expected('MatchedPairs')]);
  expect([...curation.curationPairs]).toEqual([...expected('CurationPairs')]);
  expect([...curation.curationTypes]).toEqual([...expected('CurationTypes')]);
  expect([...result.features.peakChannels]).toEqual([...expected('peak_channels')]);

  const xy = (locations: Float64Array) => locations.filter((_, i) => i % 3 < 2);
  expect(largestDifference(xy(result.features.locations), xy(expected('locations')))).toBeLessThan(0.01);
  expect(largestDifference(motion.constant, expected('motion_constant'))).toBeLessThan(0.01);
  expect(largestDifference(motion.linear, expected('motion_linear'))).toBeLessThan(0.01);
  expect(largestDifference(clustering.weights, expected('SimilarityWeights'))).toBeLessThan(1e-3);
  expect(Math.abs(clustering.threshold - expected('SimilarityThreshold')[0])).toBeLessThan(1e-3);
  expect(largestDifference(allPairsOf(clustering.similarity), expected('SimilarityMatrix'))).toBeLessThan(
    5e-3,
  );
  expect([...clustering.pairs.units]).toEqual([...expected('SimilarityPairs')]);
  expect(expected('ClusterMatrix')).toEqual(
    Float64Array.from({ length: units * units }, (_, k) => {
      const [i, j] = [Math.floor(k / units), k % units];
      return i === j || (curation.labels[i] >= 0 && curation.labels[i] === curation.labels[j]) ? 1 : 0;
    }),
  );
}

describe('golden cases, from the input folder', () => {
  for (const name of SINGLE_SHANK_CASES) {
    it(`${name}: labels, pairs, curation, locations, motion and similarities as published`, async () => {
      const golden = loadCase(name);
      compare(golden, '', await track(golden.dataset, golden.settings, context, golden.given));
    });

    it(`${name}: labels and motion of the recommended preset`, async () => {
      const golden = loadCase(name);
      const { curation, motion } = await track(golden.dataset, golden.recommended, context, golden.given);
      const expected = (file: string) => golden.expected(`../expected_recommended/${file}`).data;
      expect([...curation.labels].map((label) => (label < 0 ? -1 : label + 1))).toEqual([
        ...expected('IdxCluster'),
      ]);
      expect(largestDifference(motion.constant, expected('motion_constant'))).toBeLessThan(0.01);
    });
  }

  it.skipIf(!hasMultishankCase)('multishank: every shank and the whole as published', async () => {
    const golden = loadCase('multishank');
    const result = await trackShanks(golden.dataset, golden.settings, context);
    for (const shank of result.shanks) compare(golden, `Shank${shank.shankId}/`, shank.result);
    const expected = (file: string) => [...golden.expected(file).data];
    expect([...result.labels].map((label) => (label < 0 ? -1 : label + 1))).toEqual(expected('IdxCluster'));
    expect([...result.matchedPairs]).toEqual(expected('MatchedPairs'));
    expect([...result.features.unitShanks]).toEqual(expected('unit_shanks'));
  });

  it.skipIf(!hasMultishankCase)('multishank: labels and motion of the recommended preset', async () => {
    const golden = loadCase('multishank');
    const result = await trackShanks(golden.dataset, golden.recommended, context);
    const expected = (file: string) => golden.expected(`../expected_recommended/${file}`).data;
    expect([...result.labels].map((label) => (label < 0 ? -1 : label + 1))).toEqual([
      ...expected('IdxCluster'),
    ]);
    const motion = result.shanks.flatMap(({ result: { motion } }) => [...motion.constant]);
    expect(largestDifference(motion, expected('motion_constant'))).toBeLessThan(0.01);
  });
});
