/** How the units of a recording are compared under a motion: all pairs of them, or nearby ones. */
import { type CandidateSimilarities, denseSimilarities } from '../clustering/candidate-similarities.ts';
import type { RunContext, Stage } from '../context.ts';
import type { Dataset } from '../dataset.ts';
import { correctWaveforms } from '../motion/corrected-waveforms.ts';
import { createInterpolator } from '../motion/kriging.ts';
import type { Motion } from '../motion/motion.ts';
import { recordedCorrection } from '../recorded/corrected-waveforms.ts';
import type { CorrectedWaveforms, UnitFeatures } from '../result.ts';
import type { FeatureName, Settings } from '../settings.ts';
import { FeatureSimilarities } from './feature-similarity.ts';
import { getNearbyPairs } from './nearby-pairs.ts';
import { uncorrected } from './waveform-similarity.ts';

/** A motion and the waveforms that were corrected with it. */
export interface Correction {
  readonly motion: Motion;
  readonly corrected: CorrectedWaveforms;
}

export interface Comparison {
  /** Waveforms as they came. */
  uncorrected(): Promise<CorrectedWaveforms>;
  /** Waveforms corrected with a motion; those of `previous` where nothing changes. */
  correct(motion: Motion, previous?: Correction): Promise<Correction>;
  /** Gives back the memory of corrected waveforms that no one needs any more. */
  retire(correction: Correction, kept: Correction | undefined): void;
  /** Similarities by the features named. Those of the call before the last must not be used any more. */
  compare(
    names: readonly FeatureName[],
    correction: Correction,
    maxDistance: number,
    stage: Stage,
  ): Promise<CandidateSimilarities>;
}

/** Compares all pairs of units. */
export function compareAll(
  dataset: Dataset,
  features: UnitFeatures,
  settings: Settings,
  context: RunContext,
): Comparison {
  const { units, sessions, probe, waveforms } = dataset;
  const { n_nearest_channels, n_templates: nTemplates } = settings.waveformCorrection;
  const similarities = new FeatureSimilarities(features, probe, n_nearest_channels, context);
  const shared = {
    retire({ corrected }: Correction, kept: Correction | undefined) {
      if (!corrected.interpolated) return;
      const needed = new Set(kept?.corrected.templates);
      context.kernels.release(...new Set(corrected.templates.filter((t) => !needed.has(t))));
    },
    compare: async (
      names: readonly FeatureName[],
      { motion, corrected }: Correction,
      maxDistance: number,
      stage: Stage,
    ) =>
      denseSimilarities(
        names,
        await similarities.of(names, corrected, stage),
        getNearbyPairs(maxDistance, sessions, features.locations, motion),
        units,
        context.kernels,
      ),
  };
  if (probe.recorded) {
    const correction = recordedCorrection(
      waveforms,
      sessions,
      features.locations,
      probe,
      nTemplates,
      context,
    );
    return {
      ...shared,
      uncorrected: () => correction.uncorrected(),
      correct: async (motion, previous) =>
        previous?.corrected.interpolated && previous.motion.equals(motion)
          ? previous
          : { motion, corrected: await correction.correct(motion) },
    };
  }
  const interpolator = createInterpolator(probe.locations, probe.channels);
  return {
    ...shared,
    uncorrected: async () => uncorrected(waveforms),
    correct: async (motion, previous) => ({
      motion,
      corrected: await correctWaveforms(waveforms, sessions, features.locations, probe, motion, {
        nTemplates,
        interpolator,
        context,
        previous,
      }),
    }),
  };
}
