/** Arrays of records in .npy files (NumPy's structured arrays), field by field. */
import { InputError } from '../core/errors.ts';
import type { ByteSource } from './byte-source.ts';

/** Bytes and reader of the element types that fields may have. */
const FIELDS: Readonly<Record<string, [number, (view: DataView, at: number) => number]>> = {
  '<i8': [8, (view, at) => Number(view.getBigInt64(at, true))],
  '<u8': [8, (view, at) => Number(view.getBigUint64(at, true))],
  '<i4': [4, (view, at) => view.getInt32(at, true)],
  '<u4': [4, (view, at) => view.getUint32(at, true)],
  '<i2': [2, (view, at) => view.getInt16(at, true)],
  '<u2': [2, (view, at) => view.getUint16(at, true)],
  '<f8': [8, (view, at) => view.getFloat64(at, true)],
  '<f4': [4, (view, at) => view.getFloat32(at, true)],
};

/**
 * Reads a vector of records of numbers.
 * @returns the values of each field, by its name
 * @throws InputError when the file is no such vector, or is cut off
 */
export async function readRecords(source: ByteSource): Promise<Map<string, Float64Array>> {
  const fail = (found: string): never => {
    throw new InputError({
      where: source.name,
      found,
      expected: 'a .npy file with a vector of records of numbers',
      remedy: 'Save the folder again with the program that made it.',
    });
  };
  const bytes = await source.read(0, source.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(1, 6)) !== 'NUMPY') fail('no .npy file');
  const [start, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, start + length));
  const list = /'descr':\s*\[(.*?)\],\s*'fortran_order'/s.exec(header)?.[1];
  const count = Number(/'shape':\s*\((\d+),\)/.exec(header)?.[1] ?? Number.NaN);
  if (list === undefined || !Number.isInteger(count)) return fail(`the header ${header.trim().slice(0, 80)}`);
  const fields = [...list.matchAll(/\('(\w+)',\s*'([^']+)'\)/g)].map(([, name, type]) => {
    const [size, get] = FIELDS[type] ?? fail(`a field of type ${type}`);
    return { name, size, get };
  });
  const record = fields.reduce((sum, { size }) => sum + size, 0);
  if (fields.length === 0 || start + length + count * record !== bytes.length) {
    return fail(`${bytes.length} bytes for ${count} records of ${record} bytes`);
  }
  const values = new Map(fields.map(({ name }) => [name, new Float64Array(count)]));
  let at = start + length;
  for (let i = 0; i < count; i++) {
    for (const { name, size, get } of fields) {
      (values.get(name) as Float64Array)[i] = get(view, at);
      at += size;
    }
  }
  return values;
}
