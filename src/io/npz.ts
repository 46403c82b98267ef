/** NumPy's .npz files: a ZIP archive with one .npy file per array. */
import {
  type CreateReadableOptions,
  configure,
  type FileEntry,
  Reader,
  ZipReader,
  ZipWriter,
} from '@zip.js/zip.js';
import { InputError } from '../core/errors.ts';
import type { NdArray } from '../core/ndarray.ts';
import type { ByteSource } from './byte-source.ts';
import { builtInCrc32 } from './crc32.ts';
import { memorySource } from './memory-store.ts';
import { type NpyArray, type NumericArrays, readNpy, readNpyAs } from './npy.ts';
import { type NpyOutput, npyChunks, npyLength } from './npy-writer.ts';

/** Bytes handed on at once inside the archive library, which copies them: a third faster than its 64 KiB. */
const CHUNK_BYTES = 512 << 10;
// One thread reads or writes one archive; starting workers would cost more than they give.
configure({ useWebWorkers: false, chunkSize: CHUNK_BYTES });

/** Bytes read at once. */
const PIECE_BYTES = 4 << 20;
/** The longest byte array there is. */
const LARGEST_MEMBER = 2 ** 32 - 1;
/** 1 January 1980, 0:00, the first MS-DOS time, as NumPy writes it: the same arrays give the same bytes. */
const FIXED_DOS_TIME = 0x0021_0000;

/** An .npz file whose directory has been read. */
export interface NpzFile {
  readonly name: string;
  /** Names of the arrays, without `.npy`, in the order of the archive. */
  readonly names: readonly string[];
  /** @throws InputError when there is no such array, or it is damaged */
  read(name: string): Promise<NpyArray>;
  /** @throws InputError as `read`, and when the array does not fit the type */
  readAs<K extends keyof NumericArrays>(name: string, type: K): Promise<NdArray<NumericArrays[K]>>;
}

/** A file inside an archive that is written. */
export interface ZipMember {
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  readonly chunks: () => AsyncIterable<Uint8Array>;
  /** Whether going through the bytes twice costs little, as when they lie ready in memory. */
  readonly ready?: boolean;
}

/** Opens an .npz file. @throws InputError when it is no ZIP archive, or damaged */
export async function openNpz(source: ByteSource): Promise<NpzFile> {
  const entries = new Map<string, FileEntry>();
  await orDamaged(source.name, async () => {
    for (const entry of await new ZipReader(new SourceReader(source)).getEntries()) {
      if (!entry.directory) entries.set(entry.filename.replace(/\.npy$/, ''), entry);
    }
  });
  const member = async (name: string): Promise<ByteSource> => {
    const where = `${source.name}, array ${name}`;
    const entry = entries.get(name);
    if (entry) return memorySource(where, await orDamaged(where, () => extract(entry, where)));
    throw new InputError({
      where: source.name,
      found: `the arrays ${[...entries.keys()].join(', ') || '(none)'}`,
      expected: `an array ${name}`,
      remedy: 'Check that this is the right file, or make it again.',
    });
  };
  return {
    name: source.name,
    names: [...entries.keys()],
    read: async (name) => readNpy(await member(name)),
    readAs: async (name, type) => readNpyAs(await member(name), type),
  };
}

/** An array as a member of an .npz file. */
export function npyMember(name: string, array: NpyOutput): ZipMember {
  const ready = typeof array.data !== 'function' || ('quick' in array && array.quick);
  return { name: `${name}.npy`, size: npyLength(array), chunks: () => npyChunks(array), ready };
}

/**
 * An .npz file, piece by piece, as `numpy.savez` (or, with `deflate`, `numpy.savez_compressed`) would write it. Members
 * above 4 GiB use ZIP64.
 */
export async function* npzChunks(
  members: readonly ZipMember[],
  { deflate = false }: { readonly deflate?: boolean } = {},
): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writing = writeMembers(writable, members, deflate);
  // Heard below, or of no interest when the reader has left.
  writing.catch(() => {});
  const reader = readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  await writing;
}

async function writeMembers(
  writable: WritableStream<Uint8Array>,
  members: readonly ZipMember[],
  deflate: boolean,
): Promise<void> {
  const zip = new ZipWriter(writable, {
    level: deflate ? 6 : 0,
    // The platform's own deflate is free to differ from machine to machine.
    useCompressionStream: false,
    extendedTimestamp: false,
    rawLastModDate: FIXED_DOS_TIME,
  });
  try {
    for (const { name, size, chunks, ready } of members) {
      const stored = ready && !deflate && builtInCrc32 ? await asStored(size, chunks()) : {};
      await zip.add(name, { readable: streamOf(chunks()), size }, stored);
    }
    await zip.close();
  } catch (error) {
    await writable.abort(error).catch(() => {});
    throw error;
  }
}

/**
 * Tells the archive of a member whose bytes stay as they are. Going through them once more for the checksum and handing them on takes half the
 * time that the archive needs to take the checksum itself.
 */
async function asStored(size: number, chunks: AsyncIterable<Uint8Array>) {
  let crc32 = 0;
  for await (const chunk of chunks) crc32 = builtInCrc32?.(chunk, crc32) ?? 0;
  return { passThrough: true, compressionMethod: 0, uncompressedSize: size, crc32 };
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

class SourceReader extends Reader<ByteSource> {
  private readonly source: ByteSource;

  constructor(source: ByteSource) {
    super(source);
    this.source = source;
    this.size = source.size;
  }

  override readUint8Array(offset: number, length: number): Promise<Uint8Array> {
    return this.source.read(offset, Math.max(0, Math.min(length, this.source.size - offset)));
  }

  override createReadable(options?: CreateReadableOptions) {
    return super.createReadable({ ...options, chunkSize: PIECE_BYTES });
  }
}

/** A whole member, its checksum verified. */
async function extract(entry: FileEntry, where: string): Promise<Uint8Array> {
  if (entry.uncompressedSize > LARGEST_MEMBER) {
    throw new InputError({
      where,
      found: `an array of ${(entry.uncompressedSize / 2 ** 30).toFixed(1)} GiB`,
      expected: 'at most 4 GiB inside an .npz file',
      remedy: 'Save it on its own with numpy.save; .npy files may be of any size.',
    });
  }
  const bytes = new Uint8Array(entry.uncompressedSize);
  let length = 0;
  const sink = new WritableStream<Uint8Array>({
    write(piece) {
      bytes.set(piece, length);
      length += piece.length;
    },
  });
  await entry.getData(sink, { checkSignature: true });
  if (length !== bytes.length) throw new Error(`${length} bytes instead of ${bytes.length}`);
  return bytes;
}

/** What the ZIP library says of an archive is said as an input error. */
async function orDamaged<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(
      {
        where,
        found: `a damaged archive (${cause instanceof Error ? cause.message : cause})`,
        expected: 'an .npz file (a ZIP archive of arrays)',
        remedy: 'The file was cut off or changed: make it again.',
      },
      { cause },
    );
  }
}
