/** The steps that one thread does, on a tracked recording: HDBSCAN, the discriminant, the leaf order, motion, its band, curation. */

import { matchedPairs } from '../src/core/clustering/candidate-similarities.ts';
import { hdbscan } from '../src/core/clustering/hdbscan.ts';
import { linearDiscriminant } from '../src/core/clustering/lda.ts';
import { autoCurate } from '../src/core/curation/auto-curation.ts';
import { bootstrapMotion } from '../src/core/motion/bootstrap.ts';
import { estimateMotion } from '../src/core/motion/estimate-motion.ts';
import { usedPairs } from '../src/core/motion/motion-loop.ts';
import { resolveSettings } from '../src/core/settings.ts';
import { allPairsOf } from '../src/core/similarity/nearby-matrix.ts';
import { pairValues } from '../src/core/similarity/pair-list.ts';
import { simulateRecording } from '../src/core/simulation/simulate.ts';
import { track } from '../src/core/track.ts';
import { createKernels } from '../src/workers/node.ts';
import { medianTime, type Result, report } from './support/measure.ts';

const results: Result[] = [];
for (const [units, sessions] of [
  [1138, 6],
  [3414, 18],
]) {
  const { dataset } = simulateRecording({
    probe: 'np1',
    channels: 283,
    sessions,
    units,
    firing: { spikes: 500 },
  });
  const { settings } = resolveSettings({}, { hasPeth: true, fromFile: false });
  const kernels = await createKernels();
  const { clustering, rounds, features } = await track(dataset, settings, { kernels });
  const { weights, threshold, pairs, labels } = clustering;
  const similarity = allPairsOf(clustering.similarity);
  const featureSimilarity = clustering.featureSimilarity.map(allPairsOf);
  const distance = kernels.float64(units * units);
  await kernels.distances(similarity, units, distance);
  const tree = await kernels.weightedSpanningTree(featureSimilarity, weights, units);
  const limit = { maxClusterSize: sessions };
  const { linkage } = hdbscan(tree, units, limit);
  const pairFeatures = featureSimilarity.map((matrix) => pairValues(matrix, units, pairs));
  const matched = matchedPairs(labels, pairs);
  const motionPairs = usedPairs(rounds[rounds.length - 1], dataset.sessions, features.locations);
  const curation = { units, sessions: dataset.sessions, labels, similarity, threshold, pairs };
  const steps: Record<string, () => unknown> = {
    HDBSCAN: () => hdbscan(tree, units, limit),
    discriminant: () => linearDiscriminant(pairFeatures, matched),
    'leaf order': () => kernels.leafOrder(linkage, distance, units),
    'rigid motion': () => estimateMotion(motionPairs, sessions, { linearCorrection: false }),
    'linear motion': () => estimateMotion(motionPairs, sessions, { linearCorrection: true }),
    'band of the motion': () => bootstrapMotion(motionPairs, sessions, { linearCorrection: false, seed: 1 }),
    curation: () => autoCurate(curation, { autoSplit: true, autoMerge: true, mergeFactor: 0.9 }),
  };
  for (const [name, step] of Object.entries(steps)) {
    const size = `${name}, ${units} units, ${pairs.count} pairs`;
    results.push({ kernels: kernels.name, threads: 1, size, seconds: await medianTime(step) });
  }
  await kernels.close();
}
report('serial-steps', results);
