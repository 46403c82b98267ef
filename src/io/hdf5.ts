/** Reading HDF5 files through h5wasm, the HDF5 library as WebAssembly. */
import type { Dataset, File, Group } from 'h5wasm';
import { InputError } from '../core/errors.ts';
import type { NdArray, TypedArray } from '../core/ndarray.ts';
import type { ByteSource } from './byte-source.ts';

/** The library: `h5wasm` in browsers, `h5wasm/node` where it is to see the files of the disk. */
export type H5wasm = typeof import('h5wasm');

/** The largest file that is copied into memory whole. */
const LARGEST_IN_MEMORY = 2 ** 31 - 1;

/** H5T_class_t of the library. */
const INTEGER = 0;
const FLOAT = 1;

/** An HDF5 file that is open. Every method throws InputError when the file is damaged. */
export class Hdf5File {
  /** What errors call the file. */
  readonly name: string;
  private readonly file: File;
  private readonly createReference: (path: string) => ArrayLike<number>;
  private readonly release: () => void;
  private readonly targets = new Map<string, Map<bigint, string>>();

  private constructor(
    name: string,
    file: File,
    createReference: (path: string) => ArrayLike<number>,
    release: () => void,
  ) {
    this.name = name;
    this.file = file;
    this.createReference = createReference;
    this.release = release;
  }

  /**
   * @param path in the file system of the library
   * @param name what errors call the file
   * @throws InputError when it is no HDF5 file, or not whole
   */
  static async open(library: H5wasm, path: string, name: string, release = () => {}): Promise<Hdf5File> {
    const module = await library.ready;
    // Otherwise errors are printed and garbage is returned.
    module.activate_throwing_error_handler();
    try {
      const file = orDamaged(name, () => new library.File(path, 'r'));
      return new Hdf5File(name, file, (p) => module.create_object_reference(file.file_id, p), release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Names in a group, or undefined when there is no such group. */
  keys(group: string): readonly string[] | undefined {
    return orDamaged(this.name, () => (this.exists(group) ? this.group(group)?.keys() : undefined));
  }

  /** Whether an array holds references to other arrays; undefined when there is no such array. */
  holdsReferences(path: string): boolean | undefined {
    const dataset = this.dataset(path);
    return dataset && orDamaged(this.name, () => dataset.metadata.ref_type === 'object');
  }

  /** An array of numbers; undefined when there is none, or it holds something else. */
  numbers(path: string): NdArray<TypedArray> | undefined {
    return orDamaged(this.name, () => {
      const dataset = this.dataset(path);
      const { value, shape } = dataset ?? {};
      if (shape?.length === 0 && typeof value === 'number')
        return { shape: [], data: Float64Array.of(value) };
      if (!shape || !ArrayBuffer.isView(value)) return undefined;
      return { shape, data: value as TypedArray };
    });
  }

  /** An array of text, or one text; undefined when there is none, or it holds something else. */
  texts(path: string): readonly string[] | undefined {
    return orDamaged(this.name, () => {
      const value = this.dataset(path)?.value;
      if (typeof value === 'string') return [value];
      const isText = Array.isArray(value) && value.every((item) => typeof item === 'string');
      return isText ? (value as string[]) : undefined;
    });
  }

  /** Type of the elements of an array, such as `float32`; undefined when there is no array, or not of numbers. */
  elementType(path: string): string | undefined {
    return orDamaged(this.name, () => {
      const { type, size, signed } = this.dataset(path)?.metadata ?? {};
      if (size === undefined || (type !== INTEGER && type !== FLOAT)) return undefined;
      return type === FLOAT ? `float${8 * size}` : `${signed ? 'int' : 'uint'}${8 * size}`;
    });
  }

  /** An attribute of an array: a number or text; undefined when there is none. */
  attribute(path: string, name: string): unknown {
    return orDamaged(this.name, () => this.dataset(path)?.attrs[name]?.value);
  }

  /**
   * Paths of what an array of references points to, all of it in one group.
   *
   * A reference holds the address of its target. h5wasm's own `dereference` searches the whole file for it (164 ms in a file of
   * 34,790 arrays); here the addresses of the group are listed once (360 ms).
   */
  references(path: string, group: string): readonly string[] {
    return orDamaged(this.name, () => {
      const value = this.dataset(path)?.value;
      if (!Array.isArray(value)) throw new Error(`no references in ${path}`);
      const targets = this.targetsIn(group);
      return value.map((reference) => {
        const target = targets.get(addressOf((reference as { ref_data: Uint8Array }).ref_data));
        if (target === undefined) throw new Error(`a reference in ${path} that leads nowhere`);
        return target;
      });
    });
  }

  /** Closes the file; nothing can be read afterwards. */
  close(): void {
    this.file.close();
    this.release();
  }

  private exists(path: string): boolean {
    return path === '/' || this.file.get(path) !== null;
  }

  private group(path: string): Group | undefined {
    const entity = this.file.get(path);
    return entity && 'keys' in entity ? entity : undefined;
  }

  private dataset(path: string): Dataset | undefined {
    const entity = orDamaged(this.name, () => this.file.get(path));
    return entity && 'metadata' in entity && 'slice' in entity ? entity : undefined;
  }

  private targetsIn(group: string): Map<bigint, string> {
    let targets = this.targets.get(group);
    if (!targets) {
      const paths = (this.keys(group) ?? []).map((key) => `/${group}/${key}`);
      targets = new Map(paths.map((path) => [addressOf(this.createReference(path)), path]));
      this.targets.set(group, targets);
    }
    return targets;
  }
}

/** Opens an HDF5 file by copying it into memory, which works everywhere. @throws InputError as `Hdf5File.open` */
export async function openHdf5(source: ByteSource): Promise<Hdf5File> {
  if (source.size > LARGEST_IN_MEMORY) {
    throw new InputError({
      where: source.name,
      found: `a file of ${(source.size / 2 ** 30).toFixed(1)} GiB`,
      expected: 'at most 2 GiB',
      remedy: 'Convert it with the command line: dant convert.',
    });
  }
  const library = await import('h5wasm');
  const { FS } = await library.ready;
  const path = `/${++opened}.h5`;
  FS.writeFile(path, await source.read(0, source.size));
  return Hdf5File.open(library, path, source.name, () => FS.unlink(path));
}

let opened = 0;

const addressOf = (bytes: ArrayLike<number>) =>
  new DataView(Uint8Array.from(bytes).buffer).getBigUint64(0, true);

/** What the library says of a file is said as an input error. */
function orDamaged<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(
      {
        where,
        found: `a damaged or foreign file (${reasonOf(cause)})`,
        expected: 'a whole HDF5 file',
        remedy: 'Save or copy the file again.',
      },
      { cause },
    );
  }
}

/** The innermost line of what HDF5 says: `#006: … in H5F__super_read(): truncated file: …`. */
function reasonOf(cause: unknown): string {
  const said = cause instanceof Error ? cause.message : String(cause);
  const reasons = [...said.matchAll(/^ *#\d+: .*? in \w+\(\): (.*)$/gm)];
  return reasons.at(-1)?.[1] ?? said.split('\n', 1)[0];
}
