/** Step 1: what is computed once per unit. */
import type { RunContext } from './context.ts';
import type { Dataset, Waveforms } from './dataset.ts';
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
  const described = await context.kernels.describeUnits(
    {
      waveforms: waveforms.data,
      units,
      channels: waveforms.channels,
      samples: waveforms.samples,
      channelLocations: probe.locations,
      locator: settings.spikeLocation,
      autoCorr: used.has('AutoCorr') ? settings.autoCorr : undefined,
      isi: used.has('ISI') ? settings.ISI : undefined,
      spikeTimes: (unit) => dataset.spikeTimes(unit),
    },
    {
      signal: context.signal,
      progress: (done, total) =>
        context.onEvent?.({ kind: 'progress', stage: 'preprocessing', step: 'units', done, total }),
    },
  );
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
