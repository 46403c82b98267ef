import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centerWaveform } from './waveform-centering.ts';

function centered(rows: number[][], peak: number): number[][] {
  const samples = rows[0].length;
  const out = new Float64Array(rows.length * samples);
  centerWaveform(Float64Array.from(rows.flat()), rows.length, samples, peak, out);
  return rows.map((_, c) => [...out.subarray(c * samples, (c + 1) * samples)]);
}

describe('centerWaveform', () => {
  it('puts the trough of the peak channel on sample ceil(T / 2) - 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(), (samples, at) => {
        const row = new Array(samples).fill(0);
        row[at % samples] = -1;
        expect(centered([row], 0)[0][Math.ceil(samples / 2) - 1]).toBe(-1);
      }),
    );
  });

  it('shifts all channels alike and fills the border with the nearest sample', () => {
    const rows = [
      [1, 2, 3, 4, 5],
      [-9, 0, 0, 0, 7],
    ];
    expect(centered(rows, 1)).toEqual([
      [1, 1, 1, 2, 3],
      [-9, -9, -9, 0, 0],
    ]);
    expect(centered(rows, 0)[1]).toEqual([-9, -9, -9, 0, 0]);
    expect(centered([[5, 4, 3, 2, 1]], 0)).toEqual([[3, 2, 1, 1, 1]]);
  });

  it('leaves a centred waveform as it is', () => {
    const rows = [[3, 1, -4, 1, 5]];
    expect(centered(rows, 0)).toEqual(rows);
  });

  it('takes the first of several equal troughs', () => {
    expect(centered([[0, -1, 0, -1, 0]], 0)).toEqual([[0, 0, -1, 0, -1]]);
  });

  it('refuses room of another size', () => {
    expect(() => centerWaveform(new Float64Array(6), 2, 3, 0, new Float64Array(5))).toThrow(RangeError);
  });
});
