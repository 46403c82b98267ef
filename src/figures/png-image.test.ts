import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32, encodePng, type PaletteImage, pngDataUri, type Rgb } from './png-image.ts';

const PALETTE: Rgb[] = Array.from({ length: 256 }, (_, i) => [i, 255 - i, (7 * i) % 256]);

/** Pixels of a palette PNG without filters; checks the length and the checksum of every chunk. */
function decode(png: Uint8Array) {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(bytes.subarray(at + 4, at + 8 + length)));
    chunks.set(type, bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const header = chunks.get('IHDR') ?? Buffer.alloc(13);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  expect(rows).toHaveLength(height * (width + 1));
  const pixels = Array.from({ length: height }, (_, y) => {
    expect(rows[y * (width + 1)]).toBe(0);
    return [...rows.subarray(y * (width + 1) + 1, (y + 1) * (width + 1))];
  });
  return { width, height, pixels: pixels.flat(), palette: chunks.get('PLTE') };
}

test('crc32 has its check value', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
});

test('an independent decoder gives the pixels back', () => {
  const image = fc
    .record({
      width: fc.integer({ min: 1, max: 60 }),
      height: fc.integer({ min: 1, max: 40 }),
      kinds: fc.integer({ min: 1, max: 256 }),
    })
    .chain(({ width, height, kinds }) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        pixels: fc
          .uint8Array({ minLength: width * height, maxLength: width * height })
          .map((p) => p.map((v) => v % kinds)),
      }),
    );
  fc.assert(
    fc.property(image, ({ width, height, pixels }) => {
      const decoded = decode(encodePng({ width, height, pixels, palette: PALETTE }));
      expect(decoded.pixels).toEqual([...pixels]);
      expect([decoded.width, decoded.height]).toEqual([width, height]);
      expect([...(decoded.palette ?? [])]).toEqual(PALETTE.flat());
    }),
  );
});

test('long runs and rows wider than the reach of deflate come back unchanged', () => {
  for (const [width, height] of [
    [700, 300],
    [40_000, 3],
  ]) {
    const pixels = Uint8Array.from({ length: width * height }, (_, i) => Math.floor((i % width) / 97) % 200);
    const png = encodePng({ width, height, pixels, palette: PALETTE });
    expect(Buffer.compare(Buffer.from(decode(png).pixels), pixels)).toBe(0);
    expect(png.length).toBeLessThan((width * height) / 10);
  }
});

test('the data URI holds the bytes of the image', () => {
  const image: PaletteImage = { width: 3, height: 1, pixels: Uint8Array.of(0, 1, 2), palette: PALETTE };
  const [head, body] = pngDataUri(image).split(',');
  expect(head).toBe('data:image/png;base64');
  expect(Buffer.from(body, 'base64')).toEqual(Buffer.from(encodePng(image)));
});

test('images that do not fit their size are refused', () => {
  const wrong = { width: 2, height: 2, pixels: new Uint8Array(3), palette: PALETTE };
  expect(() => encodePng(wrong)).toThrow('encodePng: got 3 pixels, expected 2 × 2');
  expect(() => encodePng({ ...wrong, pixels: new Uint8Array(4), palette: [] })).toThrow(RangeError);
});
