import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromNested, type Nested, ndarray } from '../ndarray.ts';
import { graphEditNumber } from './graph-edit-number.ts';

const golden: { graphEditNumber: { A: Nested; B: Nested; out: number[] }[] } = JSON.parse(
  readFileSync(new URL('../../../test/golden/functions.json', import.meta.url), 'utf8'),
);

describe('graphEditNumber', () => {
  it('gives the golden numbers', () => {
    for (const { A, B, out } of golden.graphEditNumber) {
      const { nSame, nA, nB } = graphEditNumber(fromNested(A), fromNested(B));
      expect([nSame, nA, nB]).toEqual(out);
    }
  });

  it('reads booleans as it reads numbers', () => {
    const { A, B } = golden.graphEditNumber[0];
    const [a, b] = [fromNested(A), fromNested(B)];
    const asBoolean = ({ data, shape }: typeof a) => ndarray(Array.from(data, Boolean), shape);
    expect(graphEditNumber(asBoolean(a), asBoolean(b))).toEqual(graphEditNumber(a, b));
    expect(graphEditNumber(ndarray(Uint8Array.from(a.data), a.shape), asBoolean(b))).toEqual(
      graphEditNumber(a, b),
    );
  });

  it('counts merges of the links that both graphs have, not of shared components', () => {
    // A path 0-1-2 and a path 0-2-1 have the link 1-2 in common.
    const a = fromNested([
      [1, 1, 0],
      [1, 1, 1],
      [0, 1, 1],
    ]);
    const b = fromNested([
      [1, 0, 1],
      [0, 1, 1],
      [1, 1, 1],
    ]);
    expect(graphEditNumber(a, b)).toEqual({ nSame: 1, nA: 2, nB: 2 });
  });

  it('takes a link in one direction for a link, and no link for no merge', () => {
    const oneWay = fromNested([
      [0, 0],
      [3, 0],
    ]);
    const none = fromNested([
      [0, 0],
      [0, 0],
    ]);
    expect(graphEditNumber(oneWay, none)).toEqual({ nSame: 0, nA: 1, nB: 0 });
    expect(graphEditNumber(ndarray([], [0, 0]), ndarray([], [0, 0]))).toEqual({ nSame: 0, nA: 0, nB: 0 });
  });

  it('counts units less clusters for the matrix of a clustering', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 15 }), (labels) => {
        const n = labels.length;
        const same = Array.from({ length: n * n }, (_, k) => labels[Math.floor(k / n)] === labels[k % n]);
        const matrix = ndarray(same, [n, n]);
        const merges = n - new Set(labels).size;
        expect(graphEditNumber(matrix, matrix)).toEqual({ nSame: merges, nA: merges, nB: merges });
      }),
    );
  });

  it('refuses matrices that are not square or not of one size', () => {
    const two = ndarray(new Float64Array(4), [2, 2]);
    expect(() => graphEditNumber(two, ndarray(new Float64Array(9), [3, 3]))).toThrow(RangeError);
    expect(() => graphEditNumber(two, ndarray(new Float64Array(4), [4]))).toThrow(RangeError);
    expect(() => graphEditNumber(ndarray(new Float64Array(6), [2, 3]), two)).toThrow('(2, 3)');
  });
});
