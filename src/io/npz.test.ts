import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasNumpy, inTemporaryFolder, runPython } from '../../test/numpy.ts';
import { InputError } from '../core/errors.ts';
import { collectBytes } from './byte-source.ts';
import { memorySource } from './memory-store.ts';
import { FileStore, openFile } from './node/file-store.ts';
import { npyMember, npzChunks, openNpz } from './npz.ts';
import type { ZipMember } from './stored-zip.ts';

const MEMBERS = [
  npyMember('weights', { dtype: 'float64', shape: [2], data: [0.25, 0.75] }),
  npyMember('names', { dtype: 'unicode', shape: [2], data: ['Waveform', 'AutoCorr'] }),
  npyMember('empty', { dtype: 'int64', shape: [0, 2], data: [] }),
  npyMember('large', {
    dtype: 'float64',
    shape: [1300, 1000],
    data: Float32Array.from({ length: 1_300_000 }, (_, i) => i % 1000),
  }),
];
const written = (members: readonly ZipMember[] = MEMBERS, options = {}) =>
  collectBytes(npzChunks(members, options));
const open = (bytes: Uint8Array) => openNpz(memorySource('some/file.npz', bytes));

describe('an .npz file', () => {
  it.each([[false], [true]])('gives back its arrays (deflate: %s)', async (deflate) => {
    const file = await open(await written(MEMBERS, { deflate }));
    expect(file.names).toEqual(['weights', 'names', 'empty', 'large']);
    expect((await file.readAs('weights', 'float64')).data).toEqual(Float64Array.of(0.25, 0.75));
    expect((await file.read('names')).data).toEqual(['Waveform', 'AutoCorr']);
    expect((await file.read('empty')).shape).toEqual([0, 2]);
    const { data } = await file.readAs('large', 'float32');
    expect(data.every((value, i) => value === i % 1000)).toBe(true);
  });

  it('is the same bytes at every writing', async () => {
    expect(Buffer.compare(await written(), await written())).toBe(0);
  });

  it('may be empty', async () => {
    expect((await open(await written([]))).names).toEqual([]);
  });

  it('passes on what goes wrong while a member is made', async () => {
    const failing: ZipMember = {
      name: 'x.npy',
      size: 3,
      async *chunks() {
        yield Uint8Array.of(1);
        throw new Error('out of order');
      },
    };
    await expect(written([MEMBERS[0], failing])).rejects.toThrow('out of order');
  });

  it('stops making members when nobody reads on', async () => {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const endless: ZipMember = {
      name: 'x.npy',
      size: 1 << 30,
      async *chunks() {
        try {
          for (let i = 0; i < 1000; i++) yield new Uint8Array(1 << 16);
        } finally {
          end();
        }
      },
    };
    let pieces = 0;
    for await (const _ of npzChunks([endless])) if (++pieces > 2) break;
    await ended;
  });
});

describe('a bad .npz file', () => {
  it('is refused when it is something else, cut, or lacks an array', async () => {
    const good = await written();
    for (const bytes of [
      new Uint8Array(),
      new TextEncoder().encode('no archive at all'),
      good.slice(0, -200),
    ]) {
      await expect(open(bytes)).rejects.toThrow(InputError);
      await expect(open(bytes)).rejects.toThrow('some/file.npz: found a damaged archive');
    }
    const file = await open(good);
    await expect(file.read('Output')).rejects.toThrow(InputError);
    await expect(file.read('Output')).rejects.toThrow(
      'found the arrays weights, names, empty, large; expected an array Output',
    );
  });

  it('is refused when a byte of an array changed', async () => {
    const bytes = await written();
    bytes[bytes.length >> 1] ^= 1;
    const attempt = (await open(bytes)).read('large');
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow('some/file.npz, array large');
  });

  it('never does worse than an InputError, however it is damaged', async () => {
    const good = await written(MEMBERS.slice(0, 3));
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        damage,
        fc.integer({ min: good.length - 40, max: good.length }),
        async (changes, length) => {
          const bytes = good.slice(0, length);
          for (const [at, value] of changes) if (at < length) bytes[at] = value;
          try {
            const file = await open(bytes);
            for (const name of file.names) await file.read(name);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe.skipIf(!hasNumpy)('NumPy (skipped where python3 has no numpy)', () => {
  it('loads what is written here', () =>
    inTemporaryFolder(async (folder) => {
      const store = new FileStore(folder);
      await store.write('stored.npz', npzChunks(MEMBERS));
      await store.write('deflated.npz', npzChunks(MEMBERS, { deflate: true }));
      runPython(
        `import sys, zipfile, numpy as np
for f in ['stored', 'deflated']:
  path = f'{sys.argv[1]}/{f}.npz'
  assert zipfile.ZipFile(path).testzip() is None
  z = np.load(path)
  assert z.files == ['weights', 'names', 'empty', 'large'], z.files
  assert z['weights'].tolist() == [.25, .75] and z['names'].tolist() == ['Waveform', 'AutoCorr']
  assert z['empty'].shape == (0, 2) and z['empty'].dtype == np.int64
  assert (z['large'] == (np.arange(1300000) % 1000).reshape(1300, 1000)).all()`,
        folder,
      );
    }));

  it('writes what is read here', () =>
    inTemporaryFolder(async (folder) => {
      runPython(
        `import sys, numpy as np
a = dict(a=np.arange(6.).reshape(2, 3), b=np.array(3), c=np.asfortranarray(np.arange(6).reshape(2, 3)))
np.savez(sys.argv[1] + '/stored.npz', **a); np.savez_compressed(sys.argv[1] + '/deflated.npz', **a)`,
        folder,
      );
      for (const name of ['stored', 'deflated']) {
        const source = await openFile(join(folder, `${name}.npz`));
        const file = await openNpz(source!);
        expect(file.names).toEqual(['a', 'b', 'c']);
        expect(await file.readAs('a', 'float64')).toEqual({
          shape: [2, 3],
          data: Float64Array.of(0, 1, 2, 3, 4, 5),
        });
        expect(await file.readAs('b', 'int32')).toEqual({ shape: [], data: Int32Array.of(3) });
        expect(await file.readAs('c', 'int32')).toEqual({
          shape: [2, 3],
          data: Int32Array.of(0, 1, 2, 3, 4, 5),
        });
      }
    }));
});
