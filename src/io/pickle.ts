/**
 * Writing a Python dictionary so that `numpy.load(file, allow_pickle=True)` finds it as an object array. Pickles are only
 * written here, never read: reading one can run foreign code.
 *
 * Opcodes of pickle protocol 4 (PEP 3154). Arrays are built by `numpy.ndarray(shape, dtype, bytearray(…))` and
 * `numpy.array(dict, dtype)`, public functions that NumPy 1 and 2 share; `bytearray` makes the arrays writeable.
 */
import { encodeNpyHeader } from './npy-header.ts';
import { descrIn, type NpyOutput, npyDataChunks, npyDataLength } from './npy-writer.ts';
import type { ZipMember } from './stored-zip.ts';

/** What a dictionary may hold. Whole numbers become int, others float. */
export type PickleValue = string | number | NpyOutput;

/** Opcodes as text, or the elements of an array, which are made when they are needed. */
type Part = Uint8Array | NpyOutput;

/**
 * A dictionary as a member of an .npz file: a 0-d array of one object, so that
 * `numpy.load(file, allow_pickle=True)[name].item()` gives a dict of arrays, texts and numbers.
 */
export function pickledMember(name: string, dictionary: Readonly<Record<string, PickleValue>>): ZipMember {
  const parts = [encodeNpyHeader('|O', []), ...pickle(dictionary)];
  return {
    name: `${name}.npy`,
    size: parts.reduce((sum, part) => sum + (isBytes(part) ? part.length : npyDataLength(part)), 0),
    async *chunks() {
      for (const part of parts) {
        if (isBytes(part)) yield part;
        else yield* npyDataChunks(part);
      }
    },
  };
}

const isBytes = (part: Part): part is Uint8Array => part instanceof Uint8Array;

/** `numpy.array(dictionary, 'O')`. */
function pickle(dictionary: Readonly<Record<string, PickleValue>>): Part[] {
  const items = Object.entries(dictionary).flatMap(([key, value]) => [text(key), ...valueParts(value)]);
  return [
    bytes(PROTO, 4),
    global('numpy', 'array'),
    bytes(EMPTY_DICT, MARK),
    ...items,
    bytes(SETITEMS),
    text('O'),
    bytes(TUPLE2, REDUCE, STOP),
  ];
}

function valueParts(value: PickleValue): Part[] {
  if (typeof value === 'string') return [text(value)];
  if (typeof value === 'number') return [Number.isSafeInteger(value) ? integer(value) : float(value)];
  return [
    global('numpy', 'ndarray'),
    bytes(MARK),
    ...value.shape.map(integer),
    bytes(TUPLE),
    text(descrIn(value)),
    global('builtins', 'bytearray'),
    withLength(BINBYTES8, 8, npyDataLength(value)),
    value,
    bytes(TUPLE1, REDUCE, TUPLE3, REDUCE),
  ];
}

const MARK = 0x28; // (
const STOP = 0x2e; // .
const BINFLOAT = 0x47; // G
const REDUCE = 0x52; // R
const BINUNICODE = 0x58; // X
const GLOBAL = 0x63; // c
const TUPLE = 0x74; // t
const SETITEMS = 0x75; // u
const EMPTY_DICT = 0x7d; // }
const PROTO = 0x80;
const TUPLE1 = 0x85;
const TUPLE2 = 0x86;
const TUPLE3 = 0x87;
const LONG1 = 0x8a;
const BINBYTES8 = 0x8e;

const bytes = (...values: number[]) => Uint8Array.from(values);

const global = (module: string, name: string) =>
  bytes(GLOBAL, ...new TextEncoder().encode(`${module}\n${name}\n`));

function text(value: string): Uint8Array {
  const utf8 = new TextEncoder().encode(value);
  const opcode = withLength(BINUNICODE, 4, utf8.length);
  const all = new Uint8Array(opcode.length + utf8.length);
  all.set(opcode);
  all.set(utf8, opcode.length);
  return all;
}

function float(value: number): Uint8Array {
  const all = bytes(BINFLOAT, 0, 0, 0, 0, 0, 0, 0, 0);
  new DataView(all.buffer).setFloat64(1, value);
  return all;
}

/** 8 bytes, two's complement, low byte first. */
function integer(value: number): Uint8Array {
  const all = bytes(LONG1, 8, 0, 0, 0, 0, 0, 0, 0, 0);
  new DataView(all.buffer).setBigInt64(2, BigInt(value), true);
  return all;
}

/** An opcode that is followed by the length of what comes next, low byte first. */
function withLength(opcode: number, lengthBytes: 4 | 8, length: number): Uint8Array {
  const all = new Uint8Array(1 + lengthBytes);
  all[0] = opcode;
  const view = new DataView(all.buffer);
  if (lengthBytes === 4) view.setUint32(1, length, true);
  else view.setBigUint64(1, BigInt(length), true);
  return all;
}
