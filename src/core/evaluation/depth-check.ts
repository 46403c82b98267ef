/** Whether the depth of matched units can tell true matches from false ones. */
import type { UnitPairs } from '../result.ts';

/** Look-alikes within sessions that a judgement needs. */
const LEAST_LOOK_ALIKES = 20;

/**
 * False matches are found by the depth difference only where look-alikes lie farther apart than matched units. Look-alikes are pairs within
 * sessions that are more alike than a tenth of the matched pairs: two neurons, or one that the sorter split.
 *
 * @param sessions (units,) 1..N
 * @param labels (units,) cluster of each unit from 0; -1 unmatched
 * @param pairs between sessions and within
 * @param pairSimilarity (P,)
 * @param depths (units,) motion taken out, µm
 * @returns one sentence, or undefined where nothing speaks against the estimate
 */
export function depthWarning(
  sessions: Int32Array,
  labels: Int32Array,
  pairs: UnitPairs,
  pairSimilarity: Float64Array,
  depths: Float64Array,
): string | undefined {
  const isMatched = (a: number, b: number) => labels[a] >= 0 && labels[a] === labels[b];
  const matched: number[] = [];
  const similarity: number[] = [];
  const within: number[] = [];
  for (let p = 0; p < pairs.count; p++) {
    const [a, b] = [pairs.units[2 * p], pairs.units[2 * p + 1]];
    if (sessions[a] === sessions[b]) within.push(p);
    else if (isMatched(a, b)) {
      matched.push(Math.abs(depths[a] - depths[b]));
      similarity.push(pairSimilarity[p]);
    }
  }
  if (matched.length === 0) return undefined;
  const least = Float64Array.from(similarity).sort()[Math.floor(0.1 * similarity.length)];
  const alike = within
    .filter((p) => pairSimilarity[p] > least)
    .map((p) => Math.abs(depths[pairs.units[2 * p]] - depths[pairs.units[2 * p + 1]]));
  const [near, usual] = [median(alike), median(matched)];
  if (alike.length < LEAST_LOOK_ALIKES || near > usual) return undefined;
  return `The depth tells little of false matches: units of one session that look alike lie ${near.toFixed(1)} µm apart, matched ones ${usual.toFixed(1)} µm. Waveforms on few channels, or neurons that the sorter split?`;
}

const median = (values: readonly number[]) => Float64Array.from(values).sort()[values.length >> 1] ?? 0;
