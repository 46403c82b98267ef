/** Step 1: what is computed once per unit. */
import type { RunContext } from './context.ts';
import { breathe } from './context.ts';
import type { Dataset, Waveforms } from './dataset.ts';
import { autoCorrFeature } from './features/autocorrelogram.ts';
import { isiFeature } from './features/isi-histogram.ts';
import { prepareSpikeTimes } from './features/prepare-spike-times.ts';
import { createLocator } from './features/spike-location.ts';
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

/** Units between two looks at the abort signal. */
const UNIT_BLOCK = 32;

/** Locations, peak channels, autocorrelograms and ISI histograms of all units (`docs/methods.md`, step 1). */
export async function preprocessUnits(
  dataset: Dataset,
  settings: Settings,
  context: RunContext,
): Promise<Preprocessed> {
  const { units, waveforms, probe } = dataset;
  const { channels, samples } = waveforms;
  const used = usedFeatures(settings);
  const locate = createLocator(probe.locations, channels, samples, settings.spikeLocation);
  const locations = new Float64Array(3 * units);
  const amplitude = new Float64Array(units);
  const peakChannels = new Int32Array(units);
  const unitShanks = new Int32Array(units);
  const autoCorr = used.has('AutoCorr')
    ? newHistogram(units, 2 * binCount(settings.autoCorr) + 1)
    : undefined;
  const isi = used.has('ISI') ? newHistogram(units, binCount(settings.ISI)) : undefined;
  const silentUnits: number[] = [];

  for (let unit = 0; unit < units; unit++) {
    const start = unit * channels * samples;
    const located = locate(waveforms.data.subarray(start, start + channels * samples));
    locations.set([located.x, located.y, located.z], 3 * unit);
    amplitude[unit] = located.ptt;
    peakChannels[unit] = located.peakChannel;
    unitShanks[unit] = probe.shanks[located.peakChannel];
    if (autoCorr || isi) {
      const times = prepareSpikeTimes(await dataset.spikeTimes(unit));
      if (times.length < 2) silentUnits.push(unit);
      autoCorr?.data.set(autoCorrFeature(times, settings.autoCorr), unit * autoCorr.bins);
      isi?.data.set(isiFeature(times, settings.ISI), unit * isi.bins);
    }
    if (unit % UNIT_BLOCK === 0) {
      context.onEvent?.({
        kind: 'progress',
        stage: 'preprocessing',
        step: 'units',
        done: unit,
        total: units,
      });
      await breathe(context.signal);
    }
  }
  context.onEvent?.({ kind: 'progress', stage: 'preprocessing', step: 'units', done: units, total: units });
  if (silentUnits.length > 0) {
    context.onEvent?.({
      kind: 'warning',
      text: `${silentUnits.length} of ${units} units have fewer than 2 spikes: their autocorrelogram and ISI histogram are zero.`,
    });
  }
  return {
    features: {
      units,
      locations,
      amplitude,
      peakChannels,
      unitShanks,
      autoCorr,
      isi,
      peth: used.has('PETH') ? dataset.peth : undefined,
      silentUnits,
    },
    waveforms: settings.centering_waveforms ? centerWaveforms(waveforms, peakChannels, context) : waveforms,
  };
}

function newHistogram(units: number, bins: number): Histogram {
  return { data: new Float64Array(units * bins), bins };
}

/** Bins on one side of zero. */
const binCount = ({ window, binwidth }: { window: number; binwidth: number }) =>
  Math.floor(window / binwidth);

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
