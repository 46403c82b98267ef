import { describe, expect, it } from 'vitest';
import { prepareSpikeTimes } from './prepare-spike-times.ts';

describe('prepareSpikeTimes', () => {
  it('sorts by value and starts at 0', () => {
    expect([...prepareSpikeTimes([30, 4, 100])]).toEqual([0, 26, 96]);
  });

  it('gives a fresh array, also when nothing is to be done', () => {
    const times = Float64Array.of(0, 1, 2);
    const prepared = prepareSpikeTimes(times);
    expect(prepared).toEqual(times);
    expect(prepared).not.toBe(times);
  });

  it('leaves its input untouched', () => {
    const times = Float64Array.of(7, 5, 6);
    prepareSpikeTimes(times);
    expect([...times]).toEqual([7, 5, 6]);
  });

  it('takes a unit without spikes', () => {
    expect(prepareSpikeTimes([])).toHaveLength(0);
  });
});
