/** Values as MATLAB stores them in v7.3 files: HDF5 with attributes that name the class (axes the other way round). */
import { type NdArray, sizeOf } from '../../core/ndarray.ts';
import { Hdf5Writer } from '../hdf5-writer.ts';

/** What a field of a struct can hold; null is the empty matrix. */
export type MatValue =
  | null
  | string
  | number
  | boolean
  | { readonly kind: 'double'; readonly array: NdArray<ArrayLike<number>> }
  | { readonly kind: 'logical'; readonly array: NdArray<ArrayLike<number>> }
  | { readonly kind: 'cell'; readonly values: readonly MatValue[] }
  | { readonly kind: 'struct'; readonly fields: Readonly<Record<string, MatValue>> };

const REFERENCED = '/#refs#';
const USER_BLOCK = 512;

/** A .mat file that is being written, one variable after the other. */
export class MatWriter {
  private readonly file: Hdf5Writer;
  private cells = 0;

  private constructor(file: Hdf5Writer) {
    this.file = file;
  }

  static async create(): Promise<MatWriter> {
    return new MatWriter(await Hdf5Writer.create());
  }

  /** Begins a struct with a value for every field that is `put` under its path. */
  struct(path: string): void {
    this.file.group(path);
    this.file.fixedAttribute(path, 'MATLAB_class', 'struct');
  }

  /** Writes a value at a path, such as `/Output/IdxCluster`. Vectors become columns. */
  put(path: string, value: MatValue): void {
    if (value === null) this.empty(path, 'double', [0, 0]);
    else if (typeof value === 'string') this.text(path, value);
    else if (typeof value === 'number') this.array(path, 'double', { shape: [], data: [value] });
    else if (typeof value === 'boolean') this.array(path, 'logical', { shape: [], data: [value ? 1 : 0] });
    else if (value.kind === 'cell') this.cell(path, value.values);
    else if (value.kind === 'struct') {
      this.struct(path);
      for (const [name, field] of Object.entries(value.fields)) this.put(`${path}/${name}`, field);
    } else this.array(path, value.kind, value.array);
  }

  /** Closes the file and gives its bytes, once. @param created when it was made, for the header */
  finish(created: string): Generator<Uint8Array> {
    return this.file.finish(matHeader(created));
  }

  /** Closes a file that is not wanted any more. */
  discard(): void {
    this.file.discard();
  }

  private array(path: string, kind: 'double' | 'logical', array: NdArray<ArrayLike<number>>): void {
    const shape = asMatrix(array.shape);
    if (sizeOf(shape) === 0) {
      this.empty(path, kind, shape);
      return;
    }
    const out = kind === 'logical' ? new Uint8Array(sizeOf(shape)) : new Float64Array(sizeOf(shape));
    const data = fortranOrder(array.data, shape, out);
    this.file.numbers(path, [...shape].reverse(), data, { compress: kind === 'logical' });
    this.file.fixedAttribute(path, 'MATLAB_class', kind);
    if (kind === 'logical') this.file.attribute(path, 'MATLAB_int_decode', 1);
  }

  private text(path: string, text: string): void {
    if (text === '') {
      this.empty(path, 'char', [0, 0]);
      return;
    }
    const codes = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
    this.file.numbers(path, [codes.length, 1], codes);
    this.file.fixedAttribute(path, 'MATLAB_class', 'char');
    this.file.attribute(path, 'MATLAB_int_decode', 2);
  }

  private cell(path: string, values: readonly MatValue[]): void {
    if (values.length === 0) {
      this.empty(path, 'cell', [0, 0]);
      return;
    }
    if (this.cells === 0) this.file.group(REFERENCED);
    const targets = values.map(() => `${REFERENCED}/c${++this.cells}`);
    values.forEach((value, i) => {
      this.put(targets[i], value);
    });
    this.file.references(path, [values.length, 1], targets);
    this.file.fixedAttribute(path, 'MATLAB_class', 'cell');
  }

  /** An empty array is stored as its dimensions. */
  private empty(path: string, kind: 'double' | 'logical' | 'char' | 'cell', shape: readonly number[]): void {
    this.file.numbers(path, [shape.length], BigUint64Array.from(shape, BigInt));
    this.file.fixedAttribute(path, 'MATLAB_class', kind);
    this.file.byteAttribute(path, 'MATLAB_empty', 1);
    if (kind === 'logical' || kind === 'char')
      this.file.attribute(path, 'MATLAB_int_decode', kind === 'char' ? 2 : 1);
  }
}

/** MATLAB has no arrays of fewer than two axes. */
function asMatrix(shape: readonly number[]): readonly number[] {
  if (shape.length === 0) return [1, 1];
  return shape.length === 1 ? [shape[0], 1] : shape;
}

/** Values in C order as MATLAB orders them: the first axis runs fastest. */
function fortranOrder<T extends Float64Array | Uint8Array>(
  data: ArrayLike<number>,
  shape: readonly number[],
  out: T,
): T {
  const steps = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  const at = new Array<number>(shape.length).fill(0);
  let target = 0;
  for (let i = 0; i < data.length; i++) {
    out[target] = data[i];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      target += steps[axis];
      if (++at[axis] < shape[axis]) break;
      target -= steps[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return out;
}

/** The first 512 bytes: a text of 116 characters, then version 2.0 and the byte order. */
function matHeader(created: string): Uint8Array {
  const bytes = new Uint8Array(USER_BLOCK);
  const text = `MATLAB 7.3 MAT-file, Platform: dant, Created on: ${created} HDF5 schema 1.00 .`;
  bytes.fill(0x20, 0, 116);
  new TextEncoder().encodeInto(text.slice(0, 116), bytes);
  bytes.set([0x00, 0x02, 0x49, 0x4d], 124);
  return bytes;
}
