/** Filling waveform windows from a recording that is read piece by piece. */
import type { RunContext } from '../context.ts';
import type { Probe, StreamedDataset } from '../dataset.ts';
import { centerWaveform } from '../features/waveform-centering.ts';
import type { KrigingGroup } from '../kernels/kernels.ts';
import { displacements, groupByValue } from '../motion/corrected-waveforms.ts';
import type { Interpolator } from '../motion/kriging.ts';
import type { Motion } from '../motion/motion.ts';
import type { UnitFeatures } from '../result.ts';
import type { Settings } from '../settings.ts';
import { createWindows, keepWindow, type WaveformWindows, type WindowPlan } from './waveform-windows.ts';

/** What waveforms are to become. */
export interface WindowCorrection {
  readonly settings: Settings;
  readonly interpolator: Interpolator;
  readonly motion: Motion;
  /** Position of the reference probe, µm; undefined leaves the waveforms as they are. */
  readonly template: number | undefined;
}

/** Interpolation matrices that are held at a time. */
const BATCH = 32;

/**
 * Reads all waveforms once and keeps what lies around the peaks, as the reference probe would have seen it. A window lies around the
 * channel whose depth is nearest to where the peak is then.
 */
export async function loadWindows(
  dataset: StreamedDataset,
  features: UnitFeatures,
  plan: WindowPlan,
  { settings, interpolator, motion, template }: WindowCorrection,
  context: RunContext,
  progress: (done: number, total: number) => void,
): Promise<WaveformWindows> {
  const { sessions, probe, waveforms } = dataset;
  const { kernels, signal } = context;
  const { units, channels, samples } = waveforms;
  const depths = Float64Array.from({ length: units }, (_, unit) => features.locations[3 * unit + 1]);
  const shifts = template === undefined ? undefined : displacements(motion, sessions, depths, template);
  const windows = createWindows(
    plan,
    shiftedPeaks(probe, features.peakChannels, shifts),
    samples,
    kernels.float32,
  );
  const size = channels * samples;
  for await (const { firstUnit, units: count, data } of waveforms.pieces(kernels, signal)) {
    const end = firstUnit + count;
    await fillWindows(
      {
        data: data.subarray(0, count * size),
        firstUnit,
        peakChannels: features.peakChannels.subarray(firstUnit, end),
        centered: settings.centering_waveforms,
      },
      [{ windows, shifts: shifts?.subarray(firstUnit, end) }],
      interpolator,
      context,
    );
    progress(end, units);
  }
  return windows;
}

/** Waveforms of some units that follow each other. */
export interface WindowPart {
  /** (units of the part, channels, samples) */
  readonly data: Float32Array;
  /** Window of the first of them. */
  readonly firstUnit: number;
  /** (units of the part,) */
  readonly peakChannels: Int32Array;
  /** Whether they are to be aligned by their troughs first. */
  readonly centered: boolean;
}

/** Windows of one reference probe. */
export interface WindowTarget {
  readonly windows: WaveformWindows;
  /** (units of the part,) displacements, µm; undefined leaves the waveforms as they are. */
  readonly shifts?: Float64Array;
}

/** Keeps what lies in the windows of some units. */
export async function fillWindows(
  { data, firstUnit, peakChannels, centered }: WindowPart,
  targets: readonly WindowTarget[],
  interpolator: Interpolator,
  { kernels, signal }: Pick<RunContext, 'kernels' | 'signal'>,
): Promise<void> {
  const units = peakChannels.length;
  const { channels, samples } = targets[0].windows;
  const size = channels * samples;
  const aligned = centered ? kernels.float32(units * size) : undefined;
  for (let i = 0; aligned && i < units; i++) {
    const target = aligned.subarray(i * size, (i + 1) * size);
    centerWaveform(data.subarray(i * size, (i + 1) * size), channels, samples, peakChannels[i], target);
  }
  const source = aligned ?? data;
  for (const { windows, shifts } of targets) {
    if (!shifts) {
      for (let i = 0; i < units; i++)
        keepWindow(windows, firstUnit + i, source.subarray(i * size, (i + 1) * size));
      continue;
    }
    const groups = [...groupByValue(shifts)];
    for (let start = 0; start < groups.length; start += BATCH) {
      const batch: KrigingGroup[] = groups.slice(start, start + BATCH).map(([shift, members]) => ({
        matrix: interpolator.matrix(shift),
        units: Int32Array.from(members),
      }));
      await kernels.krigeWindows(source, batch, firstUnit, windows, { signal });
    }
  }
  if (aligned) kernels.release(aligned);
}

/** (units,) channel nearest in depth to where the peak of each unit is once it is displaced. */
export function shiftedPeaks(probe: Probe, peaks: Int32Array, shifts: Float64Array | undefined): Int32Array {
  if (!shifts) return peaks;
  const order = Array.from({ length: probe.channels }, (_, c) => c);
  const depthOf = (channel: number) => probe.locations[2 * channel + 1];
  order.sort((a, b) => depthOf(a) - depthOf(b) || a - b);
  return peaks.map((peak, unit) => {
    const depth = depthOf(peak) - shifts[unit];
    let low = 0;
    let high = order.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (depthOf(order[middle]) < depth) low = middle + 1;
      else high = middle;
    }
    const below = Math.max(0, low - 1);
    const nearer = Math.abs(depthOf(order[below]) - depth) <= Math.abs(depthOf(order[low]) - depth);
    return order[nearer ? below : low];
  });
}
