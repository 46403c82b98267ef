/** Waveforms as a probe that never moved would have seen them. */
import { breathe, type RunContext } from '../context.ts';
import type { Probe, Waveforms } from '../dataset.ts';
import type { KrigingGroup } from '../kernels/kernels.ts';
import { sizeOf } from '../ndarray.ts';
import type { CorrectedWaveforms } from '../result.ts';
import type { Settings } from '../settings.ts';
import type { Interpolator } from './kriging.ts';
import { type Motion, motionRange } from './motion.ts';

export interface CorrectionOptions {
  /** Number of reference probes. */
  readonly nTemplates: number;
  readonly interpolator: Interpolator;
  readonly context: RunContext;
  /** An earlier correction of the same waveforms: given back when the motion is still the same. */
  readonly previous?: { readonly motion: Motion; readonly corrected: CorrectedWaveforms };
}

/** Bytes up to which waveforms are written without being asked for. */
const MOST_WRITTEN_BYTES = 2e9;

/** Whether the settings ask for waveforms of this shape, float32, to be written. */
export function wantsWaveforms({ save_waveforms }: Settings, shape: readonly number[]): boolean {
  if (save_waveforms !== 'auto') return save_waveforms === 'always';
  return 4 * sizeOf(shape) <= MOST_WRITTEN_BYTES;
}

/** Interpolation matrices that are held at a time. */
const BATCH = 32;

/**
 * Positions of the reference probes relative to the unmoved one, µm: 0 for a single one, else evenly spread over the motion of all
 * sessions at the lowest and at the highest channel.
 *
 * @param channelLocations (channels, 2) µm
 * @returns (nTemplates,) ascending
 */
export function templatePositions(
  motion: Motion,
  channelLocations: Float64Array,
  nTemplates: number,
): Float64Array {
  const positions = new Float64Array(nTemplates);
  if (nTemplates === 1) return positions;
  const [low, high] = motionRange(motion, channelLocations);
  const step = (high - low) / (nTemplates - 1);
  for (let r = 0; r < nTemplates; r++) positions[r] = low + r * step;
  positions[nTemplates - 1] = high;
  return positions;
}

/**
 * How far each unit is from where the reference probe would have seen it, µm.
 *
 * @param sessions (units,) session numbers, 1..N
 * @param depths (units,) y, µm
 * @param template position of the reference probe, µm
 * @returns (units,)
 */
export function displacements(
  motion: Motion,
  sessions: Int32Array,
  depths: Float64Array,
  template: number,
): Float64Array {
  return depths.map((depth, unit) => motion.getMotion(sessions[unit], depth) - template);
}

/**
 * Interpolates the waveforms of all units onto the reference probes (`docs/methods.md`, step 3). Units with exactly the same
 * displacement share one interpolation matrix; reference probes at the same position share one array.
 *
 * @param sessions (units,) session numbers, 1..N
 * @param locations (units, 3) µm
 * @throws StoppedError when the signal is aborted
 */
export async function correctWaveforms(
  waveforms: Waveforms,
  sessions: Int32Array,
  locations: Float64Array,
  probe: Probe,
  motion: Motion,
  { nTemplates, interpolator, context, previous }: CorrectionOptions,
): Promise<CorrectedWaveforms> {
  const reusable = previous?.corrected.interpolated && previous.corrected.templates.length === nTemplates;
  if (reusable && previous.motion.equals(motion)) return previous.corrected;

  const { data, units, channels, samples } = waveforms;
  const positions = templatePositions(motion, probe.locations, nTemplates);
  const arrays = new Map<number, Float32Array>();
  for (const position of positions) {
    if (!arrays.has(position)) arrays.set(position, context.kernels.float32(data.length, false));
  }

  const targets = new Map(Array.from(arrays, ([position, array]) => [array, position]));
  await correctTemplates(waveforms, sessions, locations, motion, targets, { interpolator, context });
  return {
    units,
    channels,
    samples,
    templates: Array.from(positions, (position) => arrays.get(position) as Float32Array),
    interpolated: true,
  };
}

/**
 * Interpolates waveforms onto single reference probes.
 * @param templates where each result goes, (units, channels, samples), and the position of its reference probe, µm
 */
async function correctTemplates(
  waveforms: Waveforms,
  sessions: Int32Array,
  locations: Float64Array,
  motion: Motion,
  templates: ReadonlyMap<Float32Array, number>,
  { interpolator, context }: Pick<CorrectionOptions, 'interpolator' | 'context'>,
): Promise<void> {
  const { data, units, channels, samples } = waveforms;
  const depths = Float64Array.from({ length: units }, (_, unit) => locations[3 * unit + 1]);
  const total = templates.size * units;
  let done = 0;
  const report = (doneInBatch = 0) =>
    context.onEvent?.({
      kind: 'progress',
      stage: 'motion',
      step: 'corrected waveforms',
      done: done + doneInBatch,
      total,
    });
  for (const [out, position] of templates) {
    const groups = [...groupByValue(displacements(motion, sessions, depths, position))];
    for (let start = 0; start < groups.length; start += BATCH) {
      const batch: KrigingGroup[] = groups.slice(start, start + BATCH).map(([displacement, members]) => ({
        matrix: interpolator.matrix(displacement),
        units: Int32Array.from(members),
      }));
      await context.kernels.krige(data, channels, samples, batch, out, {
        signal: context.signal,
        progress: report,
      });
      for (const group of batch) done += group.units.length;
      report();
      await breathe(context.signal);
    }
  }
}

/** Indices by value, in the order in which values first appear. */
export function groupByValue(values: Float64Array): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  values.forEach((value, i) => {
    const group = groups.get(value);
    if (group) group.push(i);
    else groups.set(value, [i]);
  });
  return groups;
}
