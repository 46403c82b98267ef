/** Elements of .npy files: from bytes to arrays in memory. */
import { InputError } from '../core/errors.ts';
import type { TypedArray } from '../core/ndarray.ts';
import type { NpyDtype, NpyHeader } from './npy-header.ts';

/** Types of arrays in memory: `float16` is widened to `float32`. */
export type NumericDtype = Exclude<NpyDtype, 'unicode' | 'float16'>;

/** A zero-filled array. */
export function newArray(dtype: NumericDtype, length: number): TypedArray {
  switch (dtype) {
    case 'bool':
    case 'uint8':
      return new Uint8Array(length);
    case 'int8':
      return new Int8Array(length);
    case 'int16':
      return new Int16Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'uint16':
      return new Uint16Array(length);
    case 'uint32':
      return new Uint32Array(length);
    case 'uint64':
      return new BigUint64Array(length);
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
  }
}

/** Elements in their own type from bytes of a file. */
export function decodeNumbers(bytes: Uint8Array, { dtype, itemSize, littleEndian }: NpyHeader): TypedArray {
  // Typed arrays need their bytes aligned, and little-endian as all machines that run this are.
  let aligned = bytes;
  if (bytes.byteOffset % itemSize !== 0 || (!littleEndian && itemSize > 1)) aligned = new Uint8Array(bytes);
  if (!littleEndian) swapBytes(aligned, itemSize);
  const { buffer, byteOffset } = aligned;
  const length = bytes.length / itemSize;
  switch (dtype) {
    case 'int8':
      return new Int8Array(buffer, byteOffset, length);
    case 'int16':
      return new Int16Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, length);
    case 'uint16':
      return new Uint16Array(buffer, byteOffset, length);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, length);
    case 'uint64':
      return new BigUint64Array(buffer, byteOffset, length);
    case 'float16':
      return Float32Array.from(new Uint16Array(buffer, byteOffset, length), fromHalf);
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
    default:
      return aligned;
  }
}

function swapBytes(bytes: Uint8Array, itemSize: number): void {
  for (let at = 0; at < bytes.length; at += itemSize) {
    for (let i = at, j = at + itemSize - 1; i < j; i++, j--) {
      const byte = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = byte;
    }
  }
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Texts from bytes of a file.
 * @param name what errors call the file
 * @throws InputError when they are no Unicode
 */
export function decodeText(bytes: Uint8Array, { itemSize, littleEndian }: NpyHeader, name: string): string[] {
  const characters = itemSize / 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at += itemSize) {
    let text = '';
    for (let c = 0; c < characters; c++) {
      const point = view.getUint32(at + 4 * c, littleEndian);
      if (point > 0x10ffff) {
        throw new InputError({
          where: name,
          found: `the character code ${point}`,
          expected: 'text in Unicode',
          remedy: 'The file is damaged: save it again.',
        });
      }
      text += String.fromCodePoint(point);
    }
    texts.push(text.replace(/\0+$/, ''));
  }
  return texts;
}

/** 64-bit integers as the nearest numbers. */
export function wideNumbers(values: BigInt64Array | BigUint64Array): Float64Array {
  const low = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const high = values instanceof BigInt64Array ? new Int32Array(low.buffer, low.byteOffset, low.length) : low;
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = high[2 * i + 1] * 2 ** 32 + low[2 * i];
  return numbers;
}
