/** Locations, autocorrelograms and interval histograms of units. */
import {
  createUnitDescriber,
  type UnitDescriptionOptions,
  type UnitDescriptions,
} from '../core/features/unit-description.ts';

export interface DescribeUnitsInput {
  /** (units, channels, samples) */
  readonly waveforms: Float32Array;
  readonly options: UnitDescriptionOptions;
  readonly out: UnitDescriptions;
}

export interface SpikeTrains {
  /** The first unit of the task. */
  readonly firstUnit: number;
  /** Spike times of the units of the task, ms; undefined where they are not needed. */
  readonly spikeTimes: readonly (Float64Array | undefined)[];
}

/** Units of one task. */
export const DESCRIPTION_UNITS = 16;

/** Each task is some units that follow each other. */
export function describeUnitsTasks(_simd: unknown, { waveforms, options, out }: DescribeUnitsInput) {
  const describe = createUnitDescriber(options, out);
  const size = options.channels * options.samples;
  return (_index: number, { firstUnit, spikeTimes }: SpikeTrains): void => {
    spikeTimes.forEach((times, i) => {
      const unit = firstUnit + i;
      describe(unit, waveforms.subarray(unit * size, (unit + 1) * size), times);
    });
  };
}
