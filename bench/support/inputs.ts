/** Seeded inputs of the size of a recording. */
import type { Kernels, WaveformSimilarityInput } from '../../src/core/kernels/kernels.ts';
import { createRandom } from '../../src/core/random.ts';

export interface Shape {
  readonly units: number;
  readonly channels: number;
  readonly samples: number;
  readonly neighbourCount: number;
}

/** 3,414 units of 18 sessions. */
export const RECORDING: Shape = { units: 3414, channels: 283, samples: 64, neighbourCount: 38 };
export const SMALL: Shape = { ...RECORDING, units: 600 };

/** Neurons that return in 18 sessions with noise, spread evenly along the probe. */
export function waveformInput(kernels: Kernels, shape: Shape): WaveformSimilarityInput {
  const { units, channels, samples, neighbourCount } = shape;
  const random = createRandom(1);
  const waveforms = kernels.float32(units * channels * samples);
  const neurons = Math.ceil(units / 18);
  for (let unit = 0; unit < units; unit++) {
    const neuron = unit % neurons;
    const peak = Math.floor((neuron * channels) / neurons);
    const width = 3 + (neuron % 5);
    for (let c = 0; c < channels; c++) {
      const size = 100 * Math.exp(-Math.abs(c - peak) / 4);
      const start = (unit * channels + c) * samples;
      for (let t = 0; t < samples; t++) {
        const trough = (t - 20 - (neuron % 7)) / width;
        waveforms[start + t] =
          4 * random.uniform() - 2 - size * (1 - trough / 3) * Math.exp(-trough * trough);
      }
    }
  }
  return { ...shape, waveforms, neighbours: nearest(channels, neighbourCount) };
}

function nearest(channels: number, count: number): Int32Array {
  const neighbours = new Int32Array(channels * count);
  for (let c = 0; c < channels; c++) {
    const first = Math.max(0, Math.min(channels - count, c - (count >> 1)));
    const near = Array.from({ length: count }, (_, k) => first + k);
    near.sort((a, b) => Math.abs(a - c) - Math.abs(b - c));
    neighbours.set(near, c * count);
  }
  return neighbours;
}

/** (rows, columns) standard normal values. */
export function rowsInput(kernels: Kernels, rows: number, columns: number): Float64Array {
  const random = createRandom(2);
  const x = kernels.float64(rows * columns);
  for (let i = 0; i < x.length; i++) x[i] = random.normal();
  return x;
}

/** (n, n) symmetric Fisher z, about normal. */
export function similarityInput(kernels: Kernels, n: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const matrix = kernels.float64(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const z = i === j ? 6 : random.normal();
      matrix[i * n + j] = z;
      matrix[j * n + i] = z;
    }
  }
  return matrix;
}
