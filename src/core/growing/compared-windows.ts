/** The waveforms of old and new units around their peaks, as the reference probes would have seen them. */
import type { RunContext } from '../context.ts';
import type { Probe, WaveformSource } from '../dataset.ts';
import { displacements } from '../motion/corrected-waveforms.ts';
import { createInterpolator } from '../motion/kriging.ts';
import type { Motion } from '../motion/motion.ts';
import { fillWindows, shiftedPeaks } from '../similarity/load-windows.ts';
import { neighbourhoodReach, PEAK_SLACK } from '../similarity/nearby-comparison.ts';
import { createWindows, planWindows, type WaveformWindows } from '../similarity/waveform-windows.ts';

export interface ComparedWindows {
  /** One for each reference probe. */
  readonly templates: readonly WaveformWindows[];
  /** (units,) window of each of all units; -1 for those that are not compared. */
  readonly placeOf: Int32Array;
}

/** Units whose waveforms are read. */
export interface WindowUnits {
  /** The index of each among all. */
  readonly units: Int32Array;
  readonly source: () => WaveformSource;
  /** Whether the waveforms are to be aligned by their troughs first. */
  readonly centered: boolean;
}

export interface WindowsInput {
  readonly probe: Probe;
  /** (channels, n) of `nearestChannelsOnShank` */
  readonly neighbours: Int32Array;
  /** Positions of the reference probes, µm. */
  readonly positions: readonly number[];
  /** How far apart units are that are compared, µm. */
  readonly maxDistance: number;
  readonly samples: number;
  /** (units,) session numbers of all units, 1..N. */
  readonly sessions: Int32Array;
  /** (units, 3) µm. */
  readonly locations: Float64Array;
  /** (units,) */
  readonly peakChannels: Int32Array;
  readonly old: WindowUnits & { readonly motion: Motion };
  readonly fresh: WindowUnits;
}

/** Windows of the old units and then the new, whose motion is searched for. */
export function openWindows(input: WindowsInput, context: RunContext) {
  const { probe, neighbours, positions, maxDistance, sessions, locations, old, fresh } = input;
  const { kernels, signal, onEvent } = context;
  const plan = planWindows(probe, neighbourhoodReach(probe.locations, neighbours) + maxDistance + PEAK_SLACK);
  const interpolator = createInterpolator(probe.locations, probe.channels);
  const count = old.units.length + fresh.units.length;
  const placeOf = new Int32Array(sessions.length).fill(-1);
  for (const [first, { units }] of [
    [0, old],
    [old.units.length, fresh],
  ] as const)
    units.forEach((unit, i) => {
      placeOf[unit] = first + i;
    });

  let made: readonly WaveformWindows[] | undefined;
  const templates = () => {
    made ??= positions.map(() => createWindows(plan, new Int32Array(count), input.samples, kernels.float32));
    return made;
  };

  /** Reads the waveforms of units whose windows begin with number `first`. */
  async function read({ units, source, centered }: WindowUnits, first: number, motion: Motion) {
    const peaks = units.map((unit) => input.peakChannels[unit]);
    const ownSessions = units.map((unit) => sessions[unit]);
    const depths = Float64Array.from(units, (unit) => locations[3 * unit + 1]);
    const targets = templates().map((windows, t) => {
      const shifts = displacements(motion, ownSessions, depths, positions[t]);
      windows.anchors.set(shiftedPeaks(probe, peaks, shifts), first);
      return { windows, shifts };
    });
    for await (const { data, firstUnit, units: size } of source().pieces(kernels, signal)) {
      const end = firstUnit + size;
      await fillWindows(
        { data, firstUnit: first + firstUnit, peakChannels: peaks.subarray(firstUnit, end), centered },
        targets.map(({ windows, shifts }) => ({ windows, shifts: shifts.subarray(firstUnit, end) })),
        interpolator,
        context,
      );
      onEvent?.({ kind: 'progress', stage: 'motion', step: 'waveforms', done: end, total: units.length });
    }
  }

  let tellFilled = () => {};
  const filled = new Promise<void>((resolve) => {
    tellFilled = resolve;
  });
  let reading: Promise<void> | undefined;
  /** Reads those of the old units, which do not depend on what is searched for. */
  const readOld = () => {
    reading ??= read(old, 0, old.motion);
    return reading;
  };
  return {
    readOld,
    /** Comes when all windows have been read once. */
    filled,
    /** All windows under a motion of the new sessions. Those of the call before must not be used any more. */
    async under(motion: Motion): Promise<ComparedWindows> {
      await readOld();
      await read(fresh, old.units.length, motion);
      tellFilled();
      return { templates: templates(), placeOf };
    },
    /** Gives back their memory. */
    release() {
      for (const { pieces } of made ?? []) kernels.release(...pieces);
      made = undefined;
    },
  };
}
