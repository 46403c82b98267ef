/** The checksum of ZIP archives. */

/** Built in, it takes a tenth of the time. */
const builtIn: ((bytes: Uint8Array, before?: number) => number) | undefined =
  globalThis.process?.getBuiltinModule?.('node:zlib').crc32;

/** CRC-32 of `bytes` behind those that gave `before`. */
export const crc32: (bytes: Uint8Array, before?: number) => number = builtIn ?? plainCrc32;

/** The same in plain JavaScript. */
export function plainCrc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
