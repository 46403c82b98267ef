/**
 * PNG (PNG 1.2). Small images as data URIs: palette colours, deflate with fixed Huffman codes and matches of one pixel or one row
 * back (RFC 1950, 1951). The bytes depend on the pixels alone.
 */

export type Rgb = readonly [number, number, number];

/** Palette image in row order. */
export interface PaletteImage {
  readonly width: number;
  readonly height: number;
  /** (height, width) palette index. */
  readonly pixels: Uint8Array;
  /** At most 256 colours. */
  readonly palette: readonly Rgb[];
}

/** @throws RangeError when the pixels do not fill the image, or the palette is empty or too long */
export function encodePng(image: PaletteImage): Uint8Array {
  const { width, height, pixels, palette } = image;
  if (!(width > 0 && height > 0 && pixels.length === width * height)) {
    throw new RangeError(`encodePng: got ${pixels.length} pixels, expected ${width} × ${height}`);
  }
  if (!(palette.length > 0 && palette.length <= 256)) {
    throw new RangeError(`encodePng: got ${palette.length} colours, expected 1 to 256`);
  }
  return concatBytes([
    ...pngBegin(width, height, 'palette'),
    chunk('PLTE', Uint8Array.from(palette.flat())),
    ...pngEnd(zlibStream(filteredRows(pixels, width), width + 1)),
  ]);
}

/** As the header tells them: 8 bits a channel. */
const COLOUR_TYPES = { palette: 3, rgba: 6 };

function pngBegin(width: number, height: number, colours: keyof typeof COLOUR_TYPES): Uint8Array[] {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOUR_TYPES[colours], 0, 0, 0], 8);
  return [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), chunk('IHDR', header)];
}

const pngEnd = (compressed: Uint8Array): Uint8Array[] => [
  chunk('IDAT', compressed),
  chunk('IEND', new Uint8Array(0)),
];

/** Every row begins with its filter, 0: none. @param stride bytes of a row */
function filteredRows(pixels: Uint8Array, stride: number): Uint8Array {
  const height = pixels.length / stride;
  const rows = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++)
    rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  return rows;
}

/**
 * @param pixels (height, width, 4) red, green, blue, opacity
 * @param compress makes a zlib stream
 */
export async function encodeRgbaPng(
  { width, height, pixels }: Omit<PaletteImage, 'palette'>,
  compress: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = await compress(filteredRows(pixels, 4 * width));
  return concatBytes([...pngBegin(width, height, 'rgba'), ...pngEnd(compressed)]);
}

/** The image as `data:image/png;base64,…`. */
export function pngDataUri(image: PaletteImage): string {
  const bytes = encodePng(image);
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  }
  return `data:image/png;base64,${btoa(binary)}`;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(data.length + 8, crc32(out.subarray(4, data.length + 8)));
  return out;
}

function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 as PNG and zip use it. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC_TABLE[(c ^ byte) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

const MIN_MATCH = 3;
const MAX_MATCH = 258;
const MAX_DISTANCE = 32768;

/** One zlib stream with a single fixed-Huffman block; matches reach back one byte or `stride` bytes. */
function zlibStream(bytes: Uint8Array, stride: number): Uint8Array {
  const out = new BitWriter(64 + 2 * bytes.length);
  out.bits(0x78, 8);
  out.bits(0x01, 8);
  out.bits(0b011, 3); // last block, fixed codes
  const distances = stride <= MAX_DISTANCE ? [1, stride] : [1];
  let at = 0;
  while (at < bytes.length) {
    let length = 0;
    let distance = 0;
    for (const candidate of distances) {
      const found = matchLength(bytes, at, candidate);
      if (found > length) [length, distance] = [found, candidate];
    }
    if (length >= MIN_MATCH) {
      out.match(length, distance);
      at += length;
    } else {
      out.literal(bytes[at++]);
    }
  }
  out.literal(256); // end of block
  return concatBytes([out.finish(), bigEndian(adler32(bytes))]);
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function matchLength(bytes: Uint8Array, at: number, distance: number): number {
  if (at < distance) return 0;
  const most = Math.min(MAX_MATCH, bytes.length - at);
  let length = 0;
  while (length < most && bytes[at + length] === bytes[at + length - distance]) length++;
  return length;
}

/** First length and number of extra bits of the length codes 257 … 285 (RFC 1951, 3.2.5). */
const LENGTHS = codeTable(28, 3, (i) => (i < 8 ? 0 : (i >> 2) - 1)).concat([{ base: 258, extra: 0 }]);
/** The same of the distance codes 0 … 29. */
const DISTANCES = codeTable(30, 1, (i) => (i < 4 ? 0 : (i >> 1) - 1));

function codeTable(codes: number, first: number, extraOf: (code: number) => number) {
  let base = first;
  return Array.from({ length: codes }, (_, code) => {
    const entry = { base, extra: extraOf(code) };
    base += 1 << entry.extra;
    return entry;
  });
}

/** Huffman codes stand with their most significant bit first. */
function reversed(code: number, length: number): number {
  let bits = 0;
  for (let i = 0; i < length; i++) bits |= ((code >> i) & 1) << (length - 1 - i);
  return bits;
}

/** Fixed codes of literals, end of block and lengths (RFC 1951, 3.2.6). */
const SYMBOL_CODES = Uint16Array.from({ length: 286 }, (_, symbol) => {
  if (symbol < 144) return reversed(0x30 + symbol, 8);
  if (symbol < 256) return reversed(0x190 + symbol - 144, 9);
  if (symbol < 280) return reversed(symbol - 256, 7);
  return reversed(0xc0 + symbol - 280, 8);
});

/** Bits from the least significant on, as deflate packs them. */
class BitWriter {
  private readonly bytes: Uint8Array;
  private length = 0;
  private buffer = 0;
  private filled = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  bits(value: number, count: number): void {
    this.buffer |= value << this.filled;
    this.filled += count;
    while (this.filled >= 8) {
      this.bytes[this.length++] = this.buffer & 0xff;
      this.buffer >>>= 8;
      this.filled -= 8;
    }
  }

  /** Literal byte, end of block or length code. */
  literal(symbol: number): void {
    this.bits(SYMBOL_CODES[symbol], symbol < 144 || symbol > 279 ? 8 : symbol < 256 ? 9 : 7);
  }

  match(length: number, distance: number): void {
    const lengthCode = LENGTHS.findLastIndex((entry) => entry.base <= length);
    this.literal(257 + lengthCode);
    this.bits(length - LENGTHS[lengthCode].base, LENGTHS[lengthCode].extra);
    const distanceCode = DISTANCES.findLastIndex((entry) => entry.base <= distance);
    this.bits(reversed(distanceCode, 5), 5);
    this.bits(distance - DISTANCES[distanceCode].base, DISTANCES[distanceCode].extra);
  }

  finish(): Uint8Array {
    if (this.filled > 0) this.bits(0, 8 - this.filled);
    return this.bytes.slice(0, this.length);
  }
}
