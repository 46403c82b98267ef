/** What the means of the channels add to the product of a group's waveforms with the columns. */
import type { SimdKernels } from './bindings.ts';
import { momentOf } from './waveform-moments-task.ts';
import { meanAndNorm } from './waveform-norm.ts';
import type { RowGroup } from './waveform-plan.ts';
import type { WaveformProductsInput } from './waveform-products-task.ts';

/**
 * Scratch for the means of the rows' channels. The rows of a neighbourhood are compared with columns that are centred for it, so a panel of
 * four rows is divided into pieces by peak channel.
 */
export function createRowMeans(simd: SimdKernels, input: WaveformProductsInput) {
  const { channels, samples, peakChannels, neighbours, neighbourCount, moments, plan } = input;
  const mostRows = Math.max(...plan.groups.map((group) => group.units.length));
  /** Of `correlationsOfRows`. */
  const pieces = simd.int32(mostRows * (neighbourCount + 1 + 2 * 3));
  /** [piece][channel][4] samples·(mean - mean of means) / norm, 0 for rows that are not of the piece. */
  const means = simd.float32(2 * mostRows * neighbourCount * 4);

  return {
    pieces,
    means,
    /** Packs a group. Returns the number of its peak channels. */
    pack(group: RowGroup): number {
      const words = pieces.int32;
      const values = means.float32.fill(0);
      let word = 0;
      let piece = 0;
      let peaks = 0;
      for (let row = 0; row < group.units.length; peaks++) {
        const peak = peakChannels[group.units[row]];
        const near = neighbours.subarray(peak * neighbourCount, (peak + 1) * neighbourCount);
        for (const channel of near) words[word++] = channel * 64;
        const countWord = word++;
        words[countWord] = 0;
        const isOfPeak = () => row < group.units.length && peakChannels[group.units[row]] === peak;
        while (isOfPeak()) {
          const firstRow = row & ~3;
          words[countWord]++;
          words[word++] = firstRow;
          words[word++] = row - firstRow;
          for (; row < firstRow + 4 && isOfPeak(); row++) {
            const unit = group.units[row];
            const { mean, norm } = meanAndNorm(moments, unit, near, channels, samples);
            const scale = norm === 0 ? 0 : samples / norm;
            near.forEach((channel, n) => {
              const difference = moments.means[momentOf(unit, channel, channels)] - mean;
              values[(piece * neighbourCount + n) * 4 + row - firstRow] = difference * scale;
            });
          }
          words[word++] = row - firstRow;
          piece++;
        }
      }
      return peaks;
    },
  };
}
