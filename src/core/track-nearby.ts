/** The method on nearby pairs, with waveforms that may be larger than memory. */
import { inStage, type RunContext } from './context.ts';
import type { StreamedDataset } from './dataset.ts';
import type { Motion } from './motion/motion.ts';
import { describeUnits } from './preprocess.ts';
import type { TrackingResult } from './result.ts';
import type { Settings } from './settings.ts';
import { compareNearby } from './similarity/nearby-comparison.ts';
import { trackCompared, warnOfShanksTogether } from './track.ts';

/** Up to so many units `clustering.candidates: "auto"` compares all pairs. */
const MOST_UNITS_OF_ALL_PAIRS = 10_000;

/** Whether only nearby pairs are compared. */
export function comparesNearby({ clustering: { candidates } }: Settings, units: number): boolean {
  return candidates === 'nearby' || (candidates === 'auto' && units > MOST_UNITS_OF_ALL_PAIRS);
}

/** As `track`, of nearby pairs only. @throws as `track` */
export async function trackNearby(
  dataset: StreamedDataset,
  settings: Settings,
  context: RunContext,
  given?: Motion,
): Promise<TrackingResult> {
  warnOfShanksTogether(dataset, settings, context);
  const features = await inStage(context, 'preprocessing', () => describeUnits(dataset, settings, context));
  const comparison = compareNearby(dataset, features, settings, context);
  return trackCompared(dataset, features, comparison, settings, context, given);
}
