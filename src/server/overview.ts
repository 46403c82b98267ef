/** What the application shows first. */
import { basename, resolve } from 'node:path';
import { pairsWithinClusters, toFileLabels } from '../core/curation/cluster-labels.ts';
import { sessionMatches } from '../figures/matched-probability.ts';
import type { SavedBand } from '../io/motion-bands.ts';
import { openNpy } from '../io/npy.ts';
import type { TrackedFolder, TrackedShank } from '../io/tracked-folder.ts';
import { neuronsOf } from '../io/write-curated.ts';
import type { MotionCurve, Overview, TrackedPart, UnitColumns, UnitsMeta } from './protocol.ts';

export async function overviewOf(folder: TrackedFolder, version: string): Promise<Overview> {
  const { units, sessions, sessionCount, labels, run, rows } = folder;
  const pairs = pairsWithinClusters(labels);
  const candidatePairs = await folder.store.open('SimilarityPairs.npy');
  const leafOrder = (await folder.store.open('ClusteringResults.npz')) !== undefined;
  const matches = sessionMatches([{ sessions, pairs }], sessionCount);
  const preset = (run?.params as { preset?: unknown } | undefined)?.preset;
  return {
    folder: basename(resolve(folder.store.name)),
    hasData: folder.data !== undefined,
    version,
    unitCount: units,
    sessions: Array.from({ length: sessionCount }, (_, i) => {
      const row = rows?.find(({ session }) => session === i + 1);
      return {
        session: i + 1,
        units: matches.units[i],
        date: row?.date || undefined,
        label: row?.label || undefined,
      };
    }),
    shankIds: [...new Set(folder.unitShanks)].sort((a, b) => a - b),
    features: folder.features,
    measures: folder.measures,
    preset: typeof preset === 'string' ? preset : undefined,
    settings: run?.params,
    runTimeSec: run?.runTimeSec,
    dateTime: run?.dateTime,
    parts: folder.shanks.map((shank) => partOf(folder, shank)),
    neuronCount: neuronsOf(labels).size,
    matchedPairCount: pairs.length / 2,
    candidatePairCount: candidatePairs ? (await openNpy(candidatePairs)).shape[0] : 0,
    matchedUnits: Array.from(matches.matched),
    has: {
      correctedWaveforms: folder.correctedWaveforms !== undefined,
      rawWaveforms: folder.rawWaveforms !== undefined,
      autoCorr: folder.autoCorr !== undefined || folder.data !== undefined,
      isi: folder.isi !== undefined || folder.data !== undefined,
      peth: folder.peth !== undefined,
      confidence: folder.confidence !== undefined,
      leafOrder,
      originalUnits: rows?.some(({ clusterId }) => clusterId !== '') ?? false,
      sparse: folder.similarity[0].sparse,
    },
  };
}

function partOf(folder: TrackedFolder, shank: TrackedShank): TrackedPart {
  const { shankId, weights, threshold, motion } = shank;
  return {
    shankId,
    weights: Array.from(weights),
    threshold: Number.isFinite(threshold) ? threshold : null,
    motion: {
      linearScale: motion.linearScale,
      linear: Array.from(motion.linear),
      constant: Array.from(motion.constant),
      curves: curvesOf(folder, shank),
    },
  };
}

/** At all depths; or at two of them, those whose band is known, else the smallest and the largest y of the units of the shank. */
function curvesOf(
  { locations, unitShanks }: TrackedFolder,
  { shankId, motion, bands }: TrackedShank,
): MotionCurve[] {
  const at = (depth?: number, band?: SavedBand): MotionCurve => ({
    depth,
    motion: Array.from(motion.constant, (_, s) => motion.getMotion(s + 1, depth)),
    lower: band?.lower,
    upper: band?.upper,
  });
  if (bands.length > 0) return bands.map((band) => at(band.depth, band));
  if (!motion.isLinear) return [at()];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  unitShanks.forEach((shank, unit) => {
    if (shankId !== undefined && shank !== shankId) return;
    low = Math.min(low, locations[3 * unit + 1]);
    high = Math.max(high, locations[3 * unit + 1]);
  });
  return low < high ? [at(low), at(high)] : [at()];
}

export async function unitColumns(folder: TrackedFolder): Promise<{ arrays: UnitColumns; meta: UnitsMeta }> {
  const { locations, rows } = folder;
  const axis = (i: number) => Float32Array.from({ length: folder.units }, (_, u) => locations[3 * u + i]);
  const clusters = await folder.saved.clusterLabels();
  return {
    arrays: {
      session: folder.sessions,
      x: axis(0),
      y: axis(1),
      z: axis(2),
      correctedY: Float32Array.from(folder.correctedY),
      amplitude: Float32Array.from(folder.peakAmplitude),
      peakChannel: folder.peakChannels,
      shank: folder.unitShanks,
      label: folder.labels,
      clusterBeforeCuration: clusters && toFileLabels(clusters),
      confidence: folder.confidence && Float32Array.from(folder.confidence),
    },
    meta: {
      originalIds: rows?.some(({ clusterId }) => clusterId !== '')
        ? rows.map((row) => row.clusterId)
        : undefined,
      originalFolders: rows?.some((row) => row.folder !== '') ? rows.map((row) => row.folder) : undefined,
    },
  };
}
