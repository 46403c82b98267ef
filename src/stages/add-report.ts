/** What is told of an addition to a result. */
import type { PossibleMerge } from '../core/growing/assign-new.ts';
import { isMultiShank, type MultiShankResult, type TrackingResult } from '../core/result.ts';
import type { AddSummary } from './stage-options.ts';

/** A result with new sessions. Labels and units are those of the whole. */
export interface GrownRecording {
  readonly result: TrackingResult | MultiShankResult;
  readonly possibleMerges: readonly PossibleMerge[];
  /** (new units,) the old unit that each goes with when a person changes its neuron; -1 where its neuron has none. */
  readonly followed: Int32Array;
}

export function possibleMergeText({ labels, units, score }: PossibleMerge): string {
  const [a, b] = labels.map((label, i) => (label < 0 ? `unit ${units[i]}` : `neuron ${label + 1}`));
  return `With the new sessions, ${a} and ${b} look like one (similarity ${score.toFixed(2)}); they stay apart: look at them.`;
}

/**
 * @param oldLabels (old units,) neurons before, from 0; -1 unmatched
 * @param oldSessions how many sessions there were
 */
export function summarizeAddition(
  oldLabels: Int32Array,
  oldSessions: number,
  { result, possibleMerges }: GrownRecording,
  rest: Pick<AddSummary, 'seconds' | 'totalSeconds' | 'threads' | 'warnings' | 'curation'>,
): AddSummary {
  const multi = isMultiShank(result);
  const { labels, clusterCount, matchedPairs } = multi ? result : result.curation;
  const oldClusters = oldLabels.reduce((count, label) => Math.max(count, label + 1), 0);
  const fresh = labels.subarray(oldLabels.length);
  const parts: readonly { shankId?: number; result: TrackingResult }[] = multi ? result.shanks : [{ result }];
  return {
    outputFolder: result.settings.output_folder,
    dataFolder: result.settings.path_to_data,
    newUnits: fresh.length,
    newSessions: result.sessionCount - oldSessions,
    units: labels.length,
    sessions: result.sessionCount,
    joined: fresh.filter((label) => label >= 0 && label < oldClusters).length,
    newNeurons: clusterCount - oldClusters,
    unmatched: fresh.filter((label) => label < 0).length,
    clusters: clusterCount,
    matches: matchedPairs.length / 2,
    motion: parts.map(({ shankId, result: { motion } }) => ({
      ...(shankId !== undefined && { shank: shankId }),
      constant: [...motion.constant.subarray(oldSessions)],
    })),
    possibleMerges: possibleMerges.map(({ labels: [a, b], units, score }) => ({
      neurons: [a < 0 ? -1 : a + 1, b < 0 ? -1 : b + 1],
      units: [...units],
      similarity: score,
    })),
    ...rest,
    peakMemory: process.resourceUsage().maxRSS * 1024,
    kernels: result.kernels,
  };
}
