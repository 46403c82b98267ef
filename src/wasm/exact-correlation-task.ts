/** Waveform similarity of single pairs in float64 throughout. */
import type { SimdKernels } from './bindings.ts';
import { runsOf } from './runs.ts';
import type { WaveformMoments } from './waveform-moments-task.ts';
import { meanAndNorm } from './waveform-norm.ts';

export interface ExactCorrelationInput {
  readonly waveforms: Float32Array;
  readonly channels: number;
  readonly samples: number;
  readonly neighbours: Int32Array;
  readonly neighbourCount: number;
  readonly moments: WaveformMoments;
}

/** Pairs that are compared on the neighbourhood of one channel. */
export interface ExactPairs {
  readonly channel: number;
  /** (pairs, 2) units. */
  readonly pairs: Int32Array;
}

/** Pairs of one task, at most. */
export const EXACT_PAIRS = 1024;

/** Bytes of waveforms held at a time. */
const HELD_BYTES = 32 << 20;

/** Each task gives Fisher z of its pairs; r is 0 where either unit is constant. */
export function exactCorrelationTasks(simd: SimdKernels, input: ExactCorrelationInput) {
  const { waveforms, channels, samples, neighbours, neighbourCount, moments } = input;
  const size = neighbourCount * samples;
  const capacity = Math.max(2, Math.floor(HELD_BYTES / (4 * size)));
  const held = simd.float32(capacity * size);
  const means = new Float64Array(capacity);
  const norms = new Float64Array(capacity);
  const correlations = simd.float64(EXACT_PAIRS);

  return (_index: number, { channel, pairs }: ExactPairs): Float64Array => {
    const near = neighbours.slice(channel * neighbourCount, (channel + 1) * neighbourCount).sort();
    const runs = runsOf(near);
    const places = new Map<number, number>();
    const target = held.float32;
    /** Where the waveform of a unit on the neighbourhood is held. */
    const placeOf = (unit: number): number => {
      const known = places.get(unit);
      if (known !== undefined) return known;
      const place = places.size;
      places.set(unit, place);
      let to = place * size;
      for (const [first, count] of runs) {
        const from = (unit * channels + first) * samples;
        target.set(waveforms.subarray(from, from + count * samples), to);
        to += count * samples;
      }
      const { mean, norm } = meanAndNorm(moments, unit, near, channels, samples);
      means[place] = mean;
      norms[place] = norm;
      return place;
    };
    const r = correlations.float64;
    const count = pairs.length / 2;
    for (let p = 0; p < count; p++) {
      if (places.size + 2 > capacity) places.clear();
      const a = placeOf(pairs[2 * p]);
      const b = placeOf(pairs[2 * p + 1]);
      const product = norms[a] * norms[b];
      r[p] =
        product === 0
          ? 0
          : simd.covariance(size, held.from(4 * a * size), means[a], held.from(4 * b * size)) / product;
    }
    simd.fisherZ(count + (count % 2), correlations);
    return r.slice(0, count);
  };
}
