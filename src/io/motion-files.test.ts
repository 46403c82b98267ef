import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../core/errors.ts';
import { Motion } from '../core/motion/motion.ts';
import { MemoryStore, memorySource } from './memory-store.ts';
import { readGivenMotion, readMotion, writeMotion } from './motion-files.ts';
import { readNpyAs } from './npy.ts';
import { encodeNpy } from './npy-writer.ts';

const anyMotion = fc
  .array(
    fc.tuple(
      fc.double({ noNaN: true, min: -1e3, max: 1e3 }),
      fc.double({ noNaN: true, min: -1e3, max: 1e3 }),
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((rows) => new Motion(rows.length, { linear: rows.map(([l]) => l), constant: rows.map(([, c]) => c) }));

describe('a motion', () => {
  it('comes back as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(anyMotion, async (motion) => {
        const store = new MemoryStore();
        await writeMotion(store, motion);
        expect((await readMotion(store)).equals(motion)).toBe(true);
      }),
    );
  });

  it('can be given back through motion.npy', async () => {
    await fc.assert(
      fc.asyncProperty(anyMotion, async (motion) => {
        const store = new MemoryStore();
        await writeMotion(store, motion);
        const source = await store.open('motion.npy');
        expect((await readGivenMotion(source!, motion.sessionCount)).equals(motion)).toBe(true);
      }),
    );
  });

  it('stands in motion.npy as Linear, then Constant', async () => {
    const store = new MemoryStore();
    await writeMotion(store, new Motion(3, { linear: [1, 2, 3], constant: [4, 5, 6] }));
    const { shape, data } = await readNpyAs((await store.open('motion.npy'))!, 'float64');
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('of another scale keeps its meaning in motion.npy', async () => {
    const motion = new Motion(3, { linear: [1, 2, 3], constant: [4, 5, 6], linearScale: 0.5 });
    const store = new MemoryStore();
    await writeMotion(store, motion);
    const given = await readGivenMotion((await store.open('motion.npy'))!, 3);
    expect(given.getMotion(2, 100)).toBeCloseTo(motion.getMotion(2, 100), 9);
  });

  it('is refused when it is missing, or of another shape', async () => {
    const store = new MemoryStore('out');
    await expect(readMotion(store)).rejects.toThrow('out/motion_constant.npy: found no such file');
    await writeMotion(store, new Motion(3));
    store.files.set('motion_linear.npy', encodeNpy({ dtype: 'float64', shape: [2], data: [1, 2] }));
    await expect(readMotion(store)).rejects.toThrow(InputError);
    await expect(readMotion(store)).rejects.toThrow('out/motion_linear.npy');
    const source = memorySource('given.npy', encodeNpy({ dtype: 'float64', shape: [4], data: [1, 2, 3, 4] }));
    await expect(readGivenMotion(source, 3)).rejects.toThrow('given.npy');
  });
});
