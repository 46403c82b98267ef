import { describe, expect, it } from 'vitest';
import { plainSnippetSums } from '../../core/kernels/snippet-sums.ts';
import { createRandom } from '../../core/random.ts';
import { createSnippetSums } from '../../wasm/snippet-sums.ts';
import type { ByteSource } from '../byte-source.ts';
import { sumSnippets } from './raw-binary.ts';

const [CHANNELS, SAMPLES, UNITS, OFFSET] = [383, 100, 3, 10];
/** Several pieces each. */
const LENGTHS = [20_000, 16_000];
const random = createRandom(4);
const recordings = LENGTHS.map((length) =>
  Int16Array.from({ length: length * CHANNELS }, () => random.integer(65_536) - 32_768),
);

/** A file that puts bytes into the memory that it is given, or, as it may, does not. */
function fileOf(values: Int16Array, useInto: boolean, reads: [number, number][]): ByteSource {
  const file = new Uint8Array(OFFSET + values.byteLength);
  file.set(new Uint8Array(values.buffer), OFFSET);
  return {
    name: 'raw.bin',
    size: file.length,
    async read(offset, length, into) {
      reads.push([offset, length]);
      const bytes = file.slice(offset, offset + length);
      if (!into || !useInto) return bytes;
      into.set(bytes);
      return into;
    },
  };
}

/** Snippets everywhere, but for a long gap in the first file. */
const starts = LENGTHS.flatMap((length, file) =>
  Array.from({ length: 150 }, () => random.integer(length - SAMPLES + 1))
    .filter((start) => file === 1 || start < 6000 || start > 11_000)
    .map((start) => start + (file === 1 ? LENGTHS[0] : 0)),
).sort((a, b) => a - b);
const units = Int32Array.from(starts, () => random.integer(UNITS));

describe.each([
  [true, 'plain', plainSnippetSums],
  [false, 'plain', plainSnippetSums],
  [true, 'SIMD', createSnippetSums],
  [false, 'SIMD', createSnippetSums],
])('sums of snippets (memory is used again: %s, %s)', (useInto, _, create) => {
  it('are those of every snippet by itself, over pieces, gaps and files', async () => {
    const reads: [number, number][] = [];
    const files = recordings.map((values) => fileOf(values, useInto, reads));
    const binary = { files, channels: CHANNELS, offset: OFFSET };
    const list = { starts: Float64Array.from(starts), units };
    const sums = await sumSnippets(binary, list, SAMPLES, UNITS, { createSnippetSums: create });
    const size = SAMPLES * CHANNELS;
    const expected = Array.from({ length: UNITS }, () => new Int32Array(size));
    starts.forEach((start, s) => {
      const [values, from] =
        start < LENGTHS[0] ? [recordings[0], start] : [recordings[1], start - LENGTHS[0]];
      for (let i = 0; i < size; i++) expected[units[s]][i] += values[from * CHANNELS + i];
    });
    expected.forEach((sum, unit) => {
      const { buffer, byteOffset, byteLength } = sums.sumOf(unit)!;
      expect(Buffer.compare(Buffer.from(buffer, byteOffset, byteLength), Buffer.from(sum.buffer))).toBe(0);
    });
    expect([...sums.counts]).toEqual([0, 1, 2].map((unit) => units.filter((u) => u === unit).length));
    // Every byte at most once, and not the gap.
    expect(reads.length).toBeGreaterThan(5);
    const read = reads.reduce((sum, [, length]) => sum + length, 0);
    expect(read).toBeLessThan((LENGTHS[0] - 4500 + LENGTHS[1]) * 2 * CHANNELS);
  });
});
