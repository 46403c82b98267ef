/** One suite over all kernels: the plain ones are the oracle, the SIMD ones agree with it and bit for bit with each other. */
import { setFlagsFromString } from 'node:v8';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { singleLinkage } from '../core/clustering/single-linkage.ts';
import { StoppedError } from '../core/errors.ts';
import {
  type Kernels,
  type KrigingGroup,
  MAX_Z,
  type WaveformSimilarityInput,
} from '../core/kernels/kernels.ts';
import { createPlainKernels } from '../core/kernels/plain.ts';
import { createRandom, type Random } from '../core/random.ts';
import { isSupported } from '../wasm/detect.ts';
import { createKernels } from './node.ts';

// Node 20 has relaxed SIMD behind a flag.
if (!isSupported('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd');

const oracle = createPlainKernels();
const simd = {
  'simd on the calling thread': await createKernels({ kernels: 'simd', threads: 1 }),
  'simd with 2 threads': await createKernels({ kernels: 'simd', threads: 2 }),
  'simd with 3 threads': await createKernels({ kernels: 'simd', threads: 3 }),
};
const relaxed = await createKernels({ kernels: 'relaxed', threads: 2 });
const variants: [string, Kernels][] = [...Object.entries(simd), ['relaxed with 2 threads', relaxed]];
const [reference, ...others] = Object.values(simd);

afterAll(async () => {
  await Promise.all([...Object.values(simd), relaxed].map((kernels) => kernels.close()));
});

/** Units that repeat a few neurons with noise, each strongest around a channel of its own, on channels with offsets. */
function recording(
  random: Random,
  shape: { units: number; channels: number; samples: number; neighbourCount: number },
): WaveformSimilarityInput {
  const { units, channels, samples, neighbourCount } = shape;
  const waveforms = new Float32Array(units * channels * samples);
  const neurons = Math.max(1, Math.ceil(units / 4));
  for (let unit = 0; unit < units; unit++) {
    const neuron = unit % neurons;
    const peak = (neuron * 7) % channels;
    const noise = 0.1 + 2 * random.uniform();
    for (let c = 0; c < channels; c++) {
      const size = 80 * Math.exp(-Math.abs(c - peak) / 3);
      for (let t = 0; t < samples; t++) {
        const signal = size * Math.sin((t * (1 + (neuron % 5))) / samples + neuron);
        waveforms[(unit * channels + c) * samples + t] = signal + noise * random.normal() + 5 * (c % 3);
      }
    }
  }
  return { ...shape, waveforms, neighbours: nearest(channels, neighbourCount) };
}

/** (channels, count) nearest channels on a line. */
function nearest(channels: number, count: number): Int32Array {
  const neighbours = new Int32Array(channels * count);
  for (let c = 0; c < channels; c++) {
    const order = Array.from({ length: channels }, (_, other) => other).sort(
      (a, b) => Math.abs(a - c) - Math.abs(b - c) || a - b,
    );
    neighbours.set(order.slice(0, count), c * count);
  }
  return neighbours;
}

function rowsOf(random: Random, rows: number, columns: number): Float64Array {
  const x = Float64Array.from({ length: rows * columns }, () => random.normal());
  for (let row = 3; row < rows; row += 4) {
    for (let k = 0; k < columns; k++) {
      x[row * columns + k] = x[(row - 3) * columns + k] + 0.01 * x[row * columns + k];
    }
  }
  return x;
}

/** Bins missing in blocks and here and there, rows that are constant or repeat. */
function withGaps(random: Random, rows: number, columns: number): Float64Array {
  const x = rowsOf(random, rows, columns);
  const half = Math.ceil(columns / 2);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    if (row % 5 === 1) x.fill(2.3, start, start + columns);
    if (row % 7 === 2) x.fill(0, start, start + columns);
    // Constant where another row is valid, not elsewhere.
    if (row % 7 === 3) x.fill(0.7, start, start + half);
    if (row % 3 === 0) x.fill(Number.NaN, start + half + 1, start + columns);
    if (row % 4 === 0 && columns > 3) x[start + 1 + random.integer(columns - 1)] = Number.NaN;
  }
  return x;
}

const similarity = async (
  kernels: Kernels,
  input: WaveformSimilarityInput,
  start = Number.NEGATIVE_INFINITY,
) => {
  const out = kernels.float64(input.units ** 2).fill(start);
  await kernels.correlateWaveforms(input, out);
  return out;
};

const correlation = async (kernels: Kernels, x: Float64Array, rows: number) => {
  const out = kernels.float64(rows * rows);
  await kernels.correlateRows(x, rows, x.length / rows, out);
  return out;
};

const gapCorrelation = async (kernels: Kernels, x: Float64Array, rows: number) => {
  const out = kernels.float64(rows * rows);
  const disjoint = await kernels.correlateRowsWithGaps(x, rows, x.length / rows, out);
  return { out, disjoint };
};

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i] === b[i] ? 0 : Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

const sameBits = (a: Float64Array, b: Float64Array) => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

const sizes = [
  { units: 1, channels: 3, samples: 7, neighbourCount: 1 },
  { units: 3, channels: 5, samples: 7, neighbourCount: 2 },
  { units: 37, channels: 20, samples: 61, neighbourCount: 9 },
  { units: 130, channels: 41, samples: 40, neighbourCount: 38 },
  { units: 270, channels: 64, samples: 16, neighbourCount: 12 },
];

describe.each(variants)('%s', (_name, kernels) => {
  it.each(sizes)('waveform similarity is within 1e-5 of the oracle: %o', async (shape) => {
    const input = recording(createRandom(1), shape);
    expect(largestDifference(await similarity(kernels, input), await similarity(oracle, input))).toBeLessThan(
      1e-5,
    );
  });

  it('waveform similarity above r = 0.9 is within 1e-9 of the oracle', async () => {
    const input = recording(createRandom(2), sizes[3]);
    const expected = await similarity(oracle, input);
    const found = await similarity(kernels, input);
    const high = expected.map((z) => (Math.abs(Math.tanh(z)) > 0.9001 ? 1 : 0));
    expect(high.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(input.units * 2);
    expect(
      largestDifference(
        found.map((z, i) => z * high[i]),
        expected.map((z, i) => z * high[i]),
      ),
    ).toBeLessThan(1e-9);
  });

  it('waveform similarity keeps what is larger in the output already', async () => {
    const input = recording(createRandom(3), sizes[2]);
    const found = await similarity(kernels, input, 1.5);
    const alone = await similarity(kernels, input);
    expect(found).toEqual(alone.map((z) => Math.max(z, 1.5)));
  });

  it('silent channels, silent units and large offsets cost no precision', async () => {
    const input = recording(createRandom(5), sizes[2]);
    const { waveforms, channels, samples } = input;
    const size = channels * samples;
    waveforms.fill(0, 3 * size, 4 * size);
    waveforms.fill(-2.5, 5 * size, 6 * size);
    for (let i = 8 * size; i < 10 * size; i++) waveforms[i] += 20_000;
    for (let i = 11 * size; i < 12 * size; i++) waveforms[i] *= Math.exp(-((i % size) / samples) * 3);
    expect(largestDifference(await similarity(kernels, input), await similarity(oracle, input))).toBeLessThan(
      1e-5,
    );
    const found = await similarity(kernels, input);
    for (let j = 0; j < input.units; j++) {
      expect(found[3 * input.units + j]).toBe(j === 3 ? MAX_Z : 0);
      expect(found[5 * input.units + j]).toBe(j === 5 ? MAX_Z : 0);
    }
  });

  it('units are described as by the oracle', async () => {
    const { waveforms, units, channels, samples } = recording(createRandom(15), sizes[2]);
    const random = createRandom(16);
    const trains = Array.from({ length: units }, (_, unit) =>
      Float64Array.from({ length: 7 * unit }, () => 4000 * random.uniform()),
    );
    const input = {
      waveforms,
      units,
      channels,
      samples,
      channelLocations: Float64Array.from({ length: 2 * channels }, (_, i) =>
        i % 2 ? 10 * i : 16 * (i % 3),
      ),
      locator: { location_algorithm: 'monopolar_triangulation', n_nearest_channels: 12 } as const,
      spikeTimes: async (unit: number) => trains[unit],
    };
    const autoCorr = { window: 60, binwidth: 1, gaussian_sigma: 2 };
    const isi = { window: 30, binwidth: 0.5, gaussian_sigma: 1 };
    for (const histograms of [{ autoCorr, isi }, { autoCorr }, {}]) {
      const expected = await oracle.describeUnits({ ...input, ...histograms });
      expect(await kernels.describeUnits({ ...input, ...histograms })).toEqual(expected);
    }
    const failing = kernels.describeUnits({
      ...input,
      isi,
      spikeTimes: async (unit) => {
        if (unit === 20) throw new Error('no such train');
        return trains[unit];
      },
    });
    await expect(failing).rejects.toThrow('no such train');
  });

  it.each([
    [9, 0],
    [1, 5],
    [3, 7],
    [257, 33],
    [300, 601],
  ])('correlation of %i rows with %i columns is within 1e-9 of the oracle', async (rows, columns) => {
    const x = rowsOf(createRandom(6), rows, columns);
    const found = await correlation(kernels, x, rows);
    expect(largestDifference(found, await correlation(oracle, x, rows))).toBeLessThan(1e-9);
  });

  it.each([
    [2, 4],
    [37, 21],
    [260, 60],
  ])(
    'correlation over common columns of %i rows with %i is within 1e-9 of the oracle',
    async (rows, columns) => {
      const x = withGaps(createRandom(7), rows, columns);
      const expected = await gapCorrelation(oracle, x, rows);
      const found = await gapCorrelation(kernels, x, rows);
      expect(found.disjoint).toBeUndefined();
      expect(largestDifference(found.out, expected.out)).toBeLessThan(1e-9);
    },
  );

  it('names the first pair without a common column', async () => {
    const [rows, columns] = [300, 6];
    const x = rowsOf(createRandom(8), rows, columns);
    x.fill(Number.NaN, 270 * columns, 270 * columns + 3);
    for (const row of [20, 280]) x.fill(Number.NaN, row * columns + 3, (row + 1) * columns);
    expect((await gapCorrelation(oracle, x, rows)).disjoint).toEqual([20, 270]);
    expect((await gapCorrelation(kernels, x, rows)).disjoint).toEqual([20, 270]);
  });

  it.each(sizes)('Kriging is within 1e-6 of the largest value of the oracle: %o', async (shape) => {
    const { waveforms, units, channels, samples } = recording(createRandom(9), shape);
    const groups = krigingGroups(units, channels);
    const expected = new Float32Array(waveforms.length).fill(7);
    const found = kernels.float32(waveforms.length).fill(7);
    await oracle.krige(waveforms, channels, samples, groups, expected);
    await kernels.krige(waveforms, channels, samples, groups, found);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largestDifference(found, expected)).toBeLessThan(1e-6 * largest);
  });

  it('the weighted sum is that of the oracle', async () => {
    const features = [1, 2, 3].map((seed) => rowsOf(createRandom(seed), 130, 141));
    const weights = Float64Array.of(0.7, -0.1, 0.4);
    const expected = new Float64Array(features[0].length);
    const found = new Float64Array(features[0].length);
    await oracle.weightedSum(features, weights, expected);
    await kernels.weightedSum(features, weights, found);
    expect(found).toEqual(expected);
  });

  it('the spanning tree is that of the oracle, ties and saturated distances included', async () => {
    for (const { n, scale, steps } of [
      { n: 1, scale: 1, steps: 10 },
      { n: 2, scale: 1, steps: 10 },
      { n: 90, scale: 6, steps: 1e9 },
      { n: 90, scale: 1, steps: 4 },
      { n: 90, scale: 15, steps: 1e3 },
      { n: 90, scale: 30, steps: 1e3 },
      { n: 90, scale: 1e-9, steps: 1e3 },
    ]) {
      const features = [1, 2].map((seed) => symmetric(createRandom(seed), n, scale, steps));
      const weights = Float64Array.of(0.6, 0.4);
      const expected = await oracle.weightedSpanningTree(features, weights, n);
      expect(await kernels.weightedSpanningTree(features, weights, n)).toEqual(expected);
      const single = await oracle.spanningTree(features[0], n);
      expect(await kernels.spanningTree(features[0], n)).toEqual(single);
    }
  });

  it('the leaf order is that of the oracle', async () => {
    const n = 60;
    const similarity = symmetric(createRandom(19), n, 2, 1e9);
    const linkage = singleLinkage(await oracle.spanningTree(similarity, n), n);
    const distance = oracle.float64(n * n);
    await oracle.distances(similarity, n, distance);
    const same = kernels.float64(n * n, false);
    await kernels.distances(similarity, n, same);
    expect(same).toEqual(distance);
    const expected = await oracle.leafOrder(linkage, distance, n);
    expect(await kernels.leafOrder(linkage, distance, n)).toEqual(expected);
    expect([...expected].sort((i, j) => i - j)).toEqual(Array.from({ length: n }, (_, unit) => unit));
  });

  it('stops with StoppedError when its signal is aborted, and works again afterwards', async () => {
    const input = recording(createRandom(10), { units: 400, channels: 80, samples: 61, neighbourCount: 38 });
    const controller = new AbortController();
    const out = kernels.float64(input.units ** 2);
    const stopped = kernels.correlateWaveforms(input, out, {
      signal: controller.signal,
      progress: () => controller.abort(),
    });
    await expect(stopped).rejects.toBeInstanceOf(StoppedError);
    await expect(
      kernels.correlateWaveforms(input, out, { signal: controller.signal }),
    ).rejects.toBeInstanceOf(StoppedError);
    const rows = rowsOf(createRandom(1), 5, 6);
    expect(
      largestDifference(await correlation(kernels, rows, 5), await correlation(oracle, rows, 5)),
    ).toBeLessThan(1e-9);
  });

  it('reports its progress up to the end', async () => {
    const input = recording(createRandom(11), sizes[3]);
    const seen: number[] = [];
    await kernels.correlateWaveforms(input, kernels.float64(input.units ** 2), {
      progress: (done, total) => seen.push(done / total),
    });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('gives released arrays out again, filled with zeros', () => {
    const first = kernels.float64(1000).fill(3);
    kernels.release(first, first, new Float64Array(1000));
    const [second, third] = [kernels.float64(1000), kernels.float64(1000)];
    expect(second.every((value) => value === 0)).toBe(true);
    expect(second.buffer).not.toBe(third.buffer);
  });

  it('leaves released arrays as they are where that is asked for', async () => {
    // Everything the kernels write is theirs alone, whatever the arrays held.
    const input = recording(createRandom(17), sizes[2]);
    const expected = await similarity(oracle, input);
    kernels.release(kernels.float32(input.units ** 2).fill(Number.NaN));
    expect(largestDifference(await similarity(kernels, input), expected)).toBeLessThan(1e-5);
    const x = withGaps(createRandom(18), 37, 21);
    const panels = [1, 2, 3].map(() => kernels.float64(40 * 21).fill(Number.NaN));
    kernels.release(...panels);
    const gaps = await gapCorrelation(kernels, x, 37);
    expect(largestDifference(gaps.out, (await gapCorrelation(oracle, x, 37)).out)).toBeLessThan(1e-9);
  });
});

describe('simd kernels', () => {
  it('give the same bits for any number of threads and for arrays in or out of shared memory', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 24 }),
        fc.integer(),
        async (units, channels, samples, near, seed) => {
          const shape = { units, channels, samples, neighbourCount: Math.min(near, channels) };
          const input = recording(createRandom(seed), shape);
          const waveforms = await similarity(reference, input);
          const x = rowsOf(createRandom(seed), units, samples);
          const rows = await correlation(reference, x, units);
          const holes = withGaps(createRandom(seed), units, samples);
          const gaps = await gapCorrelation(reference, holes, units);
          for (const kernels of others) {
            const shared = kernels.float32(input.waveforms.length);
            shared.set(input.waveforms);
            expect(await similarity(kernels, { ...input, waveforms: shared })).toEqual(waveforms);
            expect(await correlation(kernels, x, units)).toEqual(rows);
            expect(await gapCorrelation(kernels, holes, units)).toEqual(gaps);
          }
          const expected = await similarity(oracle, input);
          expect(largestDifference(waveforms, expected)).toBeLessThan(1e-5);
          const plain = await gapCorrelation(oracle, holes, units);
          expect(gaps.disjoint).toEqual(plain.disjoint);
          if (!plain.disjoint) expect(largestDifference(gaps.out, plain.out)).toBeLessThan(1e-9);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it('take common columns that are constant in both rows for uncorrelated, however they round', async () => {
    const gap = Number.NaN;
    const x = Float64Array.of(0.7, gap, 9e-5, 0.7, gap, 0.7, 0.7, -0.5, gap, 0.7, 0.7, 0.7);
    for (const kernels of [oracle, reference, ...others]) {
      expect((await gapCorrelation(kernels, x, 2)).out[1]).toBe(0);
    }
  });

  it('give the same bits where there is work for many tasks', async () => {
    for (const shape of [
      { units: 400, channels: 80, samples: 30, neighbourCount: 38 },
      { units: 4104, channels: 5, samples: 4, neighbourCount: 2 },
    ]) {
      const input = recording(createRandom(13), shape);
      const expected = await similarity(reference, input);
      expect(largestDifference(expected, await similarity(oracle, input))).toBeLessThan(1e-5);
      for (const kernels of others) expect(sameBits(await similarity(kernels, input), expected)).toBe(true);
    }
  });

  it('compute on the calling thread where there is no shared memory, with the same bits', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    try {
      const kernels = await createKernels({ threads: 3 });
      expect(kernels.name).toBe('simd');
      expect(kernels.threads).toBe(1);
      const input = recording(createRandom(14), sizes[3]);
      expect(sameBits(await similarity(kernels, input), await similarity(reference, input))).toBe(true);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('Kriging gives the same bits for any number of threads', async () => {
    const { waveforms, units, channels, samples } = recording(createRandom(12), sizes[4]);
    const groups = krigingGroups(units, channels);
    const outcomes: Float32Array[] = [];
    for (const kernels of Object.values(simd)) {
      const out = new Float32Array(waveforms.length);
      await kernels.krige(waveforms, channels, samples, groups, out);
      outcomes.push(out);
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  });
});

/** A sharp interpolation for every third unit, a wide one for the next, none for the rest. */
function krigingGroups(units: number, channels: number): KrigingGroup[] {
  const matrixOf = (width: number) => {
    const matrix = new Float64Array(channels ** 2);
    for (let i = 0; i < channels; i++) {
      for (let j = 0; j < channels; j++) {
        matrix[i * channels + j] = Math.exp(-Math.abs(i + 0.3 - j) / width) * Math.cos(i - j);
      }
    }
    return matrix;
  };
  const every = (rest: number) =>
    Int32Array.from(Array.from({ length: units }, (_, unit) => unit).filter((unit) => unit % 3 === rest));
  return [
    { matrix: matrixOf(0.5), units: every(0) },
    { matrix: matrixOf(30), units: every(1) },
  ];
}

/** Symmetric values between -scale and scale, rounded to `steps` steps of it so that there are ties. */
function symmetric(random: Random, n: number, scale: number, steps: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (scale * Math.round(steps * (2 * random.uniform() - 1))) / steps;
      matrix[i * n + j] = value;
      matrix[j * n + i] = value;
    }
  }
  return matrix;
}
