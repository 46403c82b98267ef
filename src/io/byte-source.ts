/** How files are reached: anything that can be read by position, and anything that behaves like a folder. */
import { throwIfStopped } from '../core/errors.ts';

/** Bytes that can be read at any position. */
export interface ByteSource {
  /** What errors call it: a file's path, or `archive.npz, member x`. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Of a file on a disk: when its content was written last, and when anything about it changed last, ms since 1970. */
  readonly times?: { readonly written: number; readonly changed: number };
  /**
   * Exactly `length` bytes from `offset`.
   * @param into memory of that length that may be given back with the bytes, for those who read much and have it already
   * @throws InputError when the file ends before, or cannot be read
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
}

/** What a file is written from: all of it, or piece after piece. */
export type Chunks = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const ZEROS = new Uint8Array(1 << 20);

/** Pieces of zeros, which stores know (`isZeros`) and need not write: where a file has a hole it reads as zeros. */
export function* zeroPieces(bytes: number): Generator<Uint8Array> {
  for (let left = bytes; left > 0; left -= ZEROS.length)
    yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
}

export const isZeros = (piece: Uint8Array): boolean => piece.buffer === ZEROS.buffer;

/** A folder. Names are relative to it, with `/` as separator. */
export interface Store {
  /** What errors call it. */
  readonly name: string;
  /** The file of that name, or undefined when there is none. */
  open(name: string): Promise<ByteSource | undefined>;
  /** Writes or replaces a file, with the folders it stands in. An interrupted write leaves what was there before. */
  write(name: string, chunks: Chunks): Promise<void>;
  /** What stands directly in a folder, sorted; the names of folders end with `/`. Empty when there is no such folder. */
  list(folder?: string): Promise<readonly string[]>;
  /** Removes a file, or a folder with all it holds. Does nothing when there is none. */
  remove(name: string): Promise<void>;
  /** Moves a file, replacing what stood there; or a folder, where there is none. */
  rename(from: string, to: string): Promise<void>;
}

/** Path of a file in a store, as errors name it. */
export function pathIn(store: Store, name: string): string {
  return store.name === '' ? name : `${store.name.replace(/\/$/, '')}/${name}`;
}

/** A folder inside a store, as a store of its own. */
export function subStore(store: Store, folder: string): Store {
  const inside = (name: string) => `${folder}/${name}`;
  return {
    name: pathIn(store, folder),
    open: (name) => store.open(inside(name)),
    write: (name, chunks) => store.write(inside(name), chunks),
    list: (name = '') => store.list(name === '' ? folder : inside(name)),
    remove: (name) => store.remove(inside(name)),
    rename: (from, to) => store.rename(inside(from), inside(to)),
  };
}

/** All files below a folder of a store, as paths from that folder, sorted within each folder. */
export async function listDeep(store: Store, folder = ''): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await store.list(folder)) {
    const path = folder === '' ? entry : `${folder}/${entry}`;
    if (!entry.endsWith('/')) files.push(path);
    else files.push(...(await listDeep(store, path.slice(0, -1))));
  }
  return files;
}

/** The same pieces until the signal is aborted, then StoppedError. */
export async function* stoppable(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const piece of chunks) {
    throwIfStopped(signal);
    yield piece;
  }
}

/** All pieces in one array. */
export async function collectBytes(chunks: Chunks): Promise<Uint8Array> {
  if (chunks instanceof Uint8Array) return new Uint8Array(chunks);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of chunks) {
    // A copy: whoever yields pieces may use their memory again.
    pieces.push(new Uint8Array(piece));
    size += piece.length;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
