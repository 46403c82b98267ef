/** Plain values with typed arrays in them as .npz files: the arrays are members, the rest is JSON. */
import type { Kept } from '../core/checkpoints.ts';
import { InputError } from '../core/errors.ts';
import type { TypedArray } from '../core/ndarray.ts';
import type { ByteSource } from './byte-source.ts';
import type { NumericDtype } from './npy-elements.ts';
import { npyMember, npzChunks, openNpz } from './npz.ts';

/** Member with the JSON text, as UTF-8. */
const TEXT = 'text';

const isTypedArray = (value: unknown): value is TypedArray =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);

/** `Float64Array` → `float64`. */
const dtypeOf = (array: TypedArray) =>
  array.constructor.name
    .replace(/Array$/, '')
    .replace(/^Big/, '')
    .toLowerCase() as NumericDtype;

/** The file of a value, piece by piece. */
export function keptChunks(value: Kept): AsyncGenerator<Uint8Array> {
  const arrays: TypedArray[] = [];
  const text = JSON.stringify(value, (_key, part: unknown) => {
    if (isTypedArray(part)) return { $array: arrays.push(part) - 1 };
    if (typeof part === 'number' && !Number.isFinite(part)) return { $number: String(part) };
    return part;
  });
  const bytes = new TextEncoder().encode(text);
  return npzChunks([
    npyMember(TEXT, { dtype: 'uint8', shape: [bytes.length], data: bytes }),
    ...arrays.map((data, i) => npyMember(`array${i}`, { dtype: dtypeOf(data), shape: [data.length], data })),
  ]);
}

/** Reads a value back. @throws InputError when the file is damaged */
export async function readKept(source: ByteSource): Promise<Kept> {
  const file = await openNpz(source);
  const arrays = new Map<string, TypedArray>();
  let text = '';
  for (const name of file.names) {
    const { data } = await file.read(name);
    if (name === TEXT) text = new TextDecoder().decode(data as Uint8Array);
    else arrays.set(name, data as TypedArray);
  }
  try {
    return JSON.parse(text, (_key, part) => {
      if (part?.$array !== undefined) return arrays.get(`array${part.$array}`);
      return part?.$number !== undefined ? Number(part.$number) : part;
    });
  } catch (cause) {
    throw new InputError(
      {
        where: source.name,
        found: 'text that is no JSON',
        expected: 'what an earlier run kept',
        remedy: 'Remove the file.',
      },
      { cause },
    );
  }
}

/** Bytes of the typed arrays in a value. */
export function keptBytes(value: Kept): number {
  if (isTypedArray(value)) return value.byteLength;
  if (typeof value !== 'object') return 0;
  return Object.values(value).reduce((sum: number, part: Kept) => sum + keptBytes(part), 0);
}
