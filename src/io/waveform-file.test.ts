import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinSources, subsetSource, type WaveformSource, waveformSource } from '../core/dataset.ts';
import { memorySource } from './memory-store.ts';
import { openNpy } from './npy.ts';
import { encodeNpy } from './npy-writer.ts';
import { waveformFile } from './waveform-file.ts';

const [units, channels, samples] = [12, 2, 3];
const size = channels * samples;
const data = Float32Array.from({ length: units * size }, (_, i) => i);
const bytes = encodeNpy({ dtype: 'float32', shape: [units, channels, samples], data });
const memory = { float32: (length: number) => new Float32Array(length), release() {} };

/** All that a source gives, checked to come in order. */
async function valuesOf(source: WaveformSource): Promise<number[]> {
  const values: number[] = [];
  for await (const { firstUnit, units: count, data: piece } of source.pieces(memory)) {
    expect(firstUnit * size).toBe(values.length);
    expect(piece).toHaveLength(count * size);
    values.push(...piece);
  }
  expect(values).toHaveLength(source.units * size);
  return values;
}

const some = fc
  .uniqueArray(fc.nat(units - 1), { minLength: 1 })
  .map((which) => Int32Array.from(which).sort());

it('some units of a file are read without the others, some of these again, and joined to others', async () => {
  await fc.assert(
    fc.asyncProperty(some, fc.integer({ min: 1, max: 5 }), async (which, perPiece) => {
      const file = waveformFile(await openNpy(memorySource('waveform_all.npy', bytes)), 4 * size * perPiece);
      const inMemory = waveformSource({ data, units, channels, samples }, perPiece);
      const expected = await valuesOf(subsetSource(inMemory, which));
      const chosen = subsetSource(file, which);
      expect(await valuesOf(chosen)).toEqual(expected);
      const second = Int32Array.from(which.keys()).filter((i) => i % 2 === 1);
      if (second.length > 0)
        expect(await valuesOf(subsetSource(chosen, second))).toEqual(
          await valuesOf(subsetSource(subsetSource(inMemory, which), second)),
        );
      const joined = joinSources(chosen, file);
      expect(await valuesOf(joined)).toEqual([...expected, ...data]);
      expect(await valuesOf(subsetSource(joined, Int32Array.of(0, which.length)))).toEqual([
        ...expected.slice(0, size),
        ...data.subarray(0, size),
      ]);
    }),
  );
});
