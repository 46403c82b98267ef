import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fisherZ } from '../core/kernels/standardize.ts';
import { SimdKernels } from './bindings.ts';
import { moduleBytes } from './detect.ts';

const module = new WebAssembly.Module(moduleBytes('simd'));

describe('scratch memory', () => {
  it('grows as it is asked for, in pieces that do not overlap and start on 64 bytes', () => {
    const simd = new SimdKernels(module);
    const [a, b] = [simd.float32(5), simd.float64(100_000)];
    a.float32.fill(1);
    b.float64.fill(2);
    expect(a.float32).toEqual(new Float32Array(5).fill(1));
    expect([a, b].map(({ pointer }) => pointer % 64)).toEqual([0, 0]);
  });

  it('is used again after a reset', () => {
    const simd = new SimdKernels(module);
    const first = simd.float64(1000);
    simd.reset();
    expect(simd.float64(10).pointer).toBe(first.pointer);
  });

  it('has no part beyond its end', () => {
    const region = new SimdKernels(module).allocate(8);
    expect(region.from(8).bytes).toBe(0);
    expect(() => region.from(9)).toThrow('Region.from: got byte 9, expected 0 to 8');
    expect(() => region.from(Number.NaN)).toThrow(RangeError);
  });
});

describe('every kernel refuses memory that is too small or counts that are not whole', () => {
  const simd = new SimdKernels(module);
  const tiny = simd.allocate(8);
  const big = simd.allocate(1 << 16);
  big.int32.fill(0);
  const lists = simd.int32(4);
  lists.int32.set([1, 0, 1 << 14, 1]);
  const empty = simd.int32(4);
  empty.int32.set([1, 0, 0, 0]);
  const calls: Record<string, () => unknown> = {
    'addSnippet, values': () => simd.addSnippet(5, tiny, big),
    'addSnippet, sum': () => simd.addSnippet(3, big, tiny),
    fisherZ: () => simd.fisherZ(4, tiny),
    'fisherZ, odd': () => simd.fisherZ(3, big),
    exceeding: () => simd.exceeding(8, 1, big, big, big, tiny, big),
    'exceeding, no feature': () => simd.exceeding(8, 0, big, big, big, big, big),
    largest: () => simd.largest(8, tiny),
    positionsAbove: () => simd.positionsAbove(8, big, 0, tiny),
    covariance: () => simd.covariance(3, big, 0, tiny),
    transpose: () => simd.transpose(2, 2, big, tiny),
    packPanels: () => simd.packPanels(1, 3, big, tiny),
    multiplyPanels: () => simd.multiplyPanels(1, 1, 4, big, big, tiny),
    'multiplyPanels, NaN': () => simd.multiplyPanels(1, Number.NaN, 4, big, big, big),
    combineMasked: () => simd.combineMasked(2, big, big, big, tiny, big, big),
    channelMoments: () => simd.channelMoments(2, 4, big, big, tiny, big),
    packRow: () => simd.packRow(1, 4, big, big, 1, big, 0, tiny),
    'packRow, lane': () => simd.packRow(1, 4, big, big, 1, big, 4, big),
    packColumns: () => simd.packColumns(1, 4, big, big, big, tiny),
    'multiplyWaveforms, slot outside its panel': () =>
      simd.multiplyWaveforms(1, 1, 4, lists, big, big, 1 << 10, big, false),
    'multiplyWaveforms, run of no slots': () =>
      simd.multiplyWaveforms(1, 1, 4, empty, big, big, 1 << 10, big, false),
    'multiplyWaveforms, result': () => simd.multiplyWaveforms(1, 1, 4, big, big, big, 128, tiny, false),
    correlationsOfRows: () => simd.correlationsOfRows(1, 1, 1, 4, big, big, big, big, 64, big, 4, tiny, big),
    mergeDirections: () => simd.mergeDirections(1, 2, big, big, tiny, big),
    krige: () => simd.krige(1, 4, 8, big, big, big, tiny),
    'krige, fewer than 8 samples': () => simd.krige(1, 4, 7, big, big, big, big),
  };
  it.each(Object.keys(calls))('%s', (name) => {
    expect(calls[name]).toThrow(RangeError);
  });
});

it('a product over no columns is 0, whatever the memory held', () => {
  const simd = new SimdKernels(module);
  const [empty, c] = [simd.float64(0), simd.float64(2 * 3 * 16)];
  c.float64.fill(7);
  simd.multiplyPanels(2, 3, 0, empty, empty, c);
  expect(c.float64).toEqual(new Float64Array(2 * 3 * 16));
});

describe('Fisher z', () => {
  const simd = new SimdKernels(module);
  const region = simd.float64(2);
  const zOf = (r: number) => {
    region.float64.fill(r);
    simd.fisherZ(2, region);
    expect(region.float64[1]).toBe(region.float64[0]);
    return region.float64[0];
  };

  it('agrees with atanh, cut to ±6, to the last bits', () => {
    fc.assert(
      fc.property(fc.double({ min: -1.1, max: 1.1, noNaN: true }), (r) => {
        expect(Math.abs(zOf(r) - fisherZ(r))).toBeLessThan(1e-15 + 4e-16 / Math.max(1e-5, 1 - r * r));
      }),
      { numRuns: 5000 },
    );
  });

  it('is exact at 0 and beyond the cut, and keeps NaN', () => {
    expect([0, 1, -1, 5, -5, Math.tanh(6), -Math.tanh(6)].map(zOf)).toEqual([0, 6, -6, 6, -6, 6, -6]);
    expect(zOf(Number.NaN)).toBeNaN();
  });
});
