/** The checksum of ZIP archives where the platform has it built in. */

/** CRC-32 of `bytes` behind those that gave `before`; undefined where only plain JavaScript could compute it. */
export const builtInCrc32: ((bytes: Uint8Array, before?: number) => number) | undefined =
  globalThis.process?.getBuiltinModule?.('node:zlib').crc32;
