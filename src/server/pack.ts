/** Arrays as they travel between the server of `dant view` and the web application. */

const CONSTRUCTORS = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;
type Dtype = keyof typeof CONSTRUCTORS;
export type PackArray = Float32Array | Int32Array | Uint8Array;
export interface Arrays {
  readonly [name: string]: PackArray | undefined;
}

/** A pack whose arrays and head have been read. */
export interface Pack<A extends Arrays = Arrays, M = unknown> {
  readonly arrays: A;
  readonly meta: M;
}

/** Media type of a pack. */
export const PACK_TYPE = 'application/octet-stream';

interface Head {
  readonly arrays: readonly { readonly name: string; readonly dtype: Dtype; readonly length: number }[];
  readonly meta: unknown;
}

const aligned = (bytes: number) => Math.ceil(bytes / 8) * 8;

/**
 * Arrays as they travel: the length of the head as uint32, the head as JSON, padding to a multiple of 8 bytes, then every array
 * in the order of the head, each padded likewise. Little-endian.
 */
export function encodePack(arrays: Arrays, meta: unknown = {}): Uint8Array<ArrayBuffer> {
  const present = Object.entries(arrays).filter(
    (entry): entry is [string, PackArray] => entry[1] !== undefined,
  );
  const head: Head = {
    arrays: present.map(([name, array]) => ({ name, dtype: dtypeOf(array), length: array.length })),
    meta,
  };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const start = aligned(4 + text.length);
  const pack = new Uint8Array(present.reduce((size, [, array]) => size + aligned(array.byteLength), start));
  new DataView(pack.buffer).setUint32(0, text.length, true);
  pack.set(text, 4);
  let at = start;
  for (const [, array] of present) {
    pack.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += aligned(array.byteLength);
  }
  return pack;
}

/**
 * The arrays of a pack, as views of its memory.
 * @throws RangeError when the bytes are no pack
 */
export function decodePack<A extends Arrays = Arrays, M = unknown>(buffer: ArrayBuffer): Pack<A, M> {
  const headLength = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headLength))) as Head;
  const arrays: Record<string, PackArray> = {};
  let at = aligned(4 + headLength);
  for (const { name, dtype, length } of head.arrays) {
    const array = new CONSTRUCTORS[dtype](buffer, at, length);
    arrays[name] = array;
    at += aligned(array.byteLength);
  }
  return { arrays: arrays as A, meta: head.meta as M };
}

function dtypeOf(array: PackArray): Dtype {
  if (array instanceof Float32Array) return 'float32';
  return array instanceof Int32Array ? 'int32' : 'uint8';
}
