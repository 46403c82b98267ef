import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianFilter1d } from './gaussian-smoothing.ts';
import { peth, pethBins } from './peth.ts';

describe('peth', () => {
  it('is the mean rate around the events, worked by hand', () => {
    // Around 100: -10 → bin 0, 0 → bin 1, 5 → bin 1, 19.9 → bin 2. Around 200: 15 → bin 2; 20 is past the end.
    const spikes = [89.9, 90, 100, 105, 119.9, 215, 220];
    // Two events of 10 ms bins: one spike is 1 / (2 · 0.01 s) = 50 spikes/s.
    expect([...peth(spikes, [100, 200], { window: [-10, 20], bin: 10 })]).toEqual([50, 100, 100]);
  });

  it('counts a spike for every event in whose window it falls', () => {
    expect([...peth([10], [9, 10, 11], { window: [-2, 2], bin: 2 })].map((r) => r * 6e-3)).toEqual([1, 2]);
  });

  it('puts spikes on an edge into the later bin, whatever decimals do', () => {
    // 0.3 / 0.1 is 2.9999999999999996 in floating point.
    expect([...peth([0.3], [0], { window: [0, 0.5], bin: 0.1 })].findIndex((r) => r > 0)).toBe(3);
  });

  it('is NaN without events and 0 without spikes', () => {
    expect([...peth([1], [], { window: [0, 2], bin: 1 })]).toEqual([Number.NaN, Number.NaN]);
    expect([...peth([], [5], { window: [0, 2], bin: 1 })]).toEqual([0, 0]);
  });

  it('smooths the rates with a Gaussian of a width in ms', () => {
    const options = { window: [0, 50], bin: 10 } as const;
    const spikes = [25];
    const smooth = peth(spikes, [0], { ...options, sigma: 15 });
    expect(smooth).toEqual(gaussianFilter1d(peth(spikes, [0], options), 1.5));
  });

  it('agrees with counting every spike of every window, for any spikes and events', () => {
    const times = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 40 });
    fc.assert(
      fc.property(
        times,
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 6 }),
        (t, events) => {
          const spikes = [...t].sort((a, b) => a - b);
          const expected = Array.from({ length: 6 }, (_, i) => {
            let count = 0;
            for (const event of events)
              for (const spike of spikes)
                if (spike >= event - 20 + 10 * i && spike < event - 10 + 10 * i) count++;
            return count / (events.length * 0.01);
          });
          expect([...peth(spikes, events, { window: [-20, 40], bin: 10 })]).toEqual(expected);
        },
      ),
    );
  });

  it.each([
    ['a window that ends before it begins', [1, -1], 1, 0],
    ['bins that do not divide the window', [0, 10], 3, 0],
    ['a bin of no width', [0, 10], 0, 0],
    ['a bin that is no number', [0, 10], Number.NaN, 0],
    ['negative smoothing', [0, 10], 1, -1],
  ] as const)('refuses %s', (_, window, bin, sigma) => {
    expect(() => pethBins({ window, bin, sigma })).toThrow(RangeError);
  });
});
