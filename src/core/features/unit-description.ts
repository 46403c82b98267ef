/** What is computed once per unit: where it is, its autocorrelogram and its histogram of inter-spike intervals. */
import { autoCorrFeature } from './autocorrelogram.ts';
import { autoCorrBins, binsWithin, type HistogramOptions } from './histogram-bins.ts';
import { isiFeature } from './isi-histogram.ts';
import { prepareSpikeTimes } from './prepare-spike-times.ts';
import { createLocator, type LocatorOptions } from './spike-location.ts';

export interface UnitDescriptionOptions {
  readonly channels: number;
  readonly samples: number;
  /** (channels, 2) x, y in µm. */
  readonly channelLocations: Float64Array;
  readonly locator: LocatorOptions;
  /** Undefined where no autocorrelogram is asked for. */
  readonly autoCorr?: HistogramOptions;
  /** Undefined where no histogram of intervals is asked for. */
  readonly isi?: HistogramOptions;
}

/** Row u of each belongs to unit u. */
export interface UnitDescriptions {
  /** (units, 3) µm. */
  readonly locations: Float64Array;
  /** (units,) */
  readonly amplitude: Float64Array;
  /** (units,) channel index. */
  readonly peakChannels: Float64Array;
  /** (units,) number of spikes; 0 where none were asked for. */
  readonly spikeCounts: Float64Array;
  /** (units, 2·bins + 1); empty where it was not asked for. */
  readonly autoCorr: Float64Array;
  /** (units, bins); empty where it was not asked for. */
  readonly isi: Float64Array;
}

/** Arrays for the descriptions of some units, from `float64`. */
export function emptyDescriptions(
  units: number,
  { autoCorr, isi }: UnitDescriptionOptions,
  float64: (length: number) => Float64Array,
): UnitDescriptions {
  return {
    locations: float64(3 * units),
    amplitude: float64(units),
    peakChannels: float64(units),
    spikeCounts: float64(units),
    autoCorr: float64(autoCorr ? units * autoCorrBins(autoCorr) : 0),
    isi: float64(isi ? units * binsWithin(isi) : 0),
  };
}

/**
 * Returns a function that writes the description of one unit into `out`.
 * @throws RangeError when an option is out of range
 */
export function createUnitDescriber(options: UnitDescriptionOptions, out: UnitDescriptions) {
  const { channels, samples, channelLocations, locator, autoCorr, isi } = options;
  const locate = createLocator(channelLocations, channels, samples, locator);
  /**
   * @param waveform (channels, samples) µV
   * @param spikeTimes ms, in any order; undefined where neither histogram is asked for
   */
  return (unit: number, waveform: Float32Array, spikeTimes: ArrayLike<number> | undefined): void => {
    const { x, y, z, ptt, peakChannel } = locate(waveform);
    out.locations.set([x, y, z], 3 * unit);
    out.amplitude[unit] = ptt;
    out.peakChannels[unit] = peakChannel;
    if (!spikeTimes) return;
    const times = prepareSpikeTimes(spikeTimes);
    out.spikeCounts[unit] = times.length;
    if (autoCorr) out.autoCorr.set(autoCorrFeature(times, autoCorr), unit * autoCorrBins(autoCorr));
    if (isi) out.isi.set(isiFeature(times, isi), unit * binsWithin(isi));
  };
}
