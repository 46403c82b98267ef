/** Nearby pairs by all kernels: the plain ones are the oracle, the SIMD ones agree with it and bit for bit with each other. */
import { afterAll, describe, expect, it } from 'vitest';
import { newPairs } from '../core/growing/new-pairs.ts';
import type { Kernels } from '../core/kernels/kernels.ts';
import { createPlainKernels } from '../core/kernels/plain.ts';
import { createRandom } from '../core/random.ts';
import { nearbyLayout } from '../core/similarity/nearby-layout.ts';
import {
  type CellMatrix,
  type CellPrecision,
  cellAt,
  cellOf,
  createNearbyMatrix,
  fillWithLowest,
  type NearbyMatrix,
} from '../core/similarity/nearby-matrix.ts';
import { nearestChannelsOnShank } from '../core/similarity/waveform-similarity.ts';
import { createWindows, keepWindow, planWindows } from '../core/similarity/waveform-windows.ts';
import { createKernels } from './node.ts';

const plain = createPlainKernels();
const simd = [1, 2, 3].map((threads) => createKernels({ kernels: 'simd', threads }));

afterAll(async () => {
  for (const kernels of simd) await (await kernels).close();
});

const random = createRandom(5);
const [units, channels, samples] = [700, 40, 21];
const probe = {
  channels,
  locations: Float64Array.from({ length: 2 * channels }, (_, i) =>
    i % 2 === 0 ? 16 * (i % 4) : 10 * (i >> 1),
  ),
  shanks: new Int32Array(channels).fill(1),
  hasShanks: false,
};
const depths = Float64Array.from({ length: units }, () => 400 * random.uniform());
const sessions = Int32Array.from({ length: units }, (_, unit) => 1 + (unit % 5));
const layout = nearbyLayout(40, sessions, depths);
const anchors = Int32Array.from(depths, (depth) => Math.min(channels - 1, Math.floor(depth / 10)));
/** Units repeat a few shapes with noise, so that many are much alike. */
const waveforms = Float32Array.from({ length: units * channels * samples }, (_, i) => {
  const unit = Math.floor(i / (channels * samples));
  const channel = Math.floor(i / samples) % channels;
  const size = 60 * Math.exp(-Math.abs(channel - anchors[unit]) / 3);
  return size * Math.sin(((i % samples) * (1 + (anchors[unit] % 4))) / 7) + random.normal() + 7;
});
// Everything of one unit is the same: its correlations are undefined.
waveforms.fill(3, 12 * channels * samples, 13 * channels * samples);

function windowsOf(kernels: Kernels) {
  const windows = createWindows(planWindows(probe, 90), anchors, samples, kernels.float32);
  const size = channels * samples;
  for (let unit = 0; unit < units; unit++)
    keepWindow(windows, unit, waveforms.subarray(unit * size, (unit + 1) * size));
  return windows;
}

/** Largest difference of two matrices; NaN when one holds NaN. */
function difference(a: NearbyMatrix, b: NearbyMatrix): number {
  let largest = 0;
  a.pieces.forEach((piece, i) => {
    piece.forEach((cell, k) => {
      const distance = Math.abs(cell - b.pieces[i][k]) * a.scale;
      if (!(distance <= largest)) largest = distance;
    });
  });
  return largest;
}

async function compare(
  precision: CellPrecision,
  error: number,
  work: (kernels: Kernels, out: NearbyMatrix) => Promise<void>,
): Promise<void> {
  const matrixOf = async (kernels: Kernels) => {
    const out = createNearbyMatrix(layout, kernels.float32, precision);
    fillWithLowest(out);
    await work(kernels, out);
    return out;
  };
  const expected = await matrixOf(plain);
  const [first, ...others] = await Promise.all(simd.map(async (kernels) => matrixOf(await kernels)));
  expect(difference(first, expected)).toBeLessThanOrEqual(error);
  for (const other of others) expect(other.pieces).toEqual(first.pieces);
}

describe.each([
  ['float64', 1e-6],
  ['float32', 2e-5],
  // A step, and what float32 makes of the most alike, z = 4.5.
  ['int16', 6 / 32767 + 3e-4],
] as const)(
  'nearby pairs in %s: SIMD agrees to %d with the plain kernels, and with itself for any number of threads',
  (precision, error) => {
    it('correlating rows', () => {
      const x = Float64Array.from({ length: units * 33 }, () => random.normal());
      x.fill(2, 33, 66);
      return compare(precision, error, (kernels, out) => kernels.correlateRowsNearby(x, 33, out));
    });

    it('correlating rows of no columns', () =>
      compare(precision, error, (kernels, out) => kernels.correlateRowsNearby(new Float64Array(0), 0, out)));

    it('correlating rows with gaps', () => {
      const x = Float64Array.from({ length: units * 33 }, (_, i) =>
        random.uniform() < 0.3 && i % 33 > 3 ? Number.NaN : random.normal(),
      );
      return compare(precision, error, async (kernels, out) => {
        expect(await kernels.correlateRowsWithGapsNearby(x, 33, out)).toBeUndefined();
      });
    });

    it('correlating waveforms', () => {
      const neighbours = nearestChannelsOnShank(probe, 12);
      return compare(precision, error, (kernels, out) => {
        const input = { windows: windowsOf(kernels), neighbours, neighbourCount: 12 };
        return kernels.correlateWaveformsNearby(input, [out]);
      });
    });
  },
);

describe('nearby pairs', () => {
  it('without a common column are told, unless they share a session', async () => {
    const x = Float64Array.from({ length: units * 4 }, (_, i) =>
      (i >> 2) % 2 === i % 2 ? Number.NaN : i % 7,
    );
    for (const kernels of [plain, ...(await Promise.all(simd))]) {
      const out = createNearbyMatrix(layout, kernels.float32);
      const pair = await kernels.correlateRowsWithGapsNearby(x, 4, out);
      if (!pair) throw new Error('no pair was told');
      expect(sessions[pair[0]]).not.toBe(sessions[pair[1]]);
      expect((pair[0] + pair[1]) % 2).toBe(1);
    }
  });

  it.each([
    ['rows', 1e-9],
    ['waveforms', 1e-6],
  ] as const)(
    'of new units with old ones: %s are correlated as all pairs are, to %d',
    async (what, error) => {
      const oldUnits = 300;
      const old = Int32Array.from({ length: oldUnits }, (_, unit) => unit).filter((unit) => unit % 7 !== 0);
      const { between, among } = newPairs({ between: 60, among: 60 }, oldUnits, old, sessions, depths);
      expect(between.cells).toBeGreaterThan(20_000);
      const x = Float64Array.from({ length: units * 21 }, () => random.normal());
      const neighbours = nearestChannelsOnShank(probe, 12);
      const correlate = async (kernels: Kernels, outs: readonly CellMatrix[]) => {
        outs.forEach(fillWithLowest);
        const input = { windows: windowsOf(kernels), neighbours, neighbourCount: 12 };
        if (what === 'waveforms') await kernels.correlateWaveformsNearby(input, outs);
        else for (const out of outs) await kernels.correlateRowsNearby(x, 21, out);
      };
      const all = createNearbyMatrix(nearbyLayout(60, sessions, depths), plain.float32);
      await correlate(plain, [all]);
      for (const kernels of [plain, ...(await Promise.all(simd))]) {
        const outs = [between, among].map((part) => createNearbyMatrix(part, kernels.float32));
        await correlate(kernels, outs);
        for (const out of outs) {
          const { layout } = out;
          let largest = 0;
          for (let p = 0; p < layout.units; p++) {
            for (let q = layout.start[p]; q < layout.end[p]; q++) {
              const expected = cellAt(all, layout.order[p], layout.order[q]);
              const distance = Math.abs(cellOf(out, p, q) - expected);
              if (!(distance <= largest)) largest = distance;
            }
          }
          expect(largest).toBeLessThan(error);
        }
      }
    },
  );

  it('are searched for similar ones, the same for any number of threads', async () => {
    const many = 4000;
    const wide = nearbyLayout(
      1,
      Int32Array.from({ length: many }, (_, unit) => 1 + (unit % 3)),
      Float64Array.from({ length: many }, (_, unit) => unit / many),
    );
    expect(wide.cells).toBeGreaterThan(2 ** 22);
    const parts = Int32Array.from({ length: many }, (_, unit) => unit % 10);
    const found = await Promise.all(
      [plain, ...(await Promise.all(simd))].map(async (kernels) => {
        const own = createRandom(8);
        const features = [0, 1].map(() => {
          const matrix = createNearbyMatrix(wide, kernels.float32, 'int16');
          for (const piece of matrix.pieces)
            for (let i = 0; i < piece.length; i++) piece[i] = 30_000 * own.uniform();
          return matrix;
        });
        const search = { features, weights: Float64Array.of(0.6, 0.4), threshold: 5.4, parts };
        const pairs = await kernels.strongPairs(search);
        return pairs.flatMap(({ from, to, similarity }) =>
          Array.from(from, (p, e) => [p, to[e], similarity[e]]),
        );
      }),
    );
    const [expected, ...others] = found;
    expect(expected.length).toBeGreaterThan(100);
    for (const [p, q, similarity] of expected) {
      expect(similarity).toBeGreaterThanOrEqual(5.4);
      expect(p % 10).not.toBe(q % 10);
      expect(wide.sessions[p]).not.toBe(wide.sessions[q]);
    }
    for (const other of others) expect(other).toEqual(expected);
  });

  it('have the same interpolated windows, within float32', async () => {
    const size = channels * samples;
    const groups = [0, 1, 2].map((g) => ({
      matrix: Float64Array.from({ length: channels * channels }, (_, i) =>
        Math.exp(-Math.abs(Math.floor(i / channels) + g - (i % channels))),
      ),
      units: Int32Array.from({ length: 30 }, (_, i) => 3 * i + g),
    }));
    const pieceOf = async (kernels: Kernels) => {
      const windows = createWindows(planWindows(probe, 90), anchors, samples, kernels.float32);
      await kernels.krigeWindows(waveforms.subarray(100 * size, 190 * size), groups, 100, windows);
      return windows.pieces[0];
    };
    const expected = await pieceOf(plain);
    const [first, ...others] = await Promise.all(simd.map(async (kernels) => pieceOf(await kernels)));
    const largest = first.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
    expect(largest).toBeLessThan(1e-3);
    expect(first.some((value) => value !== 0)).toBe(true);
    for (const other of others) expect(other).toEqual(first);
  });
});
