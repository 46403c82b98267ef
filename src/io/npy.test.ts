import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasNumpy, inTemporaryFolder, runPython } from '../../test/numpy.ts';
import { InputError } from '../core/errors.ts';
import { sizeOf, type TypedArray } from '../core/ndarray.ts';
import { memorySource } from './memory-store.ts';
import { FileStore, openFile } from './node/file-store.ts';
import { type NpyArray, openNpy, readNpy, readNpyAs, readNpyRowsAs } from './npy.ts';
import type { NumericDtype } from './npy-elements.ts';
import { descrOf, encodeNpyHeader } from './npy-header.ts';
import { encodeNpy, type NpyOutput, npyChunks, npyLength } from './npy-writer.ts';

const DTYPES = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} satisfies Record<NumericDtype, unknown>;
const NUMERIC = Object.keys(DTYPES) as NumericDtype[];

const source = (bytes: Uint8Array, name = 'x.npy') => memorySource(name, bytes);
const concat = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** A .npy file with any header text. */
function fileOf(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length, 0, 0, 0];
  return concat(Uint8Array.of(0x93, 78, 85, 77, 80, 89, version, 0, ...length), text, data);
}

/** Random bytes as an array of a random type and shape; bool as 0 and 1. */
const anyArray = fc
  .record({
    dtype: fc.constantFrom(...NUMERIC),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
  })
  .chain(({ dtype, shape }) => {
    const { BYTES_PER_ELEMENT: itemSize } = DTYPES[dtype];
    const length = sizeOf(shape) * itemSize;
    return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => {
      const data = new DTYPES[dtype](bytes.map((b) => (dtype === 'bool' ? b & 1 : b)).buffer);
      // JavaScript need not keep the other bits of a NaN when it copies the number: there is one kind of it here.
      for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) data[i] = Number.NaN;
      return { dtype, shape, data } as NpyArray & { data: TypedArray; dtype: NumericDtype };
    });
  });

const bytesOf = (data: TypedArray) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** The same elements with the first axis fastest. */
function inFortranOrder({ shape, data }: { shape: readonly number[]; data: TypedArray }): TypedArray {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const copy = data.slice();
  for (let i = 0; i < data.length; i++) {
    let rest = i;
    let from = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      from += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    copy[i] = data[from];
  }
  return copy;
}

describe('readNpy', () => {
  it('gives back every array that encodeNpy wrote', async () => {
    await fc.assert(
      fc.asyncProperty(anyArray, async (array) => {
        const read = await readNpy(source(encodeNpy(array)));
        expect(read.dtype).toBe(array.dtype);
        expect(read.shape).toEqual(array.shape);
        expect(bytesOf(read.data as TypedArray)).toEqual(bytesOf(array.data));
      }),
    );
  });

  it('reads Fortran order, either byte order and every version as the same array', async () => {
    const anyFile = fc.tuple(anyArray, fc.boolean(), fc.boolean(), fc.constantFrom(1, 2, 3));
    await fc.assert(
      fc.asyncProperty(anyFile, async ([array, fortran, big, version]) => {
        const itemSize = DTYPES[array.dtype].BYTES_PER_ELEMENT;
        const header = new TextDecoder('latin1').decode(
          encodeNpyHeader(descrOf(array.dtype, itemSize), array.shape).subarray(10),
        );
        const data = bytesOf(fortran ? inFortranOrder(array) : array.data).slice();
        if (big) for (let i = 0; i < data.length; i += itemSize) data.subarray(i, i + itemSize).reverse();
        const text = header
          .replace("'<", big ? "'>" : "'<")
          .replace("'fortran_order': False", `'fortran_order': ${fortran ? 'True' : 'False'}`);
        const read = await readNpy(source(fileOf(text, data, version)));
        expect(read.shape).toEqual(array.shape);
        expect(bytesOf(read.data as TypedArray)).toEqual(bytesOf(array.data));
      }),
    );
  });

  it('gives back text', async () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 6 }).filter((t) => !t.endsWith('\0')));
    await fc.assert(
      fc.asyncProperty(texts, async (data) => {
        const read = await readNpy(source(encodeNpy({ dtype: 'unicode', shape: [data.length], data })));
        expect(read).toEqual({ dtype: 'unicode', shape: [data.length], data });
      }),
    );
  });

  it('widens float16', async () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7e00);
    const header = "{'descr': '<f2', 'fortran_order': False, 'shape': (8,), }\n";
    const read = await readNpy(source(fileOf(header, bytesOf(halves))));
    expect(read.dtype).toBe('float32');
    expect(read.data).toEqual(
      Float32Array.of(
        1,
        -2,
        65504,
        2 ** -24,
        -0,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        Number.NaN,
      ),
    );
  });

  it('accepts the long integers of Python 2 and keys in any order', async () => {
    const header = "{'shape': (2L, 1L), 'fortran_order': False, 'descr': '|u1'}\n";
    const read = await readNpy(source(fileOf(header, Uint8Array.of(3, 4))));
    expect(read).toEqual({ dtype: 'uint8', shape: [2, 1], data: Uint8Array.of(3, 4) });
  });
});

describe('readNpyAs', () => {
  it.each([
    ['int64', [-1, 0, 2 ** 40, -(2 ** 52)]],
    ['uint64', [0, 1, 2 ** 52]],
    ['int16', [-3, 7]],
    ['float32', [0.5, -1.25]],
  ] as const)('reads %s as float64', async (dtype, values) => {
    const bytes = encodeNpy({ dtype, shape: [values.length], data: values });
    expect((await readNpyAs(source(bytes), 'float64')).data).toEqual(Float64Array.from(values));
  });

  it('rounds 64-bit integers once', async () => {
    const data = BigInt64Array.of(2n ** 53n + 1n, 2n ** 62n + 513n, -(2n ** 63n));
    const { data: read } = await readNpyAs(
      source(encodeNpy({ dtype: 'int64', shape: [3], data })),
      'float64',
    );
    expect([...read]).toEqual(Array.from(data, Number));
  });

  it('fills what the caller allocates', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(12));
    const bytes = encodeNpy({ dtype: 'float64', shape: [3], data: [1, 2, 3] });
    const { data } = await readNpyAs(source(bytes), 'float32', { allocate: () => shared });
    expect(data).toBe(shared);
    expect([...data]).toEqual([1, 2, 3]);
  });

  it('reads in pieces without losing their borders, in either order', async () => {
    const shape = [3, 700, 1100];
    const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => i);
    const expected = Float32Array.from(data);
    const c = encodeNpy({ dtype: 'float64', shape, data });
    const equal = (read: Float32Array) => Buffer.compare(bytesOf(read), bytesOf(expected)) === 0;
    expect(equal((await readNpyAs(source(c), 'float32')).data)).toBe(true);
    const header = `{'descr': '<f8', 'fortran_order': True, 'shape': (${shape.join(', ')}), }\n`;
    const f = fileOf(header, bytesOf(inFortranOrder({ shape, data })));
    expect(equal((await readNpyAs(source(f), 'float32')).data)).toBe(true);
  });

  it.each([
    ['a fraction as int32', { dtype: 'float64', shape: [2], data: [1, 1.5] }, 'int32', '1.5'],
    ['NaN as int32', { dtype: 'float64', shape: [1], data: [Number.NaN] }, 'int32', 'NaN'],
    ['2^40 as int32', { dtype: 'int64', shape: [1], data: [2 ** 40] }, 'int32', '1099511627776'],
    ['text', { dtype: 'unicode', shape: [1], data: ['a'] }, 'float64', 'text'],
    ['bool', { dtype: 'bool', shape: [1], data: [1] }, 'float64', 'True and False'],
  ] as const)('refuses %s', async (_, array, type, found) => {
    const attempt = readNpyAs(source(encodeNpy(array)), type);
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(found);
  });

  it('stops when asked to', async () => {
    const bytes = encodeNpy({ dtype: 'float64', shape: [1], data: [1] });
    const stopped = readNpyAs(source(bytes), 'float64', { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow('stopped');
  });
});

describe('readNpyRowsAs', () => {
  it('reads rows as the whole array has them', async () => {
    const data = Float32Array.from({ length: 24 }, (_, i) => i);
    const file = await openNpy(source(encodeNpy({ dtype: 'float32', shape: [4, 3, 2], data })));
    const rows = await readNpyRowsAs(file, 1, 3, 'float32');
    expect(rows).toEqual({ shape: [2, 3, 2], data: data.slice(6, 18) });
    await expect(readNpyRowsAs(file, 3, 5, 'float32')).rejects.toThrow(RangeError);
  });
});

describe('a bad .npy file', () => {
  const good = encodeNpy({ dtype: 'float64', shape: [3, 2], data: [1, 2, 3, 4, 5, 6] });
  const header = (descr: string, shape = '(1,)') =>
    fileOf(`{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`, new Uint8Array(8));
  it.each([
    ['is empty', new Uint8Array(), 'an empty file', 'a .npy file'],
    ['is something else', new TextEncoder().encode('PK\x03\x04 and more'), '"PK\\x03\\x04 a"', 'a .npy file'],
    ['is cut in its data', good.slice(0, -5), '171 bytes', '176 bytes'],
    ['is cut in its header', good.slice(0, 40), '40 bytes', '128 bytes'],
    [
      'has bytes after its end',
      concat(good, Uint8Array.of(0, 0)),
      '2 bytes after the end',
      '176 bytes in all',
    ],
    ['has a version of the future', good.with(6, 4), '.npy version 4.0', '1.0, 2.0 or 3.0'],
    ['has a header that is no dictionary', good.with(10, 40), 'the header', 'a dictionary'],
    ['holds Python objects', header("'|O'"), 'Python objects', 'never loaded'],
    ['holds records', header("[('a', '<f8')]"), 'records', 'Save each field'],
    ['holds complex numbers', header("'<c8'"), '<c8', 'astype'],
    ['holds dates', header("'<M8[ns]'"), '<M8[ns]', 'numbers'],
    ['has a negative length', header("'<f8'", '(-1,)'), 'the header', 'shape'],
    ['claims more than memory', header("'<f8'", '(99999999999, 9999999)'), 'bytes', 'shape'],
  ])('that %s is refused', async (_, bytes, found, expected) => {
    const attempt = readNpy(source(bytes, 'bad/file.npy'));
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow('bad/file.npy: found ');
    await expect(attempt).rejects.toThrow(found);
    await expect(attempt).rejects.toThrow(expected);
  });

  it('that is any damaged file never does worse than an InputError', async () => {
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(good.length), async (changes, length) => {
        const bytes = good.slice(0, length);
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        try {
          await readNpy(source(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('npyChunks', () => {
  const collect = async (array: NpyOutput) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of npyChunks(array)) pieces.push(new Uint8Array(piece));
    return concat(...pieces);
  };

  it('writes pieces of any lengths as the whole array', async () => {
    const whole: NpyOutput = { dtype: 'int64', shape: [5], data: [1, 2, 3, 4, 5] };
    const inPieces: NpyOutput = { ...whole, data: () => [[1, 2], Int32Array.of(3), [], [4, 5]] };
    expect(await collect(inPieces)).toEqual(encodeNpy(whole));
    expect(npyLength(inPieces)).toBe(encodeNpy(whole).length);
  });

  it('converts between types', async () => {
    const read = async (array: NpyOutput) => (await readNpy(source(await collect(array)))).data;
    expect(await read({ dtype: 'float64', shape: [2], data: Float32Array.of(0.1, 2) })).toEqual(
      Float64Array.of(Math.fround(0.1), 2),
    );
    expect(await read({ dtype: 'int64', shape: [2], data: Int32Array.of(-5, 6) })).toEqual(
      BigInt64Array.of(-5n, 6n),
    );
    expect(await read({ dtype: 'bool', shape: [3], data: [0, 2, Number.NaN] })).toEqual(
      Uint8Array.of(0, 1, 0),
    );
  });

  it.each([
    ['a fraction as integer', { dtype: 'int64', shape: [1], data: [0.5] }, '0.5'],
    ['a number out of range', { dtype: 'uint8', shape: [1], data: [256] }, '256'],
    ['a negative number without sign', { dtype: 'uint64', shape: [1], data: [-1] }, '-1'],
    ['too few elements', { dtype: 'float64', shape: [2], data: [1] }, '1 elements'],
    ['too many elements', { dtype: 'float64', shape: [2], data: () => [[1], [2, 3]] }, '3 elements'],
    ['BigInt as float', { dtype: 'float64', shape: [1], data: BigInt64Array.of(1n) }, '64-bit integers'],
  ] as [string, NpyOutput, string][])('refuses %s', async (_, array, got) => {
    await expect(collect(array)).rejects.toThrow(RangeError);
    await expect(collect(array)).rejects.toThrow(got);
  });
});

describe.skipIf(!hasNumpy)('NumPy (skipped where python3 has no numpy)', () => {
  it('writes what is read here as the same elements, of every type and order', () =>
    inTemporaryFolder(async (folder) => {
      const said = JSON.parse(
        runPython(
          `import sys, json, numpy as np
rng = np.random.default_rng(1); out = []
for descr in ['|b1','|i1','|u1','<i2','<u2','<i4','<u4','<i8','<u8','<f2','<f4','<f8','>i2','>u4','>i8','>f4','>f8']:
  for shape in [(), (0,), (7,), (3, 4), (2, 3, 5), (0, 3)]:
    for order in 'CF':
      a = np.asarray(rng.integers(0, 2 if 'b' in descr else 100, shape)).astype(descr, order=order)
      name = f'{len(out)}.npy'; np.save(sys.argv[1] + '/' + name, a)
      out.append(dict(name=name, shape=a.shape, values=[float(v) for v in a.ravel()]))
for texts in [['one', 'fünf', '😀'], []]:
  np.save(f'{sys.argv[1]}/{len(out)}.npy', np.array(texts, dtype='U6')); out.append(dict(name=f'{len(out)}.npy', shape=[len(texts)], values=texts))
print(json.dumps(out))`,
          folder,
        ),
      ) as { name: string; shape: number[]; values: (number | string)[] }[];
      expect(said.length).toBe(206);
      for (const { name, shape, values } of said) {
        const file = await openFile(join(folder, name));
        const read = await readNpy(file!);
        expect(read.shape).toEqual(shape);
        expect(
          Array.from(read.data as ArrayLike<unknown>, (v) => (typeof v === 'string' ? v : Number(v))),
        ).toEqual(values);
      }
    }));

  it('finds the very bytes it would have written itself', () =>
    inTemporaryFolder(async (folder) => {
      const store = new FileStore(folder);
      const arrays: Record<string, NpyOutput> = {
        text: { dtype: 'unicode', shape: [2], data: ['Removal_SameSession', 'fünf😀'] },
        scalarText: { dtype: 'unicode', shape: [], data: ['{"a": 1}'] },
        noText: { dtype: 'unicode', shape: [0], data: [] },
        empty: { dtype: 'int64', shape: [0, 2], data: [] },
        large: {
          dtype: 'float64',
          shape: [900, 700],
          data: Float32Array.from({ length: 630_000 }, (_, i) => i),
        },
      };
      for (const dtype of NUMERIC) {
        for (const shape of [[], [5], [2, 3], [2, 2, 2]]) {
          const data = Array.from({ length: sizeOf(shape) }, (_, i) => (dtype === 'bool' ? i & 1 : i));
          arrays[`${dtype}${shape.length}`] = { dtype, shape, data };
        }
      }
      for (const [name, array] of Object.entries(arrays)) await store.write(`${name}.npy`, npyChunks(array));
      mkdirSync(join(folder, 'again'));
      runPython(
        `import sys, glob, os, numpy as np
for f in glob.glob(sys.argv[1] + '/*.npy'): np.save(sys.argv[1] + '/again/' + os.path.basename(f), np.load(f))`,
        folder,
      );
      for (const name of Object.keys(arrays)) {
        const again = readFileSync(join(folder, 'again', `${name}.npy`));
        expect(readFileSync(join(folder, `${name}.npy`)).equals(again), name).toBe(true);
      }
    }));
});
