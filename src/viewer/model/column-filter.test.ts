import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber } from '../charts/scale.ts';
import { columnFilter } from './column-filter.ts';

const finds = (typed: string, value: number | string, decimals?: number) =>
  columnFilter(typed, { title: 'Depth', decimals })?.(value);

describe('the filter of a column', () => {
  it('finds a number as it is shown', () => {
    const shown = fc.record({
      value: fc.double({ min: -5000, max: 5000, noNaN: true }),
      decimals: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(shown, ({ value, decimals }) => {
        expect(finds(formatNumber(value, decimals), value, decimals)).toBe(true);
      }),
    );
    expect([finds('525', 524.86, 0), finds('525', 525.6, 0), finds('1.00', 0.9961, 2)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('compares as precisely as is typed', () => {
    expect([finds('524.9', 524.86, 0), finds('524.8', 524.86, 0), finds('524.86', 524.86, 0)]).toEqual([
      true,
      false,
      true,
    ]);
    expect([finds('>= 524.9', 524.86, 0), finds('> 524.9', 524.86, 0)]).toEqual([true, false]);
  });

  it('knows the signs, as they are typed and as they are printed', () => {
    const all = ['≥ 5', '>=5', '≤ 5', '<=5', '= 5', '==5', '≠ 5', '!=5', '> 5', '<5'];
    expect(all.map((typed) => finds(typed, 5, 0))).toEqual([...Array(6).fill(true), ...Array(4).fill(false)]);
    expect(finds('> 1,000', 1152, 0)).toBe(true);
    expect(finds('1,152', 1152, 0)).toBe(true);
    expect(finds('−12', -12, 0)).toBe(true);
  });

  it('knows ranges, from either end', () => {
    for (const typed of ['500..600', '500-600', '500 – 600', '500…600', '500 ... 600', '600-500']) {
      expect(
        [499, 500, 600, 601].map((value) => finds(typed, value, 0)),
        typed,
      ).toEqual([false, true, true, false]);
    }
    expect([finds('-20--10', -15, 0), finds('-5..5', 0, 0), finds('-5', -5, 0)]).toEqual([true, true, true]);
    expect(finds('0.5..1', 0.75, 2)).toBe(true);
  });

  it('finds pieces of text, and nothing where there is no number', () => {
    expect(finds('INTER', 'an interneuron')).toBe(true);
    expect(finds('"x', 'a "x"')).toBe(true);
    expect(['5', '≠ 5', '0..9'].map((typed) => finds(typed, Number.NaN, 0))).toEqual([false, false, false]);
    expect(columnFilter('  ', { title: 'Depth', decimals: 0 })).toBeUndefined();
  });

  it('says what of it is not understood, as it was typed', () => {
    for (const typed of ['≥', 'about 5', '1,5', '5..', '> 3 and', '..']) {
      expect(() => finds(typed, 5, 0)).toThrow(`“${typed}” under Depth is not understood`);
    }
  });
});
