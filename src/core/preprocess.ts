/** Step 1: what is computed once per unit. */
import type { Step } from './checkpoints.ts';
import type { RunContext } from './context.ts';
import {
  type Dataset,
  type StreamedDataset,
  type WaveformPiece,
  type Waveforms,
  waveformSource,
} from './dataset.ts';
import { autoCorrBins, binsWithin } from './features/histogram-bins.ts';
import {
  emptyDescriptions,
  type UnitDescriptionOptions,
  type UnitDescriptions,
} from './features/unit-description.ts';
import { centerWaveform } from './features/waveform-centering.ts';
import { describeRecordedUnits } from './recorded/describe-units.ts';
import type { UnitFeatures } from './result.ts';
import type { FeatureName, Settings } from './settings.ts';
import { countZeroWaveforms, zeroWaveformsText } from './zero-waveforms.ts';

export interface Preprocessed {
  readonly features: UnitFeatures;
  /** The waveforms to go on with: centred when the settings ask for it, else those of the dataset. */
  readonly waveforms: Waveforms;
}

/** The features that any round of motion estimation or the final clustering compares. */
export function usedFeatures(settings: Settings): Set<FeatureName> {
  return new Set([...settings.motionEstimation.features.flat(), ...settings.clustering.features]);
}

/**
 * Locations, peak channels, autocorrelograms and ISI histograms of all units (`docs/methods.md`, step 1).
 *
 * @throws RangeError when a setting is out of range; StoppedError when the signal is aborted; what `dataset.spikeTimes` rejects with
 */
export async function preprocessUnits(
  dataset: Dataset,
  settings: Settings,
  context: RunContext,
): Promise<Preprocessed> {
  const { waveforms } = dataset;
  // Between blocks threads wait for each other: a hundredth of the time. They are for keeping what is finished.
  const blockUnits = context.checkpoints ? BLOCK_UNITS : waveforms.units;
  const features = await describeUnits(
    { ...dataset, waveforms: waveformSource(waveforms, blockUnits) },
    settings,
    context,
  );
  const { peakChannels } = features;
  return {
    features,
    waveforms: settings.centering_waveforms ? centerWaveforms(waveforms, peakChannels, context) : waveforms,
  };
}

/** What `preprocessUnits` computes of every unit, with waveforms that are read piece by piece; pieces are kept on their own. */
export async function describeUnits(
  dataset: StreamedDataset,
  settings: Settings,
  context: RunContext,
): Promise<UnitFeatures> {
  const { units, waveforms, probe } = dataset;
  const { kernels, signal, checkpoints } = context;
  const used = usedFeatures(settings);
  const options = descriptionOptions(dataset, settings);
  const empty = () => emptyDescriptions(units, options, (length) => kernels.float64(length));
  let all: UnitDescriptions | undefined;
  let zeros = 0;
  for await (const piece of waveforms.pieces(kernels, signal)) {
    zeros += countZeroWaveforms(piece.data, piece.units);
    const step = unitsStep(settings, piece.firstUnit, piece.firstUnit + piece.units);
    const known = await checkpoints?.load<UnitDescriptions>(step);
    const part = known ?? (await describePiece(dataset, piece, settings, context));
    if (!known) await checkpoints?.save(step, { ...part });
    if (piece.units === units) {
      all = part;
      continue;
    }
    all ??= empty();
    copyDescriptions(part, all, piece.firstUnit / units);
    // What is kept may be written later: its memory must not be used again.
    if (!checkpoints) kernels.release(...Object.values(part));
  }
  if (zeros > 0) context.onEvent?.({ kind: 'warning', text: zeroWaveformsText(zeros, units) });
  // New sessions may have no unit on a shank.
  const described = all ?? empty();
  const peakChannels = Int32Array.from(described.peakChannels);
  const silentUnits: number[] = [];
  if (used.has('AutoCorr') || used.has('ISI')) {
    described.spikeCounts.forEach((count, unit) => {
      if (count < 2) silentUnits.push(unit);
    });
  }
  if (silentUnits.length > 0) {
    context.onEvent?.({
      kind: 'warning',
      text: `${silentUnits.length} of ${units} units have fewer than 2 spikes: their autocorrelogram and ISI histogram are zero.`,
    });
  }
  return {
    units,
    locations: described.locations,
    amplitude: described.amplitude,
    peakChannels,
    unitShanks: peakChannels.map((channel) => probe.shanks[channel]),
    autoCorr: options.autoCorr && { data: described.autoCorr, bins: autoCorrBins(options.autoCorr) },
    isi: options.isi && { data: described.isi, bins: binsWithin(options.isi) },
    peth: used.has('PETH') ? dataset.peth : undefined,
    silentUnits,
  };
}

/** Units that are described, and kept, together. */
const BLOCK_UNITS = 1024;

function unitsStep(settings: Settings, from: number, to: number): Step {
  const used = usedFeatures(settings);
  const [autoCorr, isi] = [used.has('AutoCorr'), used.has('ISI')];
  return {
    name: `units-${from}`,
    title: 'the preprocessing',
    settings: {
      spikeLocation: settings.spikeLocation,
      ...(autoCorr && { autoCorr: settings.autoCorr }),
      ...(isi && { ISI: settings.ISI }),
    },
    from: [],
    ...((autoCorr || isi) && { spikeTrains: [from, to] }),
  };
}

function descriptionOptions(
  { probe, waveforms: { channels, samples } }: StreamedDataset,
  settings: Settings,
): UnitDescriptionOptions {
  const used = usedFeatures(settings);
  return {
    channels,
    samples,
    channelLocations: probe.locations,
    locator: settings.spikeLocation,
    autoCorr: used.has('AutoCorr') ? settings.autoCorr : undefined,
    isi: used.has('ISI') ? settings.ISI : undefined,
  };
}

function describePiece(
  dataset: StreamedDataset,
  { firstUnit, units, data }: WaveformPiece,
  settings: Settings,
  { kernels, signal, onEvent }: RunContext,
): Promise<UnitDescriptions> {
  const input = {
    ...descriptionOptions(dataset, settings),
    waveforms: data,
    units,
    spikeTimes: (unit: number) => dataset.spikeTimes(firstUnit + unit),
  };
  const job = {
    signal,
    progress: (done: number, total: number) =>
      onEvent?.({
        kind: 'progress',
        stage: 'preprocessing',
        step: 'units',
        done: firstUnit + Math.round((done / total) * units),
        total: dataset.units,
      }),
  };
  if (!dataset.probe.recorded) return kernels.describeUnits(input, job);
  const sessions = dataset.sessions.subarray(firstUnit, firstUnit + units);
  return describeRecordedUnits(kernels, input, sessions, dataset.probe, job);
}

/** Puts the descriptions of some units among those of all. @param at where they begin, as a fraction of all units */
function copyDescriptions(part: UnitDescriptions, all: UnitDescriptions, at: number): void {
  for (const key of Object.keys(all) as (keyof UnitDescriptions)[]) {
    all[key].set(part[key], Math.round(at * all[key].length));
  }
}

/** All waveforms shifted so that the trough of each unit's peak channel falls on the middle sample. */
export function centerWaveforms(
  waveforms: Waveforms,
  peakChannels: Int32Array,
  context: RunContext,
): Waveforms {
  const { data, units, channels, samples } = waveforms;
  const size = channels * samples;
  const centered = context.kernels.float32(data.length);
  for (let unit = 0; unit < units; unit++) {
    const from = unit * size;
    centerWaveform(
      data.subarray(from, from + size),
      channels,
      samples,
      peakChannels[unit],
      centered.subarray(from, from + size),
    );
  }
  return { data: centered, units, channels, samples };
}
