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
import { memorySource } from './memory-store.ts';
import { type NpyArray, type NpyFile, type NumericArrays, openNpy, readNpy, readNpyAs } from './npy.ts';
import { type NpyOutput, npyChunks, npyLength } from './npy-writer.ts';
import { FIXED_DOS_TIME, openStored, storedZipChunks, type ZipMember } from './stored-zip.ts';

// One thread reads or writes one archive; starting workers would cost more than they give.
configure({ useWebWorkers: false });

/** Bytes read at once. */
const PIECE_BYTES = 4 << 20;
/** The longest byte array there is. */
const LARGEST_MEMBER = 2 ** 32 - 1;

/** An .npz file whose directory has been read. */
export interface NpzFile {
  readonly name: string;
  /** Names of the arrays, without `.npy`, in the order of the archive. */
  readonly names: readonly string[];
  /** @throws InputError when there is no such array, or it is damaged */
  read(name: string): Promise<NpyArray>;
  /** @throws InputError as `read`, and when the array does not fit the type */
  readAs<K extends keyof NumericArrays>(name: string, type: K): Promise<NdArray<NumericArrays[K]>>;
  /**
   * An array to be read in pieces, which need not fit in memory unless it is compressed. Whether it is damaged is known for certain once it has
   * been read from its beginning to its end. @throws InputError as `read`
   */
  open(name: string): Promise<NpyFile>;
}

/** Opens an .npz file. @throws InputError when it is no ZIP archive, or damaged */
export async function openNpz(source: ByteSource): Promise<NpzFile> {
  const entries = new Map<string, FileEntry>();
  await orDamaged(source.name, async () => {
    for (const entry of await new ZipReader(new SourceReader(source)).getEntries()) {
      if (!entry.directory) entries.set(entry.filename.replace(/\.npy$/, ''), entry);
    }
  });
  const whereIs = (name: string) => `${source.name}, array ${name}`;
  const entryOf = (name: string): FileEntry => {
    const entry = entries.get(name);
    if (entry) return entry;
    throw new InputError({
      where: source.name,
      found: `the arrays ${[...entries.keys()].join(', ') || '(none)'}`,
      expected: `an array ${name}`,
      remedy: 'Check that this is the right file, or make it again.',
    });
  };
  const member = async (name: string): Promise<ByteSource> => {
    const [entry, where] = [entryOf(name), whereIs(name)];
    return memorySource(where, await orDamaged(where, () => extract(entry, source, where)));
  };
  const inPieces = async (name: string): Promise<ByteSource> => {
    const [entry, where] = [entryOf(name), whereIs(name)];
    const stored = await orDamaged(where, () => openIfStored(entry, source));
    if (!stored) return member(name);
    const read: ByteSource['read'] = (...at) => orDamaged(where, () => stored.read(...at));
    return { name: where, size: stored.size, read };
  };
  return {
    name: source.name,
    names: [...entries.keys()],
    read: async (name) => readNpy(await member(name)),
    readAs: async (name, type) => readNpyAs(await member(name), type),
    open: async (name) => openNpy(await inPieces(name)),
  };
}

/** An array as a member of an .npz file. */
export function npyMember(name: string, array: NpyOutput): ZipMember {
  return { name: `${name}.npy`, size: npyLength(array), chunks: () => npyChunks(array) };
}

/**
 * An .npz file, piece by piece, as `numpy.savez` (or, with `deflate`, `numpy.savez_compressed`) would write it. Members
 * above 4 GiB use ZIP64.
 */
export function npzChunks(
  members: readonly ZipMember[],
  { deflate = false }: { readonly deflate?: boolean } = {},
): AsyncGenerator<Uint8Array> {
  return deflate ? deflatedChunks(members) : storedZipChunks(members);
}

async function* deflatedChunks(members: readonly ZipMember[]): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writing = writeMembers(writable, members);
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
): Promise<void> {
  const zip = new ZipWriter(writable, {
    level: 6,
    // The platform's own deflate is free to differ from machine to machine.
    useCompressionStream: false,
    extendedTimestamp: false,
    rawLastModDate: FIXED_DOS_TIME,
  });
  try {
    for (const { name, size, chunks } of members) {
      await zip.add(name, { readable: streamOf(chunks()), size });
    }
    await zip.close();
  } catch (error) {
    await writable.abort(error).catch(() => {});
    throw error;
  }
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      // A copy: the library keeps pieces, whose memory may be used again.
      else controller.enqueue(new Uint8Array(value));
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

/** Memory that cannot be had does not make an archive a damaged one. */
function roomFor(size: number, where: string): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw new InputError(
      {
        where,
        found: `an array of ${(size / 2 ** 30).toFixed(1)} GiB`,
        expected: 'an array that fits in memory',
        remedy: 'Use a machine with more memory.',
      },
      { cause },
    );
  }
}

/** Undefined for a member that is compressed. */
async function openIfStored(
  { compressionMethod, encrypted, offset, signature: crc, uncompressedSize: size }: FileEntry,
  source: ByteSource,
): Promise<ByteSource | undefined> {
  if (compressionMethod !== 0 || encrypted || crc === undefined) return undefined;
  return openStored(source, { offset, crc, size });
}

/** A whole member, its checksum verified. */
async function extract(entry: FileEntry, source: ByteSource, where: string): Promise<Uint8Array> {
  if (entry.uncompressedSize > LARGEST_MEMBER) {
    throw new InputError({
      where,
      found: `an array of ${(entry.uncompressedSize / 2 ** 30).toFixed(1)} GiB`,
      expected: 'at most 4 GiB inside an .npz file',
      remedy: 'Save it on its own with numpy.save; .npy files may be of any size.',
    });
  }
  const bytes = roomFor(entry.uncompressedSize, where);
  const stored = await openIfStored(entry, source);
  if (stored) {
    for (let done = 0; done < bytes.length; done += PIECE_BYTES) {
      const into = bytes.subarray(done, done + PIECE_BYTES);
      const piece = await stored.read(done, into.length, into);
      if (piece !== into) into.set(piece);
    }
    return bytes;
  }
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
