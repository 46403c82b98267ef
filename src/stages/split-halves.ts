/** Split halves of a saved result (`core/evaluation/split-halves.ts`). */
import type { RunContext } from '../core/context.ts';
import { throwIfStopped } from '../core/errors.ts';
import {
  type HalvesCount,
  halvedFeatures,
  halvedWeights,
  type LearnedSimilarity,
  type SplitHalves,
  splitHalves,
  trackHalves,
} from '../core/evaluation/split-halves.ts';
import type { Settings } from '../core/settings.ts';
import type { HalvedRecording } from '../io/halved-recording.ts';
import type { SavedResult } from '../io/read-result.ts';
import { savedPairs } from '../io/saved-pairs.ts';

/**
 * Tracks the halves of every session of a result, or of one shank of it, and tells how alike its matched pairs are by what halves are compared by.
 *
 * @param sessions (units of the recording,) 1..N
 * @param which (units,) index of every unit among all
 * @returns undefined where nothing tells the halves apart: matching by PETH alone, or by waveforms of which there is one a unit
 */
export async function savedHalves(
  part: SavedResult,
  recording: HalvedRecording,
  sessions: Int32Array,
  which: Int32Array,
  settings: Settings,
  context: RunContext,
): Promise<{ readonly halves?: SplitHalves; readonly matchedAlike?: number }> {
  const { features } = settings.clustering;
  const { waveformsHalved } = recording;
  const telling = halvedFeatures(features).filter((name) => waveformsHalved || name !== 'Waveform');
  if (telling.length === 0) return {};
  const learned = {
    features,
    weights: (await part.weights()).data,
    threshold: (await part.thresholds())[0],
  };
  const bySession = new Map<number, number[]>();
  for (const unit of which) {
    const known = bySession.get(sessions[unit]);
    if (known) known.push(unit);
    else bySession.set(sessions[unit], [unit]);
  }
  const counts: HalvesCount[] = [];
  for (const members of bySession.values()) {
    throwIfStopped(context.signal);
    const session = await recording.session(Int32Array.from(members));
    counts.push(await trackHalves(session, learned, settings, context));
    context.onEvent?.({
      kind: 'progress',
      stage: 'clustering',
      step: 'split halves',
      done: counts.length,
      total: bySession.size,
    });
  }
  return {
    halves: splitHalves(counts, features, waveformsHalved),
    matchedAlike: await matchedAlike(part, learned),
  };
}

/** Mean similarity less threshold of the matched pairs between sessions; NaN without any. */
async function matchedAlike(part: SavedResult, learned: LearnedSimilarity): Promise<number> {
  const labels = await part.labels();
  const names = halvedFeatures(learned.features);
  const places = names.map((name) => learned.features.indexOf(name));
  const weights = halvedWeights(learned);
  const sums = new Float64Array(names.length);
  const counts = new Float64Array(names.length);
  for await (const { count, units, similarity } of savedPairs(part, learned.features)) {
    for (let pair = 0; pair < count; pair++) {
      const label = labels[units[2 * pair]];
      if (label < 0 || label !== labels[units[2 * pair + 1]]) continue;
      for (let f = 0; f < names.length; f++) {
        const value = similarity[places[f]]?.[pair];
        if (value === undefined || Number.isNaN(value)) continue;
        sums[f] += value;
        counts[f]++;
      }
    }
  }
  return names.reduce((all, _, f) => all + (weights[f] * sums[f]) / counts[f], -learned.threshold);
}
