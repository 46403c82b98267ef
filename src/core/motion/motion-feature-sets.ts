/** The published entry to the plan of the motion loop. */
import { type FeatureName, resolveSettings, type Settings, type UserSettings } from '../settings.ts';

/**
 * Resolves the feature sets of motion estimation and the largest number of its rounds. Settings are read as those of a
 * `settings.json`: without `repeat_last_feature_set` there are as many rounds as feature sets.
 *
 * @throws InputError when a setting is wrong
 */
export function getMotionFeatureSets(userSettings: UserSettings): {
  /** Feature set of each listed round. */
  similarityNamesAll: readonly (readonly FeatureName[])[];
  nIterMotionEstimation: number;
} {
  const { settings } = resolveSettings(userSettings, { hasPeth: false, fromFile: true });
  return {
    similarityNamesAll: settings.motionEstimation.features,
    nIterMotionEstimation: motionRoundCount(settings),
  };
}

/** Largest number of rounds of the motion loop, at least 1: the waveforms of a result are always corrected. */
export function motionRoundCount({ motionEstimation }: Settings): number {
  const { features, max_iter, repeat_last_feature_set } = motionEstimation;
  return repeat_last_feature_set ? max_iter : Math.min(max_iter, features.length);
}
