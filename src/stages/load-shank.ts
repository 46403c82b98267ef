/** The result of one shank, read back from its folder to be put together with the others. */
import type { RunContext } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { InputError } from '../core/errors.ts';
import { growSimilarities } from '../core/growing/grow-similarities.ts';
import { pairWeigher } from '../core/growing/list-pairs.ts';
import type { ClusteringResult, TrackingResult } from '../core/result.ts';
import type { Settings } from '../core/settings.ts';
import { nearbyLayout } from '../core/similarity/nearby-layout.ts';
import { correctedDepths } from '../core/similarity/nearby-pairs.ts';
import { comparedCandidates } from '../core/similarity/pair-list.ts';
import { pathIn, type Store, subStore } from '../io/byte-source.ts';
import { SavedResult } from '../io/read-result.ts';
import { shankFolder } from '../io/result-folder.ts';
import { savedPairs } from '../io/saved-pairs.ts';
import { loadCorrected, savedClustering, savedFeatures } from './stage-state.ts';

/** A recording whose shanks are put together. */
export interface ShankRecording {
  readonly settings: Settings;
  readonly output: Store;
  /** Whether only nearby pairs were compared. */
  readonly nearby: boolean;
  readonly dataset: Pick<Dataset, 'sessions' | 'sessionCount'> & {
    readonly waveforms: Pick<Dataset['waveforms'], 'channels' | 'samples'>;
  };
  readonly context: RunContext;
}

/**
 * @returns without corrected waveforms where only nearby pairs were compared, or the shank was written without
 * @throws InputError when the folder of the shank does not hold the given units
 */
export async function loadShank(
  { settings, output, nearby, dataset, context }: ShankRecording,
  shankId: number,
  units: Int32Array,
): Promise<TrackingResult> {
  const folder = subStore(output, shankFolder(shankId));
  const saved = await SavedResult.open(folder);
  const original = (await saved.originalUnits()) ?? new Int32Array(0);
  if (original.length !== units.length || original.some((unit, i) => unit !== units[i])) {
    throw new InputError({
      where: `${folder.name}/original_unit_indices.npy`,
      found: `${original.length} units`,
      expected: `the ${units.length} units of shank ${shankId}`,
      remedy: 'Track the shanks again; their folders belong to another recording.',
    });
  }
  const { channels, samples } = dataset.waveforms;
  const [motion] = await saved.motions();
  const of = {
    settings,
    sessions: Int32Array.from(units, (unit) => dataset.sessions[unit]),
    sessionCount: dataset.sessionCount,
    features: await savedFeatures(saved),
    rounds: [],
    motion,
  };
  const { pairs, types } = await saved.curation();
  const labels = await saved.labels();
  const matchedPairs = await saved.matchedPairs();
  return {
    ...of,
    corrected:
      nearby || !(await hasWaveforms(folder, settings))
        ? { units: units.length, channels, samples, templates: [], interpolated: true }
        : await loadCorrected(folder),
    clustering: nearby ? await nearbyClustering(saved, of, context) : await savedClustering(saved, settings),
    curation: {
      labels,
      clusterCount: countOf(labels),
      matchedPairs,
      curationPairs: pairs,
      curationTypes: Uint8Array.from(types),
    },
    confidence: {
      matchProbability: (await saved.matchProbability()) ?? new Float64Array(matchedPairs.length / 2),
      expectedPairs: await saved.expectedPairs(),
      unitConfidence: (await saved.unitConfidence()) ?? new Float64Array(units.length).fill(Number.NaN),
    },
    warnings: [],
    kernels: context.kernels.name,
  };
}

/** Whether the shank has corrected waveforms, or should have. */
const hasWaveforms = async (folder: Store, { save_waveforms }: Settings) =>
  save_waveforms === 'always' || (await folder.open('waveforms_corrected.npy')) !== undefined;

/** The final clustering of nearby pairs. */
async function nearbyClustering(
  saved: SavedResult,
  {
    settings,
    sessions,
    motion,
    features: { locations },
  }: Pick<TrackingResult, 'settings' | 'sessions' | 'motion' | 'features'>,
  context: RunContext,
): Promise<ClusteringResult> {
  const [labels, leafOrder] = [await saved.clusterLabels(), await saved.leafOrder()];
  if (!labels || !leafOrder) {
    throw new InputError({
      where: pathIn(saved.store, 'ClusteringResults.npz'),
      found: 'no such file',
      expected: 'the clustering of the shank',
      remedy: 'Track the shank again.',
    });
  }
  const { features } = settings.clustering;
  const weights = (await saved.weights()).data;
  const [threshold] = await saved.thresholds();
  const depths = correctedDepths(locations, sessions, motion);
  const layout = nearbyLayout(settings.clustering.max_distance, sessions, depths);
  const similarities = await growSimilarities(
    layout,
    {
      clustering: { features, weights },
      known: savedPairs(saved, features),
      weigh: pairWeigher(sessions, weights),
    },
    { count: 0, units: new Int32Array(0), similarity: features.map(() => new Float64Array(0)) },
    context,
  );
  return {
    features,
    weights,
    threshold,
    ...similarities,
    pairs: similarities.pairs ?? comparedCandidates(similarities.similarity, labels),
    labels,
    clusterCount: countOf(labels),
    leafOrder,
    weightHistory: [weights],
  };
}

const countOf = (labels: Int32Array) => labels.reduce((count, label) => Math.max(count, label + 1), 0);
