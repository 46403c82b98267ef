/** The most frequent of displacements that are right here and there, and spread elsewhere. */

/** Width of the Gaussian with which displacements are counted, µm; those within twice of it from the densest place agree. */
const WIDTH = 8;
/** Width of a bin, µm. */
const BIN = 1;

/** Fewer values that agree say nothing, and so do those that chance explains to within so many standard deviations. */
const LEAST_AGREEING = 8;
const LEAST_SIGMAS = 5;

export interface MostFrequent {
  /** The mean of the values that agree, NaN without any. */
  readonly value: number;
  /** How many they are. */
  readonly agreeing: number;
  /** Whether they are more than chance would have. */
  readonly sure: boolean;
}

/** @param distance values lie this far to either side of the middle, at most, µm */
export function mostFrequent(values: readonly number[], distance: number): MostFrequent {
  const mode = densestPlace(values);
  const near = values.filter((value) => Math.abs(value - mode) <= 2 * WIDTH);
  const agreeing = near.length;
  const byChance = ((values.length - agreeing) * 4 * WIDTH) / Math.max(4 * WIDTH, 2 * distance - 4 * WIDTH);
  return {
    value: near.reduce((sum, value) => sum + value, 0) / agreeing,
    agreeing,
    sure: agreeing >= LEAST_AGREEING && agreeing - byChance >= LEAST_SIGMAS * Math.sqrt(byChance + 1),
  };
}

/** Where values are densest, to within half a bin; 0 without any. */
function densestPlace(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const counts = new Float64Array(Math.floor((high - low) / BIN) + 1);
  for (const value of values) counts[Math.floor((value - low) / BIN)]++;
  const reach = Math.ceil((3 * WIDTH) / BIN);
  let [mode, most] = [0, -1];
  for (let bin = 0; bin < counts.length; bin++) {
    let density = 0;
    for (let other = Math.max(0, bin - reach); other <= Math.min(counts.length - 1, bin + reach); other++)
      density += counts[other] * Math.exp(-0.5 * (((other - bin) * BIN) / WIDTH) ** 2);
    if (density > most) [mode, most] = [bin, density];
  }
  return low + (mode + 0.5) * BIN;
}
