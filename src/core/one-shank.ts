/** One shank of a recording, as if the others were not there; and the features of all, from those of each. */
import { inStage, type RunContext } from './context.ts';
import type { Dataset, StreamedDataset } from './dataset.ts';
import { InputError } from './errors.ts';
import { findPeakChannel, peakToTrough } from './features/spike-location.ts';
import type { Motion } from './motion/motion.ts';
import { describeUnits, preprocessUnits } from './preprocess.ts';
import type { Histogram, ShankResult, UnitFeatures } from './result.ts';
import type { Settings } from './settings.ts';
import {
  shankIds,
  subsetHistogram,
  subsetStreamed,
  subsetUnits,
  subsetWaveforms,
  unitsOfShank,
} from './shanks.ts';
import { compareNearby } from './similarity/nearby-comparison.ts';
import { trackCompared, trackPreprocessed } from './track.ts';

/**
 * Tracks the units of one shank, with the result that `trackShanks` gives for it. Only their spike trains are read.
 *
 * @throws InputError when no unit has its peak channel on the shank
 */
export async function trackShank(
  dataset: Dataset,
  settings: Settings,
  context: RunContext,
  shankId: number,
  given?: Motion,
): Promise<ShankResult> {
  const units = someOfShank(shankOfUnits(dataset), shankId);
  const own: Dataset = {
    ...subsetUnits(dataset, units),
    waveforms: subsetWaveforms(dataset.waveforms, units, context),
    peth: subsetHistogram(dataset.peth, units),
  };
  const preprocessed = await inStage(context, 'preprocessing', () =>
    preprocessUnits(own, settings, withoutSteps(context)),
  );
  return { shankId, units, result: await trackPreprocessed(own, preprocessed, settings, context, given) };
}

/** As `trackShank`, of nearby pairs only: the result that `trackShanksNearby` gives for the shank. */
export async function trackShankNearby(
  dataset: StreamedDataset,
  settings: Settings,
  context: RunContext,
  shankId: number,
  given?: Motion,
): Promise<ShankResult> {
  const { units, own, features } = await inStage(context, 'preprocessing', async () => {
    const units = someOfShank(await shankOfStreamedUnits(dataset, context), shankId);
    const own = { ...subsetStreamed(dataset, units), peth: subsetHistogram(dataset.peth, units) };
    return { units, own, features: await describeUnits(own, settings, withoutSteps(context)) };
  });
  const comparison = compareNearby(own, features, settings, context);
  const result = await trackCompared(own, features, comparison, settings, context, given);
  return { shankId, units, result };
}

/** Steps that are kept know spike trains by the numbers of all units. */
const withoutSteps = (context: RunContext): RunContext => ({ ...context, checkpoints: undefined });

function someOfShank(unitShanks: Int32Array, shankId: number): Int32Array {
  const units = unitsOfShank(unitShanks, shankId);
  if (units.length > 0) return units;
  throw new InputError({
    where: 'the units of the recording',
    found: `none whose peak channel is on shank ${shankId}`,
    expected: `one of the shanks ${shankIds(unitShanks).join(', ')}`,
    remedy: 'Name one of these shanks.',
  });
}

/** (units,) shank id of the peak channel of every unit. */
export function shankOfUnits({ waveforms, probe }: Pick<Dataset, 'waveforms' | 'probe'>): Int32Array {
  const { data, units, channels, samples } = waveforms;
  const ptt = new Float64Array(channels);
  return Int32Array.from({ length: units }, (_, unit) => {
    peakToTrough(data.subarray(unit * channels * samples), channels, samples, ptt);
    return probe.shanks[findPeakChannel(ptt)];
  });
}

async function shankOfStreamedUnits(
  { waveforms, probe }: StreamedDataset,
  { kernels, signal }: RunContext,
): Promise<Int32Array> {
  const unitShanks = new Int32Array(waveforms.units);
  for await (const { data, firstUnit, units } of waveforms.pieces(kernels, signal)) {
    const { channels, samples } = waveforms;
    unitShanks.set(shankOfUnits({ waveforms: { data, units, channels, samples }, probe }), firstUnit);
  }
  return unitShanks;
}

/**
 * The features of all units, from those of the shanks.
 * @param shanks together they hold every one of the `units` units once
 */
export function joinFeatures(units: number, shanks: readonly ShankResult[]): UnitFeatures {
  const parts = shanks.map(({ units: rows, result }) => ({ rows, features: result.features }));
  const gather = <T extends Float64Array | Int32Array>(
    columns: number,
    empty: T,
    of: (features: UnitFeatures) => T,
  ): T => {
    for (const { rows, features } of parts) {
      rows.forEach((unit, row) => {
        empty.set(of(features).subarray(row * columns, (row + 1) * columns), unit * columns);
      });
    }
    return empty;
  };
  const histogram = (of: (features: UnitFeatures) => Histogram | undefined): Histogram | undefined => {
    const bins = of(parts[0].features)?.bins;
    if (bins === undefined) return undefined;
    return { bins, data: gather(bins, new Float64Array(units * bins), (f) => (of(f) as Histogram).data) };
  };
  return {
    units,
    locations: gather(3, new Float64Array(3 * units), (f) => f.locations),
    amplitude: gather(1, new Float64Array(units), (f) => f.amplitude),
    peakChannels: gather(1, new Int32Array(units), (f) => f.peakChannels),
    unitShanks: gather(1, new Int32Array(units), (f) => f.unitShanks),
    autoCorr: histogram((f) => f.autoCorr),
    isi: histogram((f) => f.isi),
    peth: histogram((f) => f.peth),
    silentUnits: parts
      .flatMap(({ rows, features }) => features.silentUnits.map((unit) => rows[unit]))
      .sort((a, b) => a - b),
  };
}
