import { BlobReader, ZipReader } from '@zip.js/zip.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteSource, collectBytes } from './byte-source.ts';
import { crc32, plainCrc32 } from './crc32.ts';
import { npyChunks, npyLength } from './npy-writer.ts';
import { openNpz } from './npz.ts';
import { storedZipChunks, type ZipMember } from './stored-zip.ts';

const memberOf = (name: string, bytes: Uint8Array): ZipMember => ({
  name,
  size: bytes.length,
  async *chunks() {
    yield bytes.subarray(0, bytes.length >> 1);
    yield bytes.subarray(bytes.length >> 1);
  },
});

it('takes the same checksum with and without what is built in', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
      const whole = crc32(Uint8Array.of(...first, ...second));
      expect(plainCrc32(second, plainCrc32(first))).toBe(whole);
      expect(crc32(second, crc32(first))).toBe(whole);
    }),
  );
});

describe('storedZipChunks', () => {
  it('writes archives that the ZIP library reads, checksums compared', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-zA-Zéデ_]{1,12}$/), fc.uint8Array()), {
          selector: ([name]) => name,
        }),
        async (files) => {
          const archive = await collectBytes(
            storedZipChunks(files.map(([name, bytes]) => memberOf(name, bytes))),
          );
          const reader = new ZipReader(new BlobReader(new Blob([archive as Uint8Array<ArrayBuffer>])), {
            checkSignature: true,
          });
          const read = await Promise.all(
            (await reader.getEntries()).map(async (entry) => {
              if (entry.directory) return [entry.filename, new Uint8Array()];
              return [entry.filename, new Uint8Array(await entry.arrayBuffer())];
            }),
          );
          expect(read).toEqual(files);
        },
      ),
      { numRuns: 50 },
    ));

  it('takes members and places above 4 GiB', async () => {
    const zeros = new Uint8Array(1 << 26);
    const count = 65;
    const large: ZipMember = {
      name: 'large',
      size: count * zeros.length,
      async *chunks() {
        for (let i = 0; i < count; i++) yield zeros;
      },
    };
    const array = { dtype: 'int32', shape: [3], data: Int32Array.of(7, 8, 9) } as const;
    const small = { name: 'small.npy', size: npyLength(array), chunks: () => npyChunks(array) };
    const { source } = await archiveOf([large, small], zeros);
    const file = await openNpz(source);
    expect(file.names).toEqual(['large', 'small']);
    expect((await file.read('small')).data).toEqual(Int32Array.of(7, 8, 9));
    await expect(file.read('large')).rejects.toThrow('found an array of 4.1 GiB');
  });

  it('says when a member is not as long as it should be', async () => {
    const member = { ...memberOf('x', Uint8Array.of(1, 2, 3)), size: 4 };
    await expect(collectBytes(storedZipChunks([member]))).rejects.toThrow('got 3 bytes of x, expected 4');
  });
});

/** An archive of which pieces of zeros are not kept. */
async function archiveOf(members: readonly ZipMember[], zeros: Uint8Array) {
  const pieces: { start: number; bytes: Uint8Array }[] = [];
  let size = 0;
  for await (const piece of storedZipChunks(members)) {
    if (piece !== zeros) pieces.push({ start: size, bytes: piece.slice() });
    size += piece.length;
  }
  const source: ByteSource = {
    name: 'large.npz',
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      for (const piece of pieces) {
        const from = Math.max(offset, piece.start);
        const to = Math.min(offset + length, piece.start + piece.bytes.length);
        if (from < to) {
          bytes.set(piece.bytes.subarray(from - piece.start, to - piece.start), from - offset);
        }
      }
      return bytes;
    },
  };
  return { source };
}
