/** Several shanks: one preprocessing, then every shank on its own. */
import { notingWarnings, withStepsOf } from './checkpoints.ts';
import { inStage, type RunContext } from './context.ts';
import { type Dataset, type StreamedDataset, subsetSource, type Waveforms } from './dataset.ts';
import type { Motion } from './motion/motion.ts';
import { type OpenShank, trackPooled, warnOfFewPairs } from './pooled-shanks.ts';
import { describeUnits, preprocessUnits } from './preprocess.ts';
import type { Histogram, MultiShankResult, ShankResult, UnitFeatures } from './result.ts';
import type { Settings } from './settings.ts';
import { type Comparison, compareAll } from './similarity/comparison.ts';
import { compareNearby } from './similarity/nearby-comparison.ts';
import { trackCompared } from './track.ts';

/**
 * Tracks every shank on its own: the shank of a unit is that of its peak channel. Shanks keep the geometry of the whole
 * probe. (`docs/methods.md`, step 12.)
 *
 * @param given a motion that is known from elsewhere, of all shanks
 * @throws InputError when the settings do not fit the data; StoppedError when the signal is aborted
 */
export async function trackShanks(
  dataset: Dataset,
  settings: Settings,
  context: RunContext,
  given?: Motion,
): Promise<MultiShankResult> {
  let waveforms: Waveforms;
  return eachShank(dataset, settings, context, given, {
    async describe(rootContext) {
      const preprocessed = await preprocessUnits(dataset, settings, rootContext);
      waveforms = preprocessed.waveforms;
      return preprocessed.features;
    },
    compare(shank, units, features, shankContext) {
      const own = { ...shank, waveforms: subsetWaveforms(waveforms, units, context) };
      return compareAll(own, features, settings, shankContext);
    },
  });
}

/** As `trackShanks`, of nearby pairs only. */
export async function trackShanksNearby(
  dataset: StreamedDataset,
  settings: Settings,
  context: RunContext,
  given?: Motion,
): Promise<MultiShankResult> {
  return eachShank(dataset, settings, context, given, {
    describe: (rootContext) => describeUnits(dataset, settings, rootContext),
    compare(shank, units, features, shankContext) {
      const own = { ...shank, waveforms: subsetSource(dataset.waveforms, units) };
      return compareNearby(own, features, settings, shankContext);
    },
  });
}

type Units = Omit<Dataset, 'waveforms'>;

/** How units are described, and how those of one shank are compared. */
interface ShankTracker {
  describe(context: RunContext): Promise<UnitFeatures>;
  /** @param units indices of the units of `shank` among all */
  compare(shank: Units, units: Int32Array, features: UnitFeatures, context: RunContext): Comparison;
}

async function eachShank(
  dataset: Units,
  settings: Settings,
  context: RunContext,
  given: Motion | undefined,
  { describe, compare }: ShankTracker,
): Promise<MultiShankResult> {
  const { context: rootContext, warnings } = notingWarnings(context);
  const features = await inStage(rootContext, 'preprocessing', () => describe(rootContext));
  const open = (shankId: number): OpenShank => {
    const units = unitsOfShank(features.unitShanks, shankId);
    context.onEvent?.({ kind: 'log', text: `Shank ${shankId}: ${units.length} units.` });
    const shankContext = contextOfShank(withStepsOf(rootContext, `Shank ${shankId}`), shankId);
    const shank = subsetUnits(dataset, units);
    const own = subsetFeatures(features, units);
    const comparison = compare(shank, units, own, shankContext);
    return { shankId, units, dataset: shank, features: own, comparison, context: shankContext };
  };
  const shanks: ShankResult[] = [];
  const ids = shankIds(features.unitShanks);
  if (ids.length > 1 && settings.motionEstimation.pool_shanks === 'rigid') {
    shanks.push(...(await trackPooled(ids.map(open), settings, rootContext, given)));
  } else {
    for (const shankId of ids) {
      const { units, dataset: shank, features: own, comparison, context: shankContext } = open(shankId);
      const result = await trackCompared(shank, own, comparison, settings, shankContext, given);
      shanks.push({ shankId, units, result });
    }
    warnOfFewPairs(shanks, dataset.sessionCount, rootContext);
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

/** A context whose messages name the shank. */
export function contextOfShank(context: RunContext, shankId: number): RunContext {
  return {
    ...context,
    onEvent: (event) =>
      context.onEvent?.(
        event.kind === 'warning' || event.kind === 'log'
          ? { ...event, text: `Shank ${shankId}: ${event.text}` }
          : event,
      ),
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

/** Some units of a recording that is read piece by piece, without PETH. @param units ascending */
export function subsetStreamed(dataset: StreamedDataset, units: Int32Array): StreamedDataset {
  return { ...subsetUnits(dataset, units), waveforms: subsetSource(dataset.waveforms, units) };
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
