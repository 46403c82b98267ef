/** Units whose waveform is zero everywhere: nothing tells where they are or what they are like. */

/** How many there are. @param data (units, channels, samples); NaN where nothing was recorded */
export function countZeroWaveforms(data: Float32Array, units: number): number {
  const size = data.length / units;
  let count = 0;
  for (let unit = 0; unit < units; unit++) {
    const end = (unit + 1) * size;
    let i = unit * size;
    while (i < end && (data[i] === 0 || Number.isNaN(data[i]))) i++;
    if (i === end) count++;
  }
  return count;
}

/** What is said of them. */
export const zeroWaveformsText = (count: number, units: number): string =>
  `${count} of ${units} units have a waveform of zeros in waveform_all.npy: nothing tells where they are. Leave them out.`;
