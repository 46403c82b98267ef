/** The waveforms of some units around their peaks, as the reference probes would have seen them. */
import type { RunContext } from '../context.ts';
import type { Probe, WaveformSource } from '../dataset.ts';
import { windowPeak } from '../kernels/plain-nearby.ts';
import { displacements } from '../motion/corrected-waveforms.ts';
import { createInterpolator } from '../motion/kriging.ts';
import type { Motion } from '../motion/motion.ts';
import type { Settings } from '../settings.ts';
import { fillWindows, shiftedPeaks } from '../similarity/load-windows.ts';
import { neighbourhoodReach, PEAK_SLACK } from '../similarity/nearby-comparison.ts';
import { createWindows, planWindows, type WaveformWindows } from '../similarity/waveform-windows.ts';

export interface UnitWindows {
  /** The window of every unit, by its index among all. */
  readonly place: ReadonlyMap<number, number>;
  /** One for each reference probe. */
  readonly templates: readonly WaveformWindows[];
  /** (windows,) peak channels under each reference probe. */
  readonly peaks: readonly Int32Array[];
}

/** Units whose waveforms are read. Arrays are of all units. */
export interface WindowUnits {
  readonly source: WaveformSource;
  /** (units of the source,) the index of each among all. */
  readonly units: Int32Array;
  readonly sessions: Int32Array;
  /** (units, 3) µm. */
  readonly locations: Float64Array;
  readonly peakChannels: Int32Array;
  readonly motion: Motion;
}

/**
 * Reads windows.
 *
 * @param neighbours (channels, n) of `nearestChannelsOnShank`
 * @param positions of the reference probes, µm; undefined leaves the waveforms as they are
 * @param read.centered whether the waveforms are to be aligned by their troughs first
 */
export function windowReader(
  probe: Probe,
  neighbours: Int32Array,
  positions: readonly (number | undefined)[],
  { clustering: { max_distance } }: Settings,
  context: RunContext,
) {
  const { kernels, signal, onEvent } = context;
  const plan = planWindows(
    probe,
    neighbourhoodReach(probe.locations, neighbours) + max_distance + PEAK_SLACK,
  );
  const interpolator = createInterpolator(probe.locations, probe.channels);
  return async (
    { source, units, sessions, locations, peakChannels, motion }: WindowUnits,
    centered: boolean,
  ): Promise<UnitWindows> => {
    const peaks = units.map((unit) => peakChannels[unit]);
    const ownSessions = units.map((unit) => sessions[unit]);
    const depths = Float64Array.from(units, (unit) => locations[3 * unit + 1]);
    const targets = positions.map((position) => {
      const shifts =
        position === undefined ? undefined : displacements(motion, ownSessions, depths, position);
      const anchors = shiftedPeaks(probe, peaks, shifts);
      return { shifts, windows: createWindows(plan, anchors, source.samples, kernels.float32) };
    });
    const templates = targets.map(({ windows }) => windows);
    const templatePeaks = templates.map(() => new Int32Array(units.length));
    const findPeaks = (first: number, end: number) =>
      templates.forEach((windows, t) => {
        for (let unit = first; unit < end; unit++) templatePeaks[t][unit] = windowPeak(windows, unit);
      });
    let found = 0;
    for await (const { data, firstUnit, units: count } of source.pieces(kernels, signal)) {
      const end = firstUnit + count;
      const filling = fillWindows(
        { data, firstUnit, peakChannels: peaks.subarray(firstUnit, end), centered },
        targets.map(({ windows, shifts }) => ({ windows, shifts: shifts?.subarray(firstUnit, end) })),
        interpolator,
        context,
      );
      // A failure is met where it is waited for.
      filling.catch(() => {});
      // The threads fill these while the peaks of those before are found.
      findPeaks(found, firstUnit);
      found = firstUnit;
      await filling;
      onEvent?.({ kind: 'progress', stage: 'motion', step: 'waveforms', done: end, total: units.length });
    }
    findPeaks(found, units.length);
    const place = new Map(Array.from(units, (unit, i) => [unit, i]));
    return { place, templates, peaks: templatePeaks };
  };
}
