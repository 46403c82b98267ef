/** Dense arrays in C order: a typed array and its shape. */

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** A dense array in C (row-major) order. */
export interface NdArray<T = Float64Array> {
  readonly data: T;
  /** Length of each axis; `[]` is a scalar. */
  readonly shape: readonly number[];
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/**
 * Pairs data with its shape.
 * @throws RangeError when the shape does not hold as many elements as the data.
 */
export function ndarray<T extends { readonly length: number }>(
  data: T,
  shape: readonly number[],
): NdArray<T> {
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(
      `ndarray: got ${data.length} elements, expected ${sizeOf(shape)} for shape (${shape.join(', ')})`,
    );
  }
  return { data, shape };
}

export type Nested = readonly (number | Nested)[];

/**
 * Float64 array from nested lists, as JSON holds them.
 * @throws RangeError when the lists are ragged.
 */
export function fromNested(nested: Nested): NdArray<Float64Array> {
  const shape: number[] = [];
  for (let level: number | Nested | undefined = nested; Array.isArray(level); level = level[0])
    shape.push(level.length);
  const flat = (nested as unknown[]).flat(Number.POSITIVE_INFINITY) as number[];
  return ndarray(Float64Array.from(flat), shape);
}
