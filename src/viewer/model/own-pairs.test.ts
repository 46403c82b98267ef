import { expect, it } from 'vitest';
import { ownPairs } from './own-pairs.ts';

it('leaves out pairs that were not compared', () => {
  const none = Number.NaN;
  // Two measures of three units, the pair of the first and the last one without a value.
  const weighted = [6, 2, none, 2, 6, 3, none, 3, 6];
  const waveform = [6, 1, none, 1, 6, 4, none, 4, 6];
  const found = ownPairs({ units: [7, 8, 9], similarity: Float32Array.of(...weighted, ...waveform) }, 2);
  expect(found.units).toEqual([
    [7, 8],
    [8, 9],
  ]);
  expect(found.similarity).toEqual([
    [2, 3],
    [1, 4],
  ]);
});

it('has no pairs before similarities are there', () => {
  expect(ownPairs({ units: [1, 2] }, 1)).toEqual({ units: [], similarity: [[]] });
});
