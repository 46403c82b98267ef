import { expect, it } from 'vitest';
import { openSparse } from '../../test/support/sparse-matrix.ts';
import type { SimilarityAccess } from '../io/similarity-access.ts';
import { NeuronStatistics } from './pairs.ts';

it('takes statistics of a neuron over the pairs that were compared, and counts these', async () => {
  // Pairs (0, 1) and (1, 2) of three units in one neuron, and none of units 3 and 4 in another.
  const access = await openSparse(5, {
    starts: [0, 1, 3, 4, 4, 4],
    columns: [1, 0, 2, 1],
    values: [1, 1, 3, 3],
  });
  const statistics = new NeuronStatistics(access, new Int32Array(5).fill(1));
  const { mean, worst, compared } = await statistics.of(Int32Array.of(1, 1, 1, 2, 2));
  expect([...compared]).toEqual([1, 2, 1, 0, 0]);
  expect([...mean]).toEqual([1, 2, 3, Number.NaN, Number.NaN]);
  expect([...worst]).toEqual([1, 1, 3, Number.NaN, Number.NaN]);
});

it('takes the zeros between shanks for pairs that were not compared', async () => {
  const access: SimilarityAccess = {
    units: 3,
    sparse: false,
    async *scan() {},
    block: async () => Float32Array.of(6, 2, 0, 2, 6, 0, 0, 0, 6),
  };
  const statistics = new NeuronStatistics(access, Int32Array.of(1, 1, 2));
  const { worst, compared } = await statistics.of(Int32Array.of(1, 1, 1));
  expect([...compared]).toEqual([1, 1, 0]);
  expect([...worst]).toEqual([2, 2, Number.NaN]);
});
