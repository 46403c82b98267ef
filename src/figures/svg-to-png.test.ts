import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fontFaces, svgToPng } from './svg-to-png.ts';

const svg = (content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#fff"/>${content}</svg>`;

function sizeOf(png: Uint8Array) {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

test('the PNG has the size of the picture times the scale', async () => {
  expect(sizeOf(await svgToPng(svg(''), 1))).toEqual([40, 20]);
  expect(sizeOf(await svgToPng(svg(''), 2.5))).toEqual([100, 50]);
});

test('the PNG holds the pixels of the picture, on white', async () => {
  const png = await svgToPng(
    '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"><rect x="1" y="1" width="1" height="1" fill="#0a141e"/></svg>',
    1,
  );
  // 8 bytes of signature and 25 of the header; then length and name of the data.
  const length = new DataView(png.buffer).getUint32(33);
  expect(png[25]).toBe(6);
  const white = [255, 255, 255, 255];
  expect([...inflateSync(png.subarray(41, 41 + length))]).toEqual([
    ...[0, ...white, ...white, ...white],
    ...[0, ...white, 10, 20, 30, 255, ...white],
  ]);
});

test('text is drawn with the fonts of the package, in both weights', async () => {
  const text = (weight: number) =>
    svgToPng(svg(`<text y="15" font-family="Inter, Arial" font-weight="${weight}">µm</text>`), 2);
  const blank = await svgToPng(svg(''), 2);
  expect(await text(400)).not.toEqual(blank);
  expect(await text(600)).not.toEqual(await text(400));
});

test('the fonts can be given to a page, as they are in their files', async () => {
  const faces = [
    ...(await fontFaces()).matchAll(/font-weight: (\d+); src: url\(data:font\/ttf;base64,([^)]+)\)/g),
  ];
  expect(faces.map(([, weight]) => weight)).toEqual(['400', '600']);
  for (const [i, name] of ['Regular', 'SemiBold'].entries()) {
    const file = readFileSync(new URL(`./fonts/Inter-${name}.ttf`, import.meta.url));
    expect(Buffer.compare(Buffer.from(faces[i][2], 'base64'), file)).toBe(0);
  }
});

test('the same picture gives the same bytes', async () => {
  const content = '<text y="15" font-family="Inter">Δ</text><circle cx="30" cy="9" r="5"/>';
  expect(await svgToPng(svg(content), 3)).toEqual(await svgToPng(svg(content), 3));
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('scale %s is refused', async (scale) => {
  await expect(svgToPng(svg(''), scale)).rejects.toThrow(RangeError);
});
