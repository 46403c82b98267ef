import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainSnippetSums, type SnippetSums } from '../core/kernels/snippet-sums.ts';
import { createSnippetSums } from './snippet-sums.ts';

const shape = { units: 3, snippet: 37, pieces: 2, piece: 101 };

describe('sums of snippets with SIMD', () => {
  it('are those of the plain ones, whatever is added', () => {
    const int16 = fc.integer({ min: -32_768, max: 32_767 });
    const pieces = fc.array(fc.array(int16, { minLength: shape.piece, maxLength: shape.piece }), {
      minLength: shape.pieces,
      maxLength: shape.pieces,
    });
    const addition = fc.tuple(
      fc.nat(shape.units - 1),
      fc.nat(shape.pieces - 1),
      fc.nat(shape.piece - shape.snippet),
    );
    fc.assert(
      fc.property(pieces, fc.array(addition, { maxLength: 20 }), (values, additions) => {
        const outcome = (sums: SnippetSums) => {
          for (const [p, piece] of values.entries()) sums.pieces[p].set(piece);
          for (const [unit, p, from] of additions) sums.add(unit, p, from);
          const all = Array.from({ length: shape.units }, (_, unit) => sums.sumOf(unit)?.slice());
          return { all, counts: sums.counts };
        };
        expect(outcome(createSnippetSums(shape))).toEqual(outcome(plainSnippetSums(shape)));
      }),
    );
  });

  it('are exact for as many snippets as are taken at most', () => {
    const sums = createSnippetSums(shape);
    sums.pieces[0].fill(-32_768);
    for (let i = 0; i < 65_535; i++) sums.add(1, 0, 3);
    expect(sums.sumOf(1)).toEqual(new Int32Array(shape.snippet).fill(-32_768 * 65_535));
    expect(sums.sumOf(0)).toBeUndefined();
  });

  it('fall back to plain ones where they do not fit a WebAssembly memory', () => {
    const sums = createSnippetSums({ ...shape, units: 3e7 });
    expect(sums.pieces[0].buffer.byteLength).toBe(shape.piece * 2);
  });

  it('refuse units that there are not, and snippets that go on beyond their piece', () => {
    const sums = createSnippetSums(shape);
    expect(() => sums.add(shape.units, 0, 0)).toThrow('add: got unit 3 of 3 and values from 0');
    expect(() => sums.add(0, 0, shape.piece - shape.snippet + 1)).toThrow('expected at most 64');
    expect(() => sums.add(0, 0, -1)).toThrow(RangeError);
    expect([...sums.counts]).toEqual([0, 0, 0]);
  });
});
