/**
 * The header of NumPy's .npy format, versions 1.0, 2.0 and 3.0
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 */
import { InputError } from '../core/errors.ts';
import { sizeOf } from '../core/ndarray.ts';

/** The types of elements that are read and written. */
export type NpyDtype =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64'
  | 'unicode';

export interface NpyHeader {
  readonly dtype: NpyDtype;
  /** Bytes of one element; for text 4 per character. */
  readonly itemSize: number;
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly dataOffset: number;
}

/** NumPy's code of each type of fixed size: kind and bytes. */
const CODES: Readonly<Record<Exclude<NpyDtype, 'unicode'>, string>> = {
  bool: 'b1',
  int8: 'i1',
  int16: 'i2',
  int32: 'i4',
  int64: 'i8',
  uint8: 'u1',
  uint16: 'u2',
  uint32: 'u4',
  uint64: 'u8',
  float16: 'f2',
  float32: 'f4',
  float64: 'f8',
};
const DTYPES = new Map(Object.entries(CODES).map(([dtype, code]) => [code, dtype as NpyDtype]));

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ALIGNMENT = 64;
/** NumPy leaves room for the first axis to grow to this many digits. */
const GROWTH_DIGITS = 21;

const WRITE_AGAIN = 'The file is damaged or was not written to its end: save it again with numpy.save.';
const SAVE_NUMBERS = 'Save it as an array of numbers, such as numpy.save(file, array.astype("float64")).';

/** NumPy's name of an element type, such as `<f8` or `<U21`. */
export function descrOf(dtype: NpyDtype, itemSize: number): string {
  if (dtype === 'unicode') return `<U${itemSize / 4}`;
  return `${itemSize === 1 ? '|' : '<'}${CODES[dtype]}`;
}

/** Bytes of an element of fixed size. */
export function itemSizeOf(dtype: Exclude<NpyDtype, 'unicode'>): number {
  return Number(CODES[dtype].slice(1));
}

/**
 * The header of an array in C order, version 1.0, byte for byte as NumPy writes it.
 * @param descr NumPy's name of the element type
 */
export function encodeNpyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  let text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  if (shape.length > 0) text += ' '.repeat(Math.max(0, GROWTH_DIGITS - String(shape[0]).length));
  const unpadded = MAGIC.length + 4 + text.length + 1;
  text += ' '.repeat(ALIGNMENT - (unpadded % ALIGNMENT)) + '\n';
  return Uint8Array.from([
    ...MAGIC,
    1,
    0,
    text.length & 0xff,
    text.length >> 8,
    ...new TextEncoder().encode(text),
  ]);
}

/**
 * Reads the header at the beginning of a file.
 *
 * @param head the first bytes of the file, all of it when it is shorter than the header
 * @param size length of the file, bytes
 * @param name what errors call the file
 * @throws InputError when it is no .npy file, holds Python objects or other elements that are not numbers or text, or
 *   when its length does not fit its shape
 */
export function parseNpyHeader(head: Uint8Array, size: number, name: string): NpyHeader {
  const fail = (found: string, expected: string, remedy = WRITE_AGAIN): never => {
    throw new InputError({ where: name, found, expected, remedy });
  };
  if (size === 0) fail('an empty file', 'a .npy file');
  if (size < 10 || !MAGIC.every((byte, i) => head[i] === byte)) {
    fail(`a file that begins with ${printable(head.subarray(0, 6))}`, 'a .npy file (\\x93NUMPY)');
  }
  const version = head[6];
  if (version < 1 || version > 3) fail(`.npy version ${version}.${head[7]}`, 'version 1.0, 2.0 or 3.0');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const lengthBytes = version === 1 ? 2 : 4;
  if (size < 8 + lengthBytes) fail(`${size} bytes`, 'a whole .npy header');
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataOffset = 8 + lengthBytes + length;
  if (dataOffset > size) fail(`${size} bytes`, `a header of ${dataOffset} bytes`);
  if (dataOffset > head.length) {
    fail(`a header of ${length} bytes`, `at most ${head.length}`);
  }
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(
    head.subarray(8 + lengthBytes, dataOffset),
  );

  let fields: unknown;
  try {
    fields = parseLiteral(text);
  } catch {
    fail(`the header ${shorten(text)}`, "a dictionary with 'descr', 'fortran_order' and 'shape'");
  }
  const get = (key: string) => (fields instanceof Map ? fields.get(key) : undefined);
  const [descr, fortranOrder, shape] = [get('descr'), get('fortran_order'), get('shape')];
  if (typeof fortranOrder !== 'boolean' || !isShape(shape) || descr === undefined) {
    return fail(`the header ${shorten(text)}`, "a dictionary with 'descr', 'fortran_order' and 'shape'");
  }
  if (typeof descr !== 'string') {
    return fail('an array of records', 'an array of numbers', 'Save each field as an array of its own.');
  }
  if (descr.endsWith('O')) {
    return fail(
      'an array of Python objects',
      'an array of numbers',
      'Python objects are never loaded, because loading them can run foreign code. ' + SAVE_NUMBERS,
    );
  }
  const match = /^([<>|=]?)(U)?([a-zA-Z]?\d+)$/.exec(descr);
  const dtype = match?.[2] ? 'unicode' : DTYPES.get(match?.[3] ?? '');
  if (!match || !dtype)
    return fail(`elements of type ${descr}`, 'numbers, such as float64, float32 or int64', SAVE_NUMBERS);
  const itemSize = dtype === 'unicode' ? 4 * Number(match[3]) : itemSizeOf(dtype);
  const header = { dtype, itemSize, littleEndian: match[1] !== '>', fortranOrder, shape, dataOffset };

  const expected = dataOffset + sizeOf(shape) * itemSize;
  if (expected !== size) {
    const what = `an array of shape (${shape.join(', ')}) and type ${descr}`;
    if (!(expected <= size)) fail(`${size} bytes`, `${expected} bytes for ${what}`);
    fail(`${size - expected} bytes after the end of ${what}`, `${expected} bytes in all`);
  }
  return header;
}

const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

const printable = (bytes: Uint8Array) =>
  `"${Array.from(bytes, (b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0')}`)).join('')}"`;

const shorten = (text: string) => {
  const line = printable(new TextEncoder().encode(text.trim()));
  return line.length > 80 ? `${line.slice(0, 77)}…"` : line;
};

/** Python literals as headers hold them: strings, True and False, whole numbers, tuples, lists, dictionaries (as Map). */
function parseLiteral(text: string): unknown {
  const tokens = text.match(/'[^'\\]*'|"[^"\\]*"|\d+|True|False|None|[{}()[\],:]|[^\s]/g) ?? [];
  let at = 0;
  const value = (): unknown => {
    const token = tokens[at++];
    if (token === undefined) throw new SyntaxError('the header ends early');
    if (token === '{') return new Map(items('}', () => [value(), expect(':') && value()] as const));
    if (token === '(') return items(')', value);
    if (token === '[') return items(']', value);
    if (/^['"]./.test(token)) return token.slice(1, -1);
    if (/^\d/.test(token)) {
      if (tokens[at] === 'L') at++; // Python 2 wrote long integers so
      return Number(token);
    }
    if (token === 'True' || token === 'False') return token === 'True';
    if (token === 'None') return null;
    throw new SyntaxError(`unexpected ${token}`);
  };
  const expect = (token: string): true => {
    if (tokens[at++] !== token) throw new SyntaxError(`expected ${token}`);
    return true;
  };
  const items = <T>(end: string, item: () => T): T[] => {
    const list: T[] = [];
    while (tokens[at] !== end) {
      list.push(item());
      if (tokens[at] !== end) expect(',');
    }
    at++;
    return list;
  };
  const result = value();
  if (at !== tokens.length) throw new SyntaxError('more than one value');
  return result;
}
