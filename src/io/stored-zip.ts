/**
 * ZIP archives whose members are stored as they are, with ZIP64 above 4 GiB (PKWARE, .ZIP File Format Specification 6.3). What members are made
 * of is handed on without a copy (docs/decisions/0009).
 */
import type { ByteSource } from './byte-source.ts';
import { crc32 } from './crc32.ts';

/** A file inside an archive that is written. */
export interface ZipMember {
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Its bytes; each piece is used before the next one is asked for. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/** 1 January 1980, 0:00, the first MS-DOS time, as NumPy writes it: the same arrays give the same bytes. */
export const FIXED_DOS_TIME = 0x0021_0000;

/** What 32 bits cannot hold is said in a field of 64. */
const MOST_32 = 0xffff_ffff;
const MOST_16 = 0xffff;
/** A checksum and lengths follow the member; its name is UTF-8. */
const FLAGS = 0x0808;
/** What the parts of an archive begin with. */
const LOCAL_HEADER = 0x0403_4b50;
const DESCRIPTOR = 0x0807_4b50;
const DIRECTORY_RECORD = 0x0201_4b50;
const END_64 = 0x0606_4b50;
const LOCATOR_64 = 0x0706_4b50;
const END = 0x0605_4b50;
const LOCAL_HEADER_BYTES = 30;
const VERSION = 20;
const VERSION_64 = 45;

/** A member that stands in the archive. */
interface Entry {
  readonly name: Uint8Array;
  readonly size: number;
  readonly crc: number;
  readonly offset: number;
}

/**
 * The archive, piece by piece. Use each piece before asking for the next one: members may use its memory again.
 * @throws RangeError when a member is longer or shorter than it says
 */
export async function* storedZipChunks(members: readonly ZipMember[]): AsyncGenerator<Uint8Array> {
  const entries: Entry[] = [];
  let offset = 0;
  for (const { name, size, chunks } of members) {
    const bytes = new TextEncoder().encode(name);
    const header = localHeader(bytes, size);
    yield header;
    let crc = 0;
    let length = 0;
    for await (const chunk of chunks()) {
      length += chunk.length;
      crc = crc32(chunk, crc);
      yield chunk;
    }
    if (length !== size) {
      throw new RangeError(`storedZipChunks: got ${length} bytes of ${name}, expected ${size}`);
    }
    const descriptor = descriptorOf(size, crc);
    yield descriptor;
    entries.push({ name: bytes, size, crc, offset });
    offset += header.length + size + descriptor.length;
  }
  let length = 0;
  for (const entry of entries) {
    const record = directoryRecord(entry);
    length += record.length;
    yield record;
  }
  yield endOfDirectory(entries.length, offset, length);
}

/** Where a member stands in an archive, as the directory has it. */
export interface StoredPlace {
  /** Where its local header begins. */
  readonly offset: number;
  /** Its checksum. */
  readonly crc: number;
  /** Its length, bytes. */
  readonly size: number;
}

/**
 * A member that is stored as it is, to be read in pieces. Where it is read from its beginning to its end, one piece after another, the last
 * read throws an Error if its checksum is another.
 * @returns undefined when no such member is there
 */
export async function openStored(
  source: ByteSource,
  { offset, crc, size }: StoredPlace,
): Promise<ByteSource | undefined> {
  const header = await source.read(offset, LOCAL_HEADER_BYTES);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getUint32(0, true) !== LOCAL_HEADER) return undefined;
  const start = offset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + size > source.size) return undefined;
  let found = 0;
  let seen = 0;
  return {
    name: source.name,
    size,
    async read(at, length, into) {
      const bytes = await source.read(start + at, length, into);
      if (at <= seen && at + length > seen) {
        found = crc32(bytes.subarray(seen - at), found);
        seen = at + length;
        if (seen === size && found !== crc) throw new Error('the checksum of a member is another');
      }
      return bytes;
    },
  };
}

/** Numbers one after the other, little-endian. */
class Fields {
  private readonly bytes: number[] = [];

  u16(...values: number[]): this {
    for (const value of values) this.bytes.push(value & 255, (value >>> 8) & 255);
    return this;
  }
  u32(...values: number[]): this {
    for (const value of values) this.u16(value & MOST_16, Math.floor(value / 2 ** 16) & MOST_16);
    return this;
  }
  u64(...values: number[]): this {
    for (const value of values) this.u32(value % 2 ** 32, Math.floor(value / 2 ** 32));
    return this;
  }
  text(bytes: Uint8Array): this {
    this.bytes.push(...bytes);
    return this;
  }
  done(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }
}

/** Whether a length or place does not fit the fields of 32 bits. */
const needs64 = (value: number) => value >= MOST_32;

/** Lengths are 0 here, or, where they need 64 bits, marked as such: the descriptor has them. */
function localHeader(name: Uint8Array, size: number): Uint8Array {
  const large = needs64(size);
  const lengths = large ? MOST_32 : 0;
  const header = new Fields()
    .u32(LOCAL_HEADER)
    .u16(large ? VERSION_64 : VERSION, FLAGS, 0)
    .u32(FIXED_DOS_TIME, 0, lengths, lengths)
    .u16(name.length, large ? 20 : 0)
    .text(name);
  if (large) header.u16(1, 16).u64(0, 0);
  return header.done();
}

function descriptorOf(size: number, crc: number): Uint8Array {
  const fields = new Fields().u32(DESCRIPTOR, crc);
  return (needs64(size) ? fields.u64(size, size) : fields.u32(size, size)).done();
}

function directoryRecord({ name, size, crc, offset }: Entry): Uint8Array {
  const [large, far] = [needs64(size), needs64(offset)];
  const wide = [...(large ? [size, size] : []), ...(far ? [offset] : [])];
  const version = wide.length > 0 ? VERSION_64 : VERSION;
  const lengths = large ? MOST_32 : size;
  const record = new Fields()
    .u32(DIRECTORY_RECORD)
    .u16(version, version, FLAGS, 0)
    .u32(FIXED_DOS_TIME, crc, lengths, lengths)
    .u16(name.length, wide.length > 0 ? 4 + 8 * wide.length : 0, 0, 0, 0)
    .u32(0, far ? MOST_32 : offset)
    .text(name);
  if (wide.length > 0) record.u16(1, 8 * wide.length).u64(...wide);
  return record.done();
}

function endOfDirectory(count: number, offset: number, length: number): Uint8Array {
  const fields = new Fields();
  if (needs64(offset) || needs64(length) || count >= MOST_16) {
    fields
      .u32(END_64)
      .u64(44)
      .u16(VERSION_64, VERSION_64)
      .u32(0, 0)
      .u64(count, count, length, offset)
      .u32(LOCATOR_64, 0)
      .u64(offset + length)
      .u32(1);
  }
  return fields
    .u32(END)
    .u16(0, 0, Math.min(count, MOST_16), Math.min(count, MOST_16))
    .u32(Math.min(length, MOST_32), Math.min(offset, MOST_32))
    .u16(0)
    .done();
}
