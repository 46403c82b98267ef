/** Writing HDF5 files through h5wasm, the HDF5 library as WebAssembly. */
import type { Dataset, File, Reference } from 'h5wasm';
import { sizeOf } from '../core/ndarray.ts';

/** Numbers that can be written, each in its own type. */
export type Hdf5Numbers =
  | Float64Array
  | Float32Array
  | Uint8Array
  | Uint16Array
  | Int32Array
  | BigUint64Array;

/** Bytes that are handed to the library at once. */
const PIECE_BYTES = 1 << 23;

/**
 * An HDF5 file that is being written, in memory. Paths are absolute, their groups made before.
 */
export class Hdf5Writer {
  private readonly file: File;
  private readonly path: string;
  private readonly fs: Awaited<typeof import('h5wasm')['ready']>['FS'];

  private constructor(file: File, path: string, fs: Hdf5Writer['fs']) {
    this.file = file;
    this.path = path;
    this.fs = fs;
  }

  static async create(): Promise<Hdf5Writer> {
    const library = await import('h5wasm');
    const module = await library.ready;
    // Otherwise errors are printed and passed over.
    module.activate_throwing_error_handler();
    const path = `/${++created}-written.h5`;
    // The earliest format: MATLAB reads no other, and a user block can be put before it.
    return new Hdf5Writer(new library.File(path, 'w', { libver: ['earliest', 'v200'] }), path, module.FS);
  }

  group(path: string): void {
    const { group, name } = this.place(path);
    atFixedTime(() => group.create_group(name));
  }

  /**
   * Numbers in C order. Arrays of more than 8 MiB are stored in chunks of rows.
   * @param options.compress whether chunks are compressed; small arrays never are
   * @throws RangeError when there are not as many as the shape holds
   */
  numbers(
    path: string,
    shape: readonly number[],
    data: Hdf5Numbers,
    { compress = false }: { readonly compress?: boolean } = {},
  ): void {
    if (data.length !== sizeOf(shape)) {
      throw new RangeError(`Hdf5Writer: got ${data.length} values for ${path}, expected shape (${shape})`);
    }
    const { group, name } = this.place(path);
    if (data.byteLength <= PIECE_BYTES || shape.length === 0) {
      atFixedTime(() => group.create_dataset({ name, shape: [...shape], data: data as Float64Array }));
      return;
    }
    const [rows, ...inner] = shape;
    const perRow = data.length / rows;
    const step = Math.max(1, Math.floor(PIECE_BYTES / (perRow * data.BYTES_PER_ELEMENT)));
    const chunks = [
      Math.max(1, Math.min(step, Math.floor(2 ** 20 / (perRow * data.BYTES_PER_ELEMENT)))),
      ...inner,
    ];
    const piece = (from: number, to: number) => data.subarray(from * perRow, to * perRow) as Float64Array;
    const create = (): Dataset =>
      group.create_dataset({
        name,
        shape: [step, ...inner],
        maxshape: [rows, ...inner],
        chunks,
        data: piece(0, step),
        ...(compress && { compression: 'gzip', compression_opts: [2] }),
      });
    const all = inner.map((n): [number, number] => [0, n]);
    atFixedTime(() => {
      const dataset = create();
      dataset.resize([rows, ...inner]);
      for (let from = step; from < rows; from += step) {
        const to = Math.min(from + step, rows);
        dataset.write_slice([[from, to], ...all], piece(from, to));
      }
    });
  }

  /** Text of any length, UTF-8: one, or a vector of them. */
  texts(path: string, texts: string | readonly string[]): void {
    const { group, name } = this.place(path);
    const data = typeof texts === 'string' ? texts : [...texts];
    const shape = typeof texts === 'string' ? [] : [texts.length];
    atFixedTime(() => group.create_dataset({ name, data, shape, dtype: 'S' }));
  }

  /** References to objects of the file. */
  references(path: string, shape: readonly number[], targets: readonly string[]): void {
    const { group, name } = this.place(path);
    const data = targets.map((target) => this.object(target).create_reference());
    atFixedTime(() => group.create_dataset({ name, shape: [...shape], data, dtype: 'Reference' }));
  }

  /** A text, a number (int32) or texts as an attribute of an object. */
  attribute(path: string, name: string, value: string | number | readonly string[]): void {
    if (typeof value === 'number') this.setAttribute(path, name, value, [], '<i');
    else if (typeof value === 'string') this.setAttribute(path, name, value, [], 'S');
    else this.setAttribute(path, name, [...value], [value.length], 'S');
  }

  /** A number (uint8) as an attribute. */
  byteAttribute(path: string, name: string, value: number): void {
    this.setAttribute(path, name, value, [], '<B');
  }

  /** A text of ASCII characters of fixed length as an attribute. */
  fixedAttribute(path: string, name: string, text: string): void {
    this.setAttribute(path, name, text, [], `A${text.length}`);
  }

  /** A reference to another object as an attribute. */
  referenceAttribute(path: string, name: string, target: string): void {
    this.setAttribute(path, name, this.object(target).create_reference(), [], 'Reference');
  }

  /**
   * Closes the file and gives its bytes, piece by piece, once.
   * @param userBlock what stands before the HDF5 file: 512 bytes or any doubling of that
   */
  *finish(userBlock?: Uint8Array): Generator<Uint8Array> {
    const { fs, path } = this;
    atFixedTime(() => this.file.close());
    try {
      if (userBlock) yield userBlock;
      const { size } = fs.stat(path);
      const stream = fs.open(path, 'r');
      for (let at = 0; at < size; at += PIECE_BYTES) {
        const piece = new Uint8Array(Math.min(PIECE_BYTES, size - at));
        fs.read(stream, piece, 0, piece.length, at);
        if (at === 0 && userBlock) moveSuperblock(piece, userBlock.length);
        yield piece;
      }
      fs.close(stream);
    } finally {
      fs.unlink(path);
    }
  }

  /** Closes a file that is not wanted any more. */
  discard(): void {
    this.file.close();
    this.fs.unlink(this.path);
  }

  private setAttribute(
    path: string,
    name: string,
    value: string | number | string[] | Reference,
    shape: number[],
    type: string,
  ): void {
    const object = this.object(path);
    atFixedTime(() => object.create_attribute(name, value, shape, type));
  }

  private place(path: string) {
    const slash = path.lastIndexOf('/');
    const group = slash === 0 ? this.file : this.object(path.slice(0, slash));
    if (!('create_dataset' in group)) throw new RangeError(`Hdf5Writer: ${path} is not in a group`);
    return { group, name: path.slice(slash + 1) };
  }

  private object(path: string) {
    const object = path === '/' ? this.file : this.file.get(path);
    if (object === null || !('create_attribute' in object))
      throw new RangeError(`Hdf5Writer: there is no ${path}`);
    return object;
  }
}

let created = 0;

/** 1 January 1980, as in the archives that are written. */
const FIXED_TIME = 315_532_800_000;

/**
 * The library notes the time in every object it writes, and has no way to leave that out: its clock, which is `Date.now`, stands
 * still meanwhile. The same values give the same bytes.
 */
function atFixedTime<T>(work: () => T): T {
  const { now } = Date;
  Date.now = () => FIXED_TIME;
  try {
    return work();
  } finally {
    Date.now = now;
  }
}

/**
 * Tells a superblock of version 0 that the file begins behind a user block: all other addresses count from the base address
 * (HDF5 file format specification, III.A).
 */
function moveSuperblock(file: Uint8Array, userBlock: number): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file[8] !== 0 || file[13] !== 8)
    throw new Error('the superblock is not of version 0 with 8-byte addresses');
  const BASE_ADDRESS = 24;
  const END_OF_FILE = 40;
  for (const at of [BASE_ADDRESS, END_OF_FILE])
    view.setBigUint64(at, view.getBigUint64(at, true) + BigInt(userBlock), true);
}
