/** The curation stage on folders. */

import { matchConfidence } from '../core/confidence/match-confidence.ts';
import { inStage } from '../core/context.ts';
import { autoCurate } from '../core/curation/auto-curation.ts';
import type { CurationResult } from '../core/result.ts';
import type { UserSettings } from '../core/settings.ts';
import { comparedPairs, pairValues } from '../core/similarity/pair-list.ts';
import { npzChunks } from '../io/npz.ts';
import { SavedResult } from '../io/read-result.ts';
import { blocksOfTracking, unitConfidence } from '../io/result-blocks.ts';
import { encodeUnits, resultUnits, UNITS_FILE } from '../io/units-table.ts';
import { curationFiles } from '../io/write-curation.ts';
import { outputMembers } from '../io/write-output-npz.ts';
import type { StageOptions } from './stage-options.ts';
import {
  loadFeatures,
  loadMotion,
  partialResult,
  requireStageFile,
  savedClustering,
  withRecording,
  writeArrays,
} from './stage-state.ts';
import { startStopwatch } from './stopwatch.ts';

/**
 * Curates the clusters automatically: removes units of one session from a cluster, splits and merges as the settings say. Reads
 * what `finalClustering` wrote; writes `ClusterMatrix.npy`, `IdxCluster.npy`, `MatchedPairs.npy`, `MatchProbability.npy`, `UnitConfidence.npy`, `Curation*.npy`, `units.csv` and, last,
 * `Output.npz`, whose `RunTime` is that of this stage.
 *
 * @throws InputError for bad input or when an earlier stage has not run
 */
export function autoCuration(
  userSettings: UserSettings,
  options: StageOptions = {},
): Promise<CurationResult> {
  const stopwatch = startStopwatch();
  return withRecording(userSettings, options, async (state) => {
    const { dataset, settings, output, context } = state;
    await requireStageFile(output, 'ClusteringResults.npz', 'finalClustering');
    const features = await loadFeatures(output, settings, dataset);
    const motion = await loadMotion(output);
    const clustering = await savedClustering(await SavedResult.open(output, { finished: false }), settings);
    const { auto_split, auto_merge, merge_factor } = settings.autoCuration;
    const curation = await inStage(context, 'curation', async () =>
      autoCurate(
        { ...clustering, units: dataset.units, sessions: dataset.sessions },
        { autoSplit: auto_split, autoMerge: auto_merge, mergeFactor: merge_factor },
      ),
    );
    const { units, sessions, sessionCount } = dataset;
    const { pairs, unmatchedWeight } = comparedPairs(clustering);
    const confidence = matchConfidence(
      {
        ...clustering,
        units,
        sessions,
        sessionCount,
        labels: curation.labels,
        pairs,
        unmatchedWeight,
        pairSimilarity: pairValues(clustering.similarity, units, pairs),
      },
      curation.matchedPairs,
    );
    const blocks = blocksOfTracking(
      partialResult(state, features, { motion, clustering, curation, confidence }),
    );
    await writeArrays(output, curationFiles(blocks));
    const times = { runTimeSec: stopwatch.total(), dateTime: new Date().toISOString() };
    const tracked = { ...blocks, confidence: unitConfidence(blocks) };
    await output.write(UNITS_FILE, encodeUnits(resultUnits(tracked, state.unitRows)));
    await output.write('Output.npz', npzChunks(outputMembers(blocks, times)));
    return curation;
  });
}
