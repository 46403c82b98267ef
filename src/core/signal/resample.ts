/** Band-limited resampling of short signals. */

/** Zero crossings of the sinc on either side. */
const LOBES = 16;

/**
 * Reads a sampled signal at evenly spaced positions between its samples: windowed-sinc interpolation (Hann), which for a
 * step above 1 also removes what the wider spacing could not hold. Beyond its ends the signal keeps its last value.
 *
 * @param signal (n,) at positions 0 .. n - 1
 * @param start position of the first value
 * @param step distance between values, above 0
 * @param count values
 * @returns (count,); the samples themselves where the positions are whole and step is 1
 */
export function resample(
  signal: ArrayLike<number>,
  start: number,
  step: number,
  count: number,
): Float64Array {
  const out = new Float64Array(count);
  const last = signal.length - 1;
  const at = (n: number) => signal[n < 0 ? 0 : n > last ? last : n];
  if (step === 1 && Number.isInteger(start)) {
    for (let k = 0; k < count; k++) out[k] = at(start + k);
    return out;
  }
  const band = Math.min(1, 1 / step);
  const reach = LOBES / band;
  for (let k = 0; k < count; k++) {
    const position = start + k * step;
    let value = 0;
    let total = 0;
    for (let n = Math.ceil(position - reach); n <= position + reach; n++) {
      const distance = position - n;
      const angle = Math.PI * band * distance;
      const sinc = distance === 0 ? 1 : Math.sin(angle) / angle;
      const weight = sinc * 0.5 * (1 + Math.cos((Math.PI * distance) / reach));
      value += weight * at(n);
      total += weight;
    }
    out[k] = value / total;
  }
  return out;
}
