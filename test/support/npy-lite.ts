/** Just enough of the .npy format to read golden arrays of numbers and booleans. */
import { readFileSync } from 'node:fs';

/** Values of a little-endian, C-order .npy file as float64, and its shape. */
export function readNpyLite(path: string): { data: Float64Array; shape: number[] } {
  const bytes = readFileSync(path);
  const headerLength = bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const start = bytes[6] === 1 ? 10 : 12;
  const header = bytes.toString('latin1', start, start + headerLength);
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? '';
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((s) => s.trim())
    .map(Number);
  const size = shape.reduce((product, n) => product * n, 1);
  const body = bytes.subarray(start + headerLength);
  const read = READERS[descr];
  if (!read || header.includes("'fortran_order': True")) throw new Error(`${path}: cannot read ${header}`);
  return { data: Float64Array.from({ length: size }, (_, i) => read(body, i)), shape };
}

const READERS: Record<string, (body: Buffer, i: number) => number> = {
  '<f8': (body, i) => body.readDoubleLE(8 * i),
  '<f4': (body, i) => body.readFloatLE(4 * i),
  '<i8': (body, i) => Number(body.readBigInt64LE(8 * i)),
  '<i4': (body, i) => body.readInt32LE(4 * i),
  '|b1': (body, i) => body[i],
};
