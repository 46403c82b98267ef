import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber, linearScale, padded, roundTicks, tickLabels } from './scale.ts';

describe('scales of charts', () => {
  const domain = fc
    .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }))
    .map(([low, length]) => [low, low + length] as const);

  it('have ticks inside the domain, evenly spaced, not many more than wanted', () => {
    fc.assert(
      fc.property(domain, fc.integer({ min: 2, max: 12 }), (d, count) => {
        const ticks = roundTicks(d, count);
        const slack = (d[1] - d[0]) * 1e-6;
        expect(ticks.every((t) => t >= d[0] - slack && t <= d[1] + slack)).toBe(true);
        expect(ticks.length).toBeLessThanOrEqual(count + 1);
      }),
    );
  });

  it('invert what they do', () => {
    fc.assert(
      fc.property(domain, fc.double({ min: 0, max: 1, noNaN: true }), (d, part) => {
        const value = d[0] + part * (d[1] - d[0]);
        const scale = linearScale(d, [400, 0]);
        expect(Math.abs(scale.invert(scale(value)) - value)).toBeLessThan((d[1] - d[0]) * 1e-9 + 1e-6);
      }),
    );
  });

  it('label ticks with the decimals they need and a real minus sign', () => {
    expect(tickLabels([-1, -0.5, 0, 0.5])).toEqual(['−1.0', '−0.5', '0.0', '0.5']);
    expect(tickLabels([0, 1000, 2000])).toEqual(['0', '1,000', '2,000']);
    expect(formatNumber(-0.001, 1)).toBe('0.0');
    expect(formatNumber(Number.NaN)).toBe('–');
  });

  it('are never empty', () => {
    expect(padded([Number.NaN, Number.NaN])).toEqual([0, 1]);
    const [low, high] = padded([5, 5]);
    expect(high).toBeGreaterThan(low);
  });
});
