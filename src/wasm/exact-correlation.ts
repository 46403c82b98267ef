/** Pearson's r of two waveforms in float64 throughout. */
import type { SimdKernels } from './bindings.ts';
import { runsOf } from './runs.ts';
import type { WaveformMoments } from './waveform-moments-task.ts';
import { meanAndNorm } from './waveform-norm.ts';

export interface ExactCorrelationInput {
  readonly waveforms: Float32Array;
  readonly channels: number;
  readonly samples: number;
  readonly peakChannels: Int32Array;
  readonly neighbours: Int32Array;
  readonly neighbourCount: number;
  readonly moments: WaveformMoments;
}

/**
 * Gives r of units i and j on the neighbourhood of the peak channel of i; 0 where either is constant there. What belongs to i alone is kept
 * until another i is asked for.
 */
export function createExactCorrelation(
  simd: SimdKernels,
  input: ExactCorrelationInput,
): (i: number, j: number) => number {
  const { waveforms, channels, samples, peakChannels, neighbours, neighbourCount, moments } = input;
  const size = neighbourCount * samples;
  const own = simd.float32(size);
  const other = simd.float32(size);
  let unit = -1;
  let near = new Int32Array(0);
  let runs: readonly (readonly [first: number, count: number])[] = [];
  let ownMean = 0;
  let ownNorm = 0;

  function copyNeighbourhood(of: number, target: Float32Array): void {
    let position = 0;
    for (const [first, count] of runs) {
      const from = (of * channels + first) * samples;
      target.set(waveforms.subarray(from, from + count * samples), position);
      position += count * samples;
    }
  }

  return (i, j) => {
    if (i !== unit) {
      unit = i;
      near = neighbours
        .slice(peakChannels[i] * neighbourCount, (peakChannels[i] + 1) * neighbourCount)
        .sort();
      runs = runsOf(near);
      ({ mean: ownMean, norm: ownNorm } = meanAndNorm(moments, i, near, channels, samples));
      copyNeighbourhood(i, own.float32);
    }
    const norms = ownNorm * meanAndNorm(moments, j, near, channels, samples).norm;
    if (norms === 0) return 0;
    copyNeighbourhood(j, other.float32);
    return simd.covariance(size, own, ownMean, other) / norms;
  };
}
