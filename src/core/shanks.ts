/** Several shanks: one preprocessing, then every shank on its own. */
import { withStepsOf } from './checkpoints.ts';
import { inStage, type RunContext } from './context.ts';
import { type Dataset, type StreamedDataset, subsetSource, type Waveforms } from './dataset.ts';
import type { Motion } from './motion/motion.ts';
import { describeUnits, preprocessUnits } from './preprocess.ts';
import type { Histogram, MultiShankResult, ShankResult, TrackingResult, UnitFeatures } from './result.ts';
import type { Settings } from './settings.ts';
import { compareNearby } from './similarity/nearby-comparison.ts';
import { trackCompared, trackPreprocessed } from './track.ts';

/**
 * Tracks every shank on its own: the shank of a unit is that of its peak channel. Shanks keep the geometry of the whole
 * probe. (`docs/methods.md`, step 10.)
 */
export async function trackShanks(
  dataset: Dataset,
  settings: Settings,
  context: RunContext,
  given?: Motion,
): Promise<MultiShankResult> {
  let waveforms: Waveforms;
  return eachShank(dataset, settings, context, {
    async describe(rootContext) {
      const preprocessed = await preprocessUnits(dataset, settings, rootContext);
      waveforms = preprocessed.waveforms;
      return preprocessed.features;
    },
    track: (units, features, shankContext) =>
      trackPreprocessed(
        { ...subsetUnits(dataset, units), waveforms: dataset.waveforms },
        { features, waveforms: subsetWaveforms(waveforms, units, context) },
        settings,
        shankContext,
        given,
      ),
  });
}

/** As `trackShanks`, of nearby pairs only. */
export async function trackShanksNearby(
  dataset: StreamedDataset,
  settings: Settings,
  context: RunContext,
  given?: Motion,
): Promise<MultiShankResult> {
  return eachShank(dataset, settings, context, {
    describe: (rootContext) => describeUnits(dataset, settings, rootContext),
    track(units, features, shankContext) {
      const shank = { ...subsetUnits(dataset, units), waveforms: subsetSource(dataset.waveforms, units) };
      const comparison = compareNearby(shank, features, settings, shankContext);
      return trackCompared(shank, features, comparison, settings, shankContext, given);
    },
  });
}

type Units = Omit<Dataset, 'waveforms'>;

/** How units are described, and how those of one shank are tracked. */
interface ShankTracker {
  describe(context: RunContext): Promise<UnitFeatures>;
  track(units: Int32Array, features: UnitFeatures, context: RunContext): Promise<TrackingResult>;
}

async function eachShank(
  dataset: Units,
  settings: Settings,
  context: RunContext,
  { describe, track }: ShankTracker,
): Promise<MultiShankResult> {
  const warnings: string[] = [];
  const rootContext: RunContext = {
    ...context,
    onEvent(event) {
      if (event.kind === 'warning') warnings.push(event.text);
      context.onEvent?.(event);
    },
  };
  const features = await inStage(rootContext, 'preprocessing', () => describe(rootContext));
  const shanks: ShankResult[] = [];
  for (const shankId of shankIds(features.unitShanks)) {
    const units = unitsOfShank(features.unitShanks, shankId);
    context.onEvent?.({ kind: 'log', text: `Shank ${shankId}: ${units.length} units.` });
    const result = await track(units, subsetFeatures(features, units), {
      ...withStepsOf(context, `Shank ${shankId}`),
      onEvent: (event) =>
        rootContext.onEvent?.(
          event.kind === 'warning' || event.kind === 'log'
            ? { ...event, text: `Shank ${shankId}: ${event.text}` }
            : event,
        ),
    });
    shanks.push({ shankId, units, result });
  }
  return {
    settings,
    sessions: dataset.sessions,
    sessionCount: dataset.sessionCount,
    features,
    shanks,
    ...mergeLabels(dataset.units, shanks),
    warnings,
    kernels: context.kernels.name,
  };
}

/** The shank ids that have units, in ascending order. */
export function shankIds(unitShanks: Int32Array): number[] {
  return [...new Set(unitShanks)].sort((a, b) => a - b);
}

/** Indices of the units of a shank, ascending. */
export function unitsOfShank(unitShanks: Int32Array, shankId: number): Int32Array {
  const units: number[] = [];
  unitShanks.forEach((shank, unit) => {
    if (shank === shankId) units.push(unit);
  });
  return Int32Array.from(units);
}

/** A recording of some of its units, without PETH. */
export function subsetUnits(dataset: Units, units: Int32Array): Units {
  return {
    ...dataset,
    units: units.length,
    sessions: Int32Array.from(units, (u) => dataset.sessions[u]),
    spikeTimes: (unit) => dataset.spikeTimes(units[unit]),
    peth: undefined,
  };
}

/** The waveforms of some units. */
export function subsetWaveforms(waveforms: Waveforms, units: Int32Array, context: RunContext): Waveforms {
  const { channels, samples } = waveforms;
  const data = context.kernels.float32(units.length * channels * samples);
  copyRows(waveforms.data, channels * samples, units, data);
  return { data, units: units.length, channels, samples };
}

function subsetFeatures(features: UnitFeatures, units: Int32Array): UnitFeatures {
  const histogram = (all: Histogram | undefined) => subsetHistogram(all, units);
  const silent = new Set(features.silentUnits);
  return {
    units: units.length,
    locations: copyRows(features.locations, 3, units, new Float64Array(3 * units.length)),
    amplitude: Float64Array.from(units, (u) => features.amplitude[u]),
    peakChannels: Int32Array.from(units, (u) => features.peakChannels[u]),
    unitShanks: Int32Array.from(units, (u) => features.unitShanks[u]),
    autoCorr: histogram(features.autoCorr),
    isi: histogram(features.isi),
    peth: histogram(features.peth),
    silentUnits: Array.from(units.keys()).filter((i) => silent.has(units[i])),
  };
}

/** The rows of some units. */
export function subsetHistogram(all: Histogram | undefined, units: Int32Array): Histogram | undefined {
  return (
    all && {
      data: copyRows(all.data, all.bins, units, new Float64Array(units.length * all.bins)),
      bins: all.bins,
    }
  );
}

function copyRows<T extends Float32Array | Float64Array>(
  from: T,
  columns: number,
  rows: Int32Array,
  to: T,
): T {
  rows.forEach((row, i) => {
    to.set(from.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return to;
}

/** Labels and pairs of all units: those of each shank follow those of the shanks before it. */
export function mergeLabels(unitCount: number, shanks: readonly ShankResult[]) {
  const labels = new Int32Array(unitCount).fill(-1);
  const matchedPairs: number[] = [];
  let clusterCount = 0;
  for (const { units, result } of shanks) {
    const { curation } = result;
    curation.labels.forEach((label, i) => {
      if (label >= 0) labels[units[i]] = label + clusterCount;
    });
    for (const unit of curation.matchedPairs) matchedPairs.push(units[unit]);
    clusterCount += curation.clusterCount;
  }
  return { labels, clusterCount, matchedPairs: Int32Array.from(matchedPairs) };
}
