import { describe, expect, it } from 'vitest';
import { denseSimilarities } from '../../src/core/clustering/candidate-similarities.ts';
import { clusterFully } from '../../src/core/clustering/iterative-clustering.ts';
import { createPlainKernels } from '../../src/core/kernels/plain.ts';
import { correctWaveforms } from '../../src/core/motion/corrected-waveforms.ts';
import { createInterpolator } from '../../src/core/motion/kriging.ts';
import { Motion } from '../../src/core/motion/motion.ts';
import { preprocessUnits } from '../../src/core/preprocess.ts';
import { FeatureSimilarities } from '../../src/core/similarity/feature-similarity.ts';
import { allPairsOf } from '../../src/core/similarity/nearby-matrix.ts';
import { getNearbyPairs } from '../../src/core/similarity/nearby-pairs.ts';
import { largestDifference, loadCase, SINGLE_SHANK_CASES } from '../support/reference.ts';

const context = { kernels: createPlainKernels() };

/** The final clustering of a case, from its golden locations and motion. */
async function finalClustering(name: string) {
  const golden = loadCase(name);
  const { dataset, settings } = golden;
  const preprocessed = await preprocessUnits(dataset, settings, context);
  const features = { ...preprocessed.features, locations: golden.expected('locations').data };
  const motion = new Motion(dataset.sessionCount, {
    linear: golden.expected('motion_linear').data,
    constant: golden.expected('motion_constant').data,
  });
  const { probe, sessions } = dataset;
  const corrected = await correctWaveforms(
    preprocessed.waveforms,
    sessions,
    features.locations,
    probe,
    motion,
    {
      nTemplates: settings.waveformCorrection.n_templates,
      interpolator: createInterpolator(probe.locations, probe.channels),
      context,
    },
  );
  const { n_nearest_channels } = settings.waveformCorrection;
  const names = settings.clustering.features;
  const featureSimilarity = await new FeatureSimilarities(features, probe, n_nearest_channels, context).of(
    names,
    corrected,
    'clustering',
  );
  const clustering = await clusterFully(
    {
      sessionCount: dataset.sessionCount,
      similarities: denseSimilarities(
        names,
        featureSimilarity,
        getNearbyPairs(settings.clustering.max_distance, sessions, features.locations, motion),
        dataset.units,
        context.kernels,
      ),
    },
    { nIter: settings.clustering.n_iter, weightTol: settings.clustering.weight_tol },
    context,
  );
  return { golden, corrected, clustering };
}

describe('the final clustering, from golden locations and motion', () => {
  for (const name of SINGLE_SHANK_CASES) {
    it(`${name}: similarities, weights and threshold within 1e-6`, async () => {
      const { golden, clustering } = await finalClustering(name);
      const expected = (file: string) => golden.expected(file).data;
      clustering.features.forEach((feature, f) => {
        const file = `${feature === 'Waveform' ? 'waveform' : feature}_similarity_matrix`;
        if (!golden.has(file)) return;
        expect(
          largestDifference(allPairsOf(clustering.featureSimilarity[f]), expected(file)),
          file,
        ).toBeLessThan(1e-6);
      });
      expect(largestDifference(allPairsOf(clustering.similarity), expected('SimilarityMatrix'))).toBeLessThan(
        1e-6,
      );
      expect(largestDifference(clustering.weights, expected('SimilarityWeights'))).toBeLessThan(1e-6);
      expect(Math.abs(clustering.threshold - expected('SimilarityThreshold')[0])).toBeLessThan(1e-6);
    });

    it(`${name}: labels before curation and leaf order as published`, async () => {
      const { golden, clustering } = await finalClustering(name);
      const { idx_cluster_hdbscan: labels, leafOrder } = await golden.archive('ClusteringResults');
      expect(Array.from(clustering.labels, (label) => (label < 0 ? -1 : label + 1))).toEqual(labels);
      expect([...clustering.leafOrder]).toEqual(leafOrder);
    });

    it(`${name}: corrected waveforms within float32 rounding`, async () => {
      const { golden, corrected } = await finalClustering(name);
      const { data, shape } = golden.expected('waveforms_corrected_first4');
      const templates = shape[3];
      corrected.templates.forEach((waveforms, r) => {
        const expected = data.filter((_, i) => i % templates === r);
        expect(largestDifference(waveforms.subarray(0, expected.length), expected)).toBeLessThan(5e-5);
      });
    });
  }
});
