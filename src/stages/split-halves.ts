/** Split halves of a saved result (`core/evaluation/split-halves.ts`). */
import type { RunContext } from '../core/context.ts';
import { throwIfStopped } from '../core/errors.ts';
import {
  type HalvesCount,
  halvedFeatures,
  type SplitHalves,
  splitHalves,
  trackHalves,
} from '../core/evaluation/split-halves.ts';
import type { Settings } from '../core/settings.ts';
import type { HalvedRecording } from '../io/halved-recording.ts';
import type { SavedResult } from '../io/read-result.ts';

/**
 * Tracks the halves of every session of a result, or of one shank of it.
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
): Promise<SplitHalves | undefined> {
  const { features } = settings.clustering;
  const { waveformsHalved } = recording;
  const telling = halvedFeatures(features).filter((name) => waveformsHalved || name !== 'Waveform');
  if (telling.length === 0) return undefined;
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
  return splitHalves(counts, features, waveformsHalved);
}
