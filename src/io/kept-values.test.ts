import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../core/errors.ts';
import { collectBytes } from './byte-source.ts';
import { keptBytes, keptChunks, readKept } from './kept-values.ts';
import { memorySource } from './memory-store.ts';

const leaf = fc.oneof(
  fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0)),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.string(),
  fc.boolean(),
  fc.float64Array({ maxLength: 5 }),
  fc.float32Array({ maxLength: 5 }),
  fc.int32Array({ maxLength: 5 }),
  fc.uint8Array({ maxLength: 5 }),
);
const key = fc.stringMatching(/^[a-z]{1,5}$/);
const { value } = fc.letrec<{ value: never }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ) as fc.Arbitrary<never>,
}));

describe('kept values', () => {
  it('come back as they were', () =>
    fc.assert(
      fc.asyncProperty(value, async (kept) => {
        const bytes = await collectBytes(keptChunks(kept));
        expect(await readKept(memorySource('kept.npz', bytes))).toEqual(kept);
      }),
      { numRuns: 50 },
    ));

  it('are not taken from a file that was cut off or changed', async () => {
    const bytes = await collectBytes(keptChunks({ numbers: Float64Array.of(1, 2, 3) }));
    const cut = memorySource('kept.npz', bytes.slice(0, bytes.length - 30));
    await expect(readKept(cut)).rejects.toThrow(InputError);
    const at = bytes.findIndex((_, i) => new DataView(bytes.buffer, i).getFloat64(0, true) === 3);
    bytes[at] ^= 1;
    await expect(readKept(memorySource('kept.npz', bytes))).rejects.toThrow(InputError);
  });

  it('are as large as their arrays', () => {
    expect(keptBytes({ a: [new Float64Array(3), 'text'], b: { c: new Uint8Array(5) }, d: 1 })).toBe(29);
  });
});
