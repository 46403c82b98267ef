/** Writing NumPy's .npy files, version 1.0, C order, little-endian, piece by piece. */
import { sizeOf, type TypedArray } from '../core/ndarray.ts';
import type { NumericDtype } from './npy-elements.ts';
import { descrOf, encodeNpyHeader, itemSizeOf } from './npy-header.ts';

/** An array in memory that is to be written as `dtype`. */
export type NpyValues =
  | { readonly dtype: NumericDtype; readonly shape: readonly number[]; readonly data: NumberList }
  | { readonly dtype: 'unicode'; readonly shape: readonly number[]; readonly data: readonly string[] };

type NumberList = TypedArray | readonly number[];

/** An array whose elements come piece after piece, in pieces of any lengths: use each before asking for the next one. */
export interface NpyStream {
  readonly dtype: NumericDtype;
  readonly shape: readonly number[];
  readonly data: () => Iterable<NumberList> | AsyncIterable<NumberList>;
}

/**
 * An array to be written, C order. Its elements are converted to `dtype`: to integers when they are whole numbers in range,
 * to bool as True unless they are 0.
 */
export type NpyOutput = NpyValues | NpyStream;

/** Elements converted at once. */
const PIECE_LENGTH = 1 << 19;

/** Bytes of one element. Text has as many characters as the longest, at least one as in NumPy. */
function itemSizeIn(array: NpyOutput): number {
  if (array.dtype !== 'unicode') return itemSizeOf(array.dtype);
  return 4 * array.data.reduce((longest, text) => Math.max(longest, [...text].length), 1);
}

/** NumPy's name of the type an array is written as. */
export const descrIn = (array: NpyOutput): string => descrOf(array.dtype, itemSizeIn(array));

/** Length of the elements of an array, bytes. */
export function npyDataLength(array: NpyOutput): number {
  return sizeOf(array.shape) * itemSizeIn(array);
}

/** Length of the .npy file of an array, bytes. */
export function npyLength(array: NpyOutput): number {
  return npyHeader(array).length + npyDataLength(array);
}

const npyHeader = (array: NpyOutput) => encodeNpyHeader(descrIn(array), array.shape);

/**
 * The .npy file of an array, piece by piece. Pieces may be views of the array: use them before it changes.
 * @throws RangeError when the elements are not as many as the shape holds, or do not fit the type
 */
export async function* npyChunks(array: NpyOutput): AsyncGenerator<Uint8Array> {
  yield npyHeader(array);
  yield* npyDataChunks(array);
}

/** The elements of an array as bytes, piece by piece. @throws RangeError as `npyChunks` */
export async function* npyDataChunks(array: NpyOutput): AsyncGenerator<Uint8Array> {
  if (!isStream(array)) {
    yield* encodePieces(array);
    return;
  }
  const { dtype, shape } = array;
  let length = 0;
  for await (const data of array.data()) {
    length += data.length;
    yield* encodePieces({ dtype, shape: [data.length], data });
  }
  checkLength(length, shape);
}

/** The .npy file of an array in memory. @throws RangeError as `npyChunks` */
export function encodeNpy(array: NpyValues): Uint8Array {
  const bytes = new Uint8Array(npyLength(array));
  let at = 0;
  for (const piece of [npyHeader(array), ...encodePieces(array)]) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

const isStream = (array: NpyOutput): array is NpyStream => typeof array.data === 'function';

function checkLength(length: number, shape: readonly number[]): void {
  if (length === sizeOf(shape)) return;
  throw new RangeError(
    `npyChunks: got ${length} elements, expected ${sizeOf(shape)} for shape (${shape.join(', ')})`,
  );
}

function* encodePieces(array: NpyValues): Generator<Uint8Array> {
  const { length } = array.data;
  checkLength(length, array.shape);
  if (array.dtype === 'unicode') {
    if (length > 0) yield encodeText(array.data, itemSizeIn(array));
    return;
  }
  for (let at = 0; at < length; at += PIECE_LENGTH) {
    yield encodeNumbers(array.dtype, array.data, at, Math.min(at + PIECE_LENGTH, length));
  }
}

function encodeText(texts: readonly string[], itemSize: number): Uint8Array {
  const bytes = new Uint8Array(texts.length * itemSize);
  const view = new DataView(bytes.buffer);
  texts.forEach((text, i) => {
    [...text].forEach((character, c) => {
      view.setUint32(i * itemSize + 4 * c, character.codePointAt(0) as number, true);
    });
  });
  return bytes;
}

/** Typed array of every type, as which its elements can be written without conversion. */
const ARRAYS = {
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
} as const;

function encodeNumbers(dtype: NumericDtype, data: NumberList, from: number, to: number): Uint8Array {
  const count = to - from;
  if (dtype === 'bool') {
    if (data instanceof Uint8Array) return truthOf(data.subarray(from, to));
    return Uint8Array.from({ length: count }, (_, i) => (data[from + i] ? 1 : 0));
  }
  if (data instanceof ARRAYS[dtype]) return bytesOf(data.subarray(from, to));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    throw new RangeError(`npyChunks: got 64-bit integers, expected numbers that can be written as ${dtype}`);
  }
  const piece = ArrayBuffer.isView(data) ? data.subarray(from, to) : data.slice(from, to);
  if (dtype === 'int64' || dtype === 'uint64') return bytesOf(wideIntegers(dtype, piece));
  const converted = new ARRAYS[dtype](piece);
  if (dtype !== 'float32' && dtype !== 'float64') {
    for (let i = 0; i < count; i++) if (converted[i] !== piece[i]) throw doesNotFit(dtype, piece[i]);
  }
  return bytesOf(converted);
}

/** Apart from its callers, where it is compiled for bytes alone. */
function truthOf(values: Uint8Array): Uint8Array {
  if (areTruths(values)) return values;
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = values[i] === 0 ? 0 : 1;
  return bytes;
}

/** Whether all are 0 or 1, four at a time where they lie so. */
function areTruths(values: Uint8Array): boolean {
  const words =
    values.byteOffset % 4 === 0
      ? new Uint32Array(values.buffer, values.byteOffset, values.length >> 2)
      : new Uint32Array();
  for (let i = 0; i < words.length; i++) if ((words[i] & 0xfefefefe) !== 0) return false;
  for (let i = 4 * words.length; i < values.length; i++) if (values[i] > 1) return false;
  return true;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** 64-bit integers as pairs of 32-bit words, low word first. */
function wideIntegers(dtype: 'int64' | 'uint64', values: ArrayLike<number>): Int32Array {
  if (dtype === 'int64' && values instanceof Int32Array) return widened(values);
  const words = new Int32Array(2 * values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isSafeInteger(value) || (value < 0 && dtype === 'uint64')) throw doesNotFit(dtype, value);
    words[2 * i] = value;
    words[2 * i + 1] = Math.floor(value / 2 ** 32);
  }
  return words;
}

/** Whole numbers in the type of int64 arrays, which they are written as without conversion. */
export const asInt64 = (values: Int32Array): BigInt64Array => new BigInt64Array(widened(values).buffer);

/** Apart from its callers, where it is compiled for these arrays alone. */
function widened(values: Int32Array): Int32Array {
  const words = new Int32Array(2 * values.length);
  for (let i = 0; i < values.length; i++) {
    words[2 * i] = values[i];
    words[2 * i + 1] = values[i] >> 31;
  }
  return words;
}

const doesNotFit = (dtype: NumericDtype, value: number) =>
  new RangeError(`npyChunks: got the value ${value}, expected one that fits ${dtype}`);
