/** The whole method on one page: preprocess, motion loop, final clustering, curation. */
import { describingArrays, notingWarnings } from './checkpoints.ts';
import { type BegunClustering, beginClustering } from './clustering/iterative-clustering.ts';
import { matchConfidence } from './confidence/match-confidence.ts';
import { inStage, type RunContext } from './context.ts';
import { autoCurate } from './curation/auto-curation.ts';
import type { Dataset } from './dataset.ts';
import { trackingWarnings } from './evaluation/tracking-warnings.ts';
import { wantsWaveforms } from './motion/corrected-waveforms.ts';
import type { Motion } from './motion/motion.ts';
import { type MotionLoopResult, runMotionLoop } from './motion/motion-loop.ts';
import { type Preprocessed, preprocessUnits } from './preprocess.ts';
import type { CurationResult, TrackingResult, UnitFeatures } from './result.ts';
import type { Settings } from './settings.ts';
import { type Comparison, compareAll } from './similarity/comparison.ts';
import { isNearbyMatrix } from './similarity/nearby-matrix.ts';
import { comparedPairs, pairValues } from './similarity/pair-list.ts';

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
  warnOfShanksTogether(dataset, settings, context);
  const preprocessed = await inStage(context, 'preprocessing', () =>
    preprocessUnits(dataset, settings, context),
  );
  return trackPreprocessed(dataset, preprocessed, settings, context, given);
}

/** Shanks can only be pooled where they are tracked each. */
export function warnOfShanksTogether(
  { probe }: Pick<Dataset, 'probe'>,
  { motionEstimation: { pool_shanks } }: Settings,
  { onEvent }: RunContext,
): void {
  const shanks = new Set(probe.shanks).size;
  if (pool_shanks === 'none' || shanks < 2) return;
  onEvent?.({
    kind: 'warning',
    text: `The ${shanks} shanks are tracked together, as if they were one: motionEstimation.pool_shanks "${pool_shanks}" counts only where each is tracked on its own.`,
  });
}

/** Everything after preprocessing. */
export async function trackPreprocessed(
  dataset: Dataset,
  { features, waveforms }: Preprocessed,
  settings: Settings,
  context: RunContext,
  given?: Motion,
): Promise<TrackingResult> {
  const comparison = compareAll({ ...dataset, waveforms }, features, settings, context);
  return trackCompared(dataset, features, comparison, settings, context, given);
}

/** Everything after preprocessing, whatever way units are compared. */
export async function trackCompared(
  dataset: Pick<Dataset, 'units' | 'sessions' | 'sessionCount' | 'probe'>,
  features: UnitFeatures,
  comparison: Comparison,
  settings: Settings,
  runContext: RunContext,
  given?: Motion,
): Promise<TrackingResult> {
  const { context, warnings } = notingWarnings(runContext);
  const loop = await inStage(context, 'motion', () =>
    runMotionLoop(dataset, features, comparison, settings, context, given),
  );
  return { ...(await trackWithMotion(dataset, features, comparison, loop, settings, context)), warnings };
}

/** Everything after the motion is known. */
export async function trackWithMotion(
  dataset: Pick<Dataset, 'units' | 'sessions' | 'sessionCount' | 'probe'>,
  features: UnitFeatures,
  comparison: Comparison,
  { rounds, motion, corrected }: MotionLoopResult,
  settings: Settings,
  context: RunContext,
): Promise<Omit<TrackingResult, 'warnings'>> {
  const { sessions, sessionCount } = dataset;
  const { n_nearest_channels, n_templates } = settings.waveformCorrection;

  const begun = await inStage(context, 'clustering', async () => {
    const similarities = await comparison.compare(
      settings.clustering.features,
      { motion, corrected },
      settings.clustering.max_distance,
      'clustering',
    );
    // Clusters and weights alternate on one thread: a core is free to write waveforms and to draw what shows the motion alone.
    const { channels, samples, templates } = corrected;
    const shape = [dataset.units, channels, samples, templates.length];
    if (templates.length > 0 && wantsWaveforms(settings, shape)) {
      context.onPart?.({ kind: 'corrected', corrected });
    }
    context.onPart?.({ kind: 'moved', result: { sessions, sessionCount, features, rounds, motion } });
    return beginClustering(
      { sessionCount, similarities },
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
    );
  });
  const { similarity, featureSimilarity, features: names } = begun.clustering;
  if (!isNearbyMatrix(similarity)) context.onPart?.({ kind: 'clustering', settings, ...begun });
  else {
    const matrices = { similarity, featureSimilarity: featureSimilarity.filter(isNearbyMatrix) };
    context.onPart?.({ kind: 'nearbySimilarities', features: names, ...matrices });
  }
  return inStage(context, 'curation', async () => {
    // A thread puts the leaves in order meanwhile.
    const { clustering } = begun;
    const curation = curate(dataset, clustering, settings);
    const drawable = {
      ...{ settings, sessions, sessionCount, features, rounds, motion, clustering, curation },
      corrected,
    };
    context.onPart?.({ kind: 'drawable', result: drawable });
    const { confidence, ...compared } = weigh(dataset, clustering, curation);
    const result = { ...drawable, confidence };
    for (const text of trackingWarnings({ ...result, ...compared })) {
      context.onEvent?.({ kind: 'warning', text });
    }
    const leafOrder = await begun.leafOrder;
    return { ...result, clustering: { ...clustering, leafOrder }, kernels: context.kernels.name };
  });
}

/** The curated neurons. */
function curate(
  { units, sessions }: Pick<Dataset, 'units' | 'sessions'>,
  { labels, similarity, threshold, pairs }: BegunClustering['clustering'],
  { autoCuration: { auto_split, auto_merge, merge_factor } }: Settings,
) {
  return autoCurate(
    { units, sessions, labels, similarity, threshold, pairs },
    { autoSplit: auto_split, autoMerge: auto_merge, mergeFactor: merge_factor },
  );
}

/** How sure their matches are, and the pairs that were compared. */
function weigh(
  { units, sessions, sessionCount }: Pick<Dataset, 'units' | 'sessions' | 'sessionCount'>,
  clustering: BegunClustering['clustering'],
  { labels, matchedPairs }: CurationResult,
) {
  const { similarity, threshold } = clustering;
  const { pairs, unmatchedWeight } = comparedPairs(clustering);
  const pairSimilarity = pairValues(similarity, units, pairs);
  const confidence = matchConfidence(
    {
      ...{ units, sessionCount, sessions, labels },
      ...{ pairs, unmatchedWeight, pairSimilarity, threshold },
    },
    matchedPairs,
  );
  return { confidence, pairs, pairSimilarity };
}
