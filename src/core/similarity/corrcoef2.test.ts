import { describe, expect, it } from 'vitest';
import { goldenFunctions } from '../../../test/support/golden-functions.ts';
import { largestDifference } from '../../../test/support/reference.ts';
import { fromNested, ndarray } from '../ndarray.ts';
import { corrcoef2 } from './corrcoef2.ts';

describe('corrcoef2', () => {
  it.each(goldenFunctions.corrcoef2)('agrees with the golden correlations', ({ x, y, r }) => {
    const result = corrcoef2(fromNested(x), fromNested(y));
    expect(result.shape).toEqual([r.length, r[0].length]);
    expect(largestDifference(result.data, r.flat())).toBeLessThan(1e-12);
  });

  it('is 1 and -1 for columns that are scaled and shifted copies', () => {
    const x = fromNested([[1], [5], [-2]]);
    const y = fromNested([
      [12, -3],
      [20, -15],
      [6, 6],
    ]);
    expect(corrcoef2(x, y).data[0]).toBeCloseTo(1, 12);
    expect(corrcoef2(x, y).data[1]).toBeCloseTo(-1, 12);
  });

  it('is 0 for a constant column', () => {
    expect([...corrcoef2(fromNested([[0.1], [0.1], [0.1]]), fromNested([[1], [2], [4]])).data]).toEqual([0]);
  });

  it('refuses different numbers of samples', () => {
    expect(() => corrcoef2(fromNested([[1], [2]]), ndarray(new Float64Array(3), [3, 1]))).toThrow(RangeError);
  });
});
