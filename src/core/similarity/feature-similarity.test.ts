import { describe, expect, it } from 'vitest';
import { unitsWithoutCommonBin } from './feature-similarity.ts';

describe('unitsWithoutCommonBin', () => {
  const N = Number.NaN;
  it.each([
    ['rows without gaps', [1, 2, 3, 4, 5, 6], undefined],
    ['rows that overlap', [1, N, 3, N, 5, 6], undefined],
    ['rows that do not', [1, N, N, 1, N, N, N, 5, 6], [0, 2]],
    ['an empty row among others', [1, 2, 3, N, N, N], [0, 1]],
    ['empty rows alone', [N, N, N, N, N, N], [0, 1]],
  ])('of %s', (_name, rows, expected) => {
    expect(unitsWithoutCommonBin({ data: Float64Array.from(rows), bins: 3 })).toEqual(expected);
  });
});
