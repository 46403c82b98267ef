/** Step 1: what is computed once per unit. */
import type { Step } from './checkpoints.ts';
import type { RunContext } from './context.ts';
import type { Dataset, Waveforms } from './dataset.ts';
import type { UnitDescriptions } from './features/unit-description.ts';
import { centerWaveform } from './features/waveform-centering.ts';
import type { Histogram, UnitFeatures } from './result.ts';
import type { FeatureName, Settings } from './settings.ts';

export interface Preprocessed {
  readonly features: UnitFeatures;
  /** The waveforms to go on with: centred when the settings ask for it, else those of the dataset. */
  readonly waveforms: Waveforms;
}

/** The features that any round of motion estimation or the final clustering compares. */
export function usedFeatures(settings: Settings): Set<FeatureName> {
  return new Set([...settings.motionEstimation.features.flat(), ...settings.clustering.features]);
}

/** Locations, peak channels, autocorrelograms and ISI histograms of all units (`docs/methods.md`, step 1). */
export async function preprocessUnits(
  dataset: Dataset,
  settings: Settings,
  context: RunContext,
): Promise<Preprocessed> {
  const { units, waveforms, probe } = dataset;
  const used = usedFeatures(settings);
  const described = await describeInBlocks(dataset, settings, context);
  const peakChannels = Int32Array.from(described.peakChannels);
  const histogram = (data: Float64Array): Histogram => ({ data, bins: data.length / units });
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
    features: {
      units,
      locations: described.locations,
      amplitude: described.amplitude,
      peakChannels,
      unitShanks: peakChannels.map((channel) => probe.shanks[channel]),
      autoCorr: used.has('AutoCorr') ? histogram(described.autoCorr) : undefined,
      isi: used.has('ISI') ? histogram(described.isi) : undefined,
      peth: used.has('PETH') ? dataset.peth : undefined,
      silentUnits,
    },
    waveforms: settings.centering_waveforms ? centerWaveforms(waveforms, peakChannels, context) : waveforms,
  };
}

/** Units that are described, and kept, together. Between blocks threads wait for each other: a hundredth of the time. */
const BLOCK_UNITS = 1024;

/** Descriptions of all units; where finished steps are kept, block by block. */
async function describeInBlocks(
  dataset: Dataset,
  settings: Settings,
  context: RunContext,
): Promise<UnitDescriptions> {
  const { units } = dataset;
  const { checkpoints } = context;
  if (!checkpoints) return describeBlock(dataset, settings, context, 0, units);
  const blocks: UnitDescriptions[] = [];
  for (let from = 0; from < units; from += BLOCK_UNITS) {
    const to = Math.min(from + BLOCK_UNITS, units);
    const step = unitsStep(settings, from, to);
    const known = await checkpoints.load<UnitDescriptions>(step);
    const block = known ?? (await describeBlock(dataset, settings, context, from, to));
    if (!known) await checkpoints.save(step, { ...block });
    blocks.push(block);
  }
  const joined = (name: keyof UnitDescriptions) => {
    if (blocks.length === 1) return blocks[0][name];
    const all = context.kernels.float64(blocks.reduce((sum, block) => sum + block[name].length, 0));
    let at = 0;
    for (const { [name]: values } of blocks) {
      all.set(values, at);
      at += values.length;
    }
    return all;
  };
  return {
    locations: joined('locations'),
    amplitude: joined('amplitude'),
    peakChannels: joined('peakChannels'),
    spikeCounts: joined('spikeCounts'),
    autoCorr: joined('autoCorr'),
    isi: joined('isi'),
  };
}

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

/** Descriptions of the units from .. to - 1. */
function describeBlock(
  dataset: Dataset,
  settings: Settings,
  context: RunContext,
  from: number,
  to: number,
): Promise<UnitDescriptions> {
  const { units, waveforms, probe } = dataset;
  const { data, channels, samples } = waveforms;
  const size = channels * samples;
  const used = usedFeatures(settings);
  return context.kernels.describeUnits(
    {
      waveforms: to - from === units ? data : data.subarray(from * size, to * size),
      units: to - from,
      channels,
      samples,
      channelLocations: probe.locations,
      locator: settings.spikeLocation,
      autoCorr: used.has('AutoCorr') ? settings.autoCorr : undefined,
      isi: used.has('ISI') ? settings.ISI : undefined,
      spikeTimes: (unit) => dataset.spikeTimes(from + unit),
    },
    {
      signal: context.signal,
      progress: (done, total) =>
        context.onEvent?.({
          kind: 'progress',
          stage: 'preprocessing',
          step: 'units',
          done: from + Math.round((done / total) * (to - from)),
          total: units,
        }),
    },
  );
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
