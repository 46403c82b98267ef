/** The whole method on one page: preprocess, motion loop, final clustering, curation. */
import { describingArrays } from './checkpoints.ts';
import { clusterFully } from './clustering/iterative-clustering.ts';
import { inStage, type RunContext } from './context.ts';
import { autoCurate } from './curation/auto-curation.ts';
import type { Dataset } from './dataset.ts';
import { createInterpolator } from './motion/kriging.ts';
import type { Motion } from './motion/motion.ts';
import { runMotionLoop } from './motion/motion-loop.ts';
import { type Preprocessed, preprocessUnits } from './preprocess.ts';
import type { TrackingResult } from './result.ts';
import type { Settings } from './settings.ts';
import { FeatureSimilarities } from './similarity/feature-similarity.ts';
import { getNearbyPairs } from './similarity/nearby-pairs.ts';

/**
 * Tracks the neurons of one recording whose units share one shank, or are to be treated as if they did.
 *
 * @param given a motion that is known from elsewhere
 * @throws InputError when the settings do not fit the data; StoppedError when the signal is aborted
 */
export async function track(
  dataset: Dataset,
  settings: Settings,
  context: RunContext,
  given?: Motion,
): Promise<TrackingResult> {
  const preprocessed = await inStage(context, 'preprocessing', () =>
    preprocessUnits(dataset, settings, context),
  );
  return trackPreprocessed(dataset, preprocessed, settings, context, given);
}

/** Everything after preprocessing. */
export async function trackPreprocessed(
  dataset: Dataset,
  { features, waveforms }: Preprocessed,
  settings: Settings,
  runContext: RunContext,
  given?: Motion,
): Promise<TrackingResult> {
  const warnings: string[] = [];
  const context: RunContext = {
    ...runContext,
    onEvent(event) {
      if (event.kind === 'warning') warnings.push(event.text);
      runContext.onEvent?.(event);
    },
  };
  const { sessions, sessionCount, probe, units } = dataset;
  const { n_nearest_channels, n_templates } = settings.waveformCorrection;
  const similarities = new FeatureSimilarities(features, probe, n_nearest_channels, context);
  const interpolator = createInterpolator(probe.locations, probe.channels);

  const { rounds, motion, corrected } = await inStage(context, 'motion', () =>
    runMotionLoop({ ...dataset, waveforms }, features, similarities, interpolator, settings, context, given),
  );

  context.onPart?.({ kind: 'corrected', corrected });

  const clustering = await inStage(context, 'clustering', async () =>
    clusterFully(
      {
        units,
        sessionCount,
        features: settings.clustering.features,
        featureSimilarity: await similarities.of(settings.clustering.features, corrected, 'clustering'),
        pairs: getNearbyPairs(settings.clustering.max_distance, sessions, features.locations, motion),
      },
      { nIter: settings.clustering.n_iter, weightTol: settings.clustering.weight_tol },
      context,
      {
        name: 'clustering',
        title: 'the final clustering',
        settings: {
          centering_waveforms: settings.centering_waveforms,
          waveformCorrection: { n_nearest_channels, n_templates },
          clustering: settings.clustering,
        },
        from: [...describingArrays(dataset, features), motion.linear, motion.constant],
      },
    ),
  );

  const curation = await inStage(context, 'curation', async () =>
    autoCurate(
      {
        units,
        sessions,
        labels: clustering.labels,
        similarity: clustering.similarity,
        threshold: clustering.threshold,
        pairs: clustering.pairs,
      },
      {
        autoSplit: settings.autoCuration.auto_split,
        autoMerge: settings.autoCuration.auto_merge,
        mergeFactor: settings.autoCuration.merge_factor,
      },
    ),
  );
  return {
    settings,
    sessions,
    sessionCount,
    features,
    rounds,
    motion,
    corrected,
    clustering,
    curation,
    warnings,
    kernels: context.kernels.name,
  };
}
