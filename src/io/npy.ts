/** Reading NumPy's .npy files, piece by piece. Python objects are refused, never loaded. */
import { InputError, throwIfStopped } from '../core/errors.ts';
import { type NdArray, sizeOf, type TypedArray } from '../core/ndarray.ts';
import type { ByteSource } from './byte-source.ts';
import { decodeNumbers, decodeText, type NumericDtype, newArray, wideNumbers } from './npy-elements.ts';
import { type NpyHeader, parseNpyHeader } from './npy-header.ts';

/** An array in C order as a .npy file holds it: numbers (bool as 0 and 1), or text. */
export type NpyArray =
  | (NdArray<TypedArray> & { readonly dtype: NumericDtype })
  | (NdArray<string[]> & { readonly dtype: 'unicode' });

/** Types that numbers can be read as. */
export interface NumericArrays {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
}

const VIEWS = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

export interface ReadNpyOptions<T> {
  /** Makes the array that is filled; default `new`. */
  readonly allocate?: (length: number) => T;
  /** Called with the number of elements read so far, and of all. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** More than any header of an array of numbers. */
const HEAD_BYTES = 65_536;
/** Files of up to so many bytes are read at once: opening one twice costs more than reading it. */
const SMALL_FILE = 1 << 20;
const PIECE_BYTES = 8 << 20;

/** A .npy file whose header has been read. */
export interface NpyFile extends NpyHeader {
  readonly source: ByteSource;
  /** The beginning of the file. */
  readonly head: Uint8Array;
  /** Whether nobody else has the memory of `head`: it may become that of the array. */
  readonly ownsHead: boolean;
}

/** Reads the header. @throws InputError when the file is no array of numbers or text, or is damaged */
export async function openNpy(source: ByteSource): Promise<NpyFile> {
  const memory = new Uint8Array(source.size <= SMALL_FILE ? source.size : HEAD_BYTES);
  const head = await source.read(0, memory.length, memory);
  return { source, head, ownsHead: head === memory, ...parseNpyHeader(head, source.size, source.name) };
}

/** Reads a whole array in its own type. @throws InputError as `openNpy` */
export async function readNpy(source: ByteSource): Promise<NpyArray> {
  const file = await openNpy(source);
  const length = sizeOf(file.shape);
  if (file.dtype === 'unicode') {
    const data = new Array<string>(length).fill('');
    if (file.itemSize > 0) await fill(file, data, (bytes) => decodeText(bytes, file, file.source.name));
    return { dtype: file.dtype, shape: file.shape, data };
  }
  const dtype = file.dtype === 'float16' ? 'float32' : file.dtype;
  const data = allocated(file, () => newArray(dtype, length));
  await fill(file, data, (bytes) => decodeNumbers(bytes, file));
  return { dtype, shape: file.shape, data };
}

/**
 * Reads a whole array of numbers as another type, without holding it in its own.
 *
 * Numbers are rounded to the nearest float32 or float64; `int32` takes only whole numbers in its range.
 *
 * @throws InputError as `openNpy`; when the elements are text or bool; for `int32` when a number is not whole or too large
 */
export async function readNpyAs<K extends keyof NumericArrays>(
  source: ByteSource,
  type: K,
  options: ReadNpyOptions<NumericArrays[K]> = {},
): Promise<NdArray<NumericArrays[K]>> {
  return readNpyFileAs(await openNpy(source), type, options);
}

/** As `readNpyAs`, of a file whose header has been read. What a small file gives at every call may be the same memory. */
export async function readNpyFileAs<K extends keyof NumericArrays>(
  file: NpyFile,
  type: K,
  options: ReadNpyOptions<NumericArrays[K]> = {},
): Promise<NdArray<NumericArrays[K]>> {
  requireNumbers(file);
  const length = sizeOf(file.shape);
  const known = options.allocate ? undefined : headAs(file, type, length);
  if (known) return { shape: file.shape, data: known };
  const make = options.allocate ?? ((n: number) => newArray(type, n) as NumericArrays[K]);
  const data = allocated(file, () => make(length));
  await fill(file, data, converter(file, type), options);
  return { shape: file.shape, data };
}

/**
 * Reads rows `from .. to - 1` along the first axis, as another type; into `out`, if it is given.
 * @throws InputError as `readNpyAs`, and when the array is in Fortran order; RangeError when there are no such rows
 */
export async function readNpyRowsAs<K extends keyof NumericArrays>(
  file: NpyFile,
  from: number,
  to: number,
  type: K,
  out?: NumericArrays[K],
): Promise<NdArray<NumericArrays[K]>> {
  requireNumbers(file);
  const [rows, ...rest] = file.shape;
  if (!(from >= 0 && from <= to && to <= rows)) {
    throw new RangeError(`readNpyRowsAs: got rows ${from} to ${to}, expected them within 0 to ${rows}`);
  }
  if (file.fortranOrder && rest.some((n) => n > 1)) {
    throw new InputError({
      where: file.source.name,
      found: 'an array in Fortran order',
      expected: 'C order, to read single rows',
      remedy: 'Save it with numpy.ascontiguousarray(array).',
    });
  }
  const columns = sizeOf(rest);
  const part = { ...file, shape: [to - from, ...rest], fortranOrder: false };
  part.dataOffset = file.dataOffset + from * columns * file.itemSize;
  const length = (to - from) * columns;
  const data = out ?? (newArray(type, length) as NumericArrays[K]);
  if (data.length !== length) {
    throw new RangeError(`readNpyRowsAs: got room for ${data.length} elements, expected ${length}`);
  }
  await fill(part, data, converter(file, type));
  return { shape: part.shape, data };
}

function requireNumbers({ dtype, source }: NpyFile): void {
  if (dtype !== 'unicode' && dtype !== 'bool') return;
  throw new InputError({
    where: source.name,
    found: dtype === 'bool' ? 'an array of True and False' : 'an array of text',
    expected: 'an array of numbers',
    remedy: 'Save it as numbers, such as numpy.save(file, array.astype("float64")).',
  });
}

/** Memory that cannot be had is the input's fault, not the program's. */
function allocated<T>({ source, shape, itemSize }: NpyFile, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new InputError(
      {
        where: source.name,
        found: `an array of shape (${shape.join(', ')}), ${((sizeOf(shape) * itemSize) / 2 ** 30).toFixed(1)} GiB`,
        expected: 'an array that fits in memory',
        remedy: 'Use a machine with more memory, or fewer units.',
      },
      { cause },
    );
  }
}

type MutableArray = { [index: number]: unknown; readonly length: number };

/** Reads the elements of a file into `data`, C order, in pieces. */
async function fill(
  file: NpyFile,
  data: MutableArray,
  decode: (bytes: Uint8Array) => ArrayLike<unknown>,
  { progress, signal }: Pick<ReadNpyOptions<unknown>, 'progress' | 'signal'> = {},
): Promise<void> {
  const { source, head, itemSize, dataOffset } = file;
  const total = data.length;
  const pieceLength = Math.max(1, Math.floor(PIECE_BYTES / Math.max(1, itemSize)));
  const scatter = file.fortranOrder && file.shape.length > 1 ? fortranScatter(file.shape) : undefined;
  const place = scatter ? undefined : bytesIfAlike(file, data);
  if (place) {
    const told = (bytes: number) => progress?.(bytes / itemSize, total);
    await readInPlace(file, place, pieceLength * itemSize, told, signal);
    return;
  }
  let memory: Uint8Array | undefined;
  for (let done = 0; done < total; done += pieceLength) {
    throwIfStopped(signal);
    const count = Math.min(pieceLength, total - done);
    const start = dataOffset + done * itemSize;
    const end = start + count * itemSize;
    const read = () => {
      memory ??= new Uint8Array(end - start);
      return source.read(start, end - start, memory.subarray(0, end - start));
    };
    const bytes = end <= head.length ? head.subarray(start, end) : await read();
    const piece = decode(bytes);
    if (scatter) scatter(piece, done, data);
    else if (Array.isArray(data)) for (let i = 0; i < count; i++) data[done + i] = piece[i];
    else (data as unknown as Float64Array).set(piece as Float64Array, done);
    progress?.(done + count, total);
  }
}

/** Pieces that are asked for at once: their memory is touched for the first time, which two cores do faster. */
const AT_ONCE = 3;

/** Reads the bytes of an array to where they belong, telling how many are there. */
async function readInPlace(
  { source, head, dataOffset }: NpyFile,
  place: Uint8Array,
  pieceBytes: number,
  progress: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const read = async (start: number) => {
    const into = place.subarray(start, start + pieceBytes);
    const [from, to] = [dataOffset + start, dataOffset + start + into.length];
    const bytes = to <= head.length ? head.subarray(from, to) : await source.read(from, to - from, into);
    if (bytes !== into) into.set(bytes);
    return start + into.length;
  };
  const asked: Promise<number>[] = [];
  let next = 0;
  for (let done = 0; done < place.length; ) {
    throwIfStopped(signal);
    for (; asked.length < AT_ONCE && next < place.length; next += pieceBytes) {
      const reading = read(next);
      // Met in its turn, or an earlier one has failed.
      reading.catch(() => {});
      asked.push(reading);
    }
    done = await (asked.shift() as Promise<number>);
    progress(done);
  }
}

/** The elements of a small file that has been read whole, where they lie, when they need no change. */
function headAs<K extends keyof NumericArrays>(
  file: NpyFile,
  type: K,
  length: number,
): NumericArrays[K] | undefined {
  const { head, ownsHead, dtype, littleEndian, dataOffset, itemSize, fortranOrder, shape, source } = file;
  if (!ownsHead || head.length < source.size || (fortranOrder && shape.length > 1)) return undefined;
  if (dtype !== type || !littleEndian || dataOffset % itemSize !== 0) return undefined;
  const bytes = head.buffer as ArrayBuffer;
  return new VIEWS[type](bytes, dataOffset, length) as NumericArrays[K];
}

/** The memory of an array whose elements are those of the file, bit for bit: they can be read to where they belong. */
function bytesIfAlike(
  { dtype, littleEndian, itemSize }: NpyFile,
  data: MutableArray,
): Uint8Array | undefined {
  if (!ArrayBuffer.isView(data) || (!littleEndian && itemSize > 1)) return undefined;
  if (dtype === 'unicode' || dtype === 'float16' || dtype === 'bool') return undefined;
  if (newArray(dtype, 0).constructor !== data.constructor) return undefined;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Puts consecutive elements of an array in Fortran order (first axis fastest) to their places in C order.
 */
function fortranScatter(shape: readonly number[]) {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  return (piece: ArrayLike<unknown>, first: number, data: MutableArray): void => {
    const index = [];
    for (let rest = first, axis = 0; axis < shape.length; axis++) {
      index.push(rest % shape[axis]);
      rest = Math.floor(rest / shape[axis]);
    }
    let target = index.reduce((sum, i, axis) => sum + i * strides[axis], 0);
    const [rows] = shape;
    const [rowStride] = strides;
    let row = index[0];
    for (let k = 0; k < piece.length; ) {
      const run = Math.min(rows - row, piece.length - k);
      for (let r = 0; r < run; r++, target += rowStride) data[target] = piece[k++];
      row += run;
      if (row < rows) return;
      row = 0;
      target -= rows * rowStride;
      for (let axis = 1; axis < shape.length; axis++) {
        target += strides[axis];
        if (++index[axis] < shape[axis]) break;
        target -= shape[axis] * strides[axis];
        index[axis] = 0;
      }
    }
  };
}

/** From bytes of a file to numbers that can be put in an array of the wanted type. */
function converter(file: NpyFile, type: keyof NumericArrays): (bytes: Uint8Array) => ArrayLike<number> {
  const decode = (bytes: Uint8Array): ArrayLike<number> => {
    const piece = decodeNumbers(bytes, file);
    return piece instanceof BigInt64Array || piece instanceof BigUint64Array ? wideNumbers(piece) : piece;
  };
  if (type !== 'int32') return decode;
  return (bytes) => {
    const piece = decode(bytes);
    for (let i = 0; i < piece.length; i++) {
      if ((piece[i] | 0) === piece[i]) continue;
      throw new InputError({
        where: file.source.name,
        found: `the value ${piece[i]}`,
        expected: 'whole numbers (below 2147483648 in size)',
        remedy: 'Correct the value and save the array again.',
      });
    }
    return piece;
  };
}
