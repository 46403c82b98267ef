import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isCovered, textWidth } from './font-metrics.ts';

/** Advance widths, em, by code point, out of the tables cmap (format 4) and hmtx of a TrueType font. */
function readAdvances(name: string): Map<number, number> {
  const font = readFileSync(new URL(`./fonts/${name}`, import.meta.url));
  const table = (tag: string) => {
    for (let i = 0; i < font.readUInt16BE(4); i++) {
      const record = 12 + 16 * i;
      if (font.toString('latin1', record, record + 4) === tag)
        return font.subarray(font.readUInt32BE(record + 8));
    }
    throw new Error(`${name} has no table ${tag}`);
  };
  const unitsPerEm = table('head').readUInt16BE(18);
  const metrics = table('hhea').readUInt16BE(34);
  const hmtx = table('hmtx');
  const cmap = table('cmap');
  const advances = new Map<number, number>();
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const subtable = cmap.subarray(cmap.readUInt32BE(4 + 8 * i + 4));
    if (subtable.readUInt16BE(0) !== 4) continue;
    const segments = subtable.readUInt16BE(6) / 2;
    for (let s = 0; s < segments; s++) {
      const end = subtable.readUInt16BE(14 + 2 * s);
      const start = subtable.readUInt16BE(16 + 2 * (segments + s));
      const delta = subtable.readInt16BE(16 + 2 * (2 * segments + s));
      const offsetAt = 16 + 2 * (3 * segments + s);
      const offset = subtable.readUInt16BE(offsetAt);
      for (let code = start; code <= end && code !== 0xffff; code++) {
        const raw = offset === 0 ? code : subtable.readUInt16BE(offsetAt + offset + 2 * (code - start));
        const glyph = raw === 0 ? 0 : (raw + delta) & 0xffff;
        if (glyph !== 0) advances.set(code, hmtx.readUInt16BE(4 * Math.min(glyph, metrics - 1)) / unitsPerEm);
      }
    }
  }
  return advances;
}

test.each([
  ['Inter-Regular.ttf', 'regular'],
  ['Inter-SemiBold.ttf', 'semiBold'],
] as const)('the widths are those of %s', (file, style) => {
  const advances = readAdvances(file);
  expect(advances.size).toBeGreaterThan(250);
  for (const [code, advance] of advances) {
    const character = String.fromCodePoint(code);
    expect(isCovered(character)).toBe(true);
    expect(textWidth(character, 1, style), character).toBe(advance);
  }
});

test('the width of a text is the sum over its characters and grows with the size', () => {
  expect(textWidth('', 10)).toBe(0);
  expect(textWidth('Δy', 20)).toBeCloseTo(2 * (textWidth('Δ', 10) + textWidth('y', 10)), 12);
});

test('characters that the font lacks are told apart', () => {
  expect(isCovered('Similarity (Fisher z), −0.5 µm')).toBe(true);
  expect(isCovered('漢')).toBe(false);
  expect(textWidth('漢', 10)).toBeGreaterThan(0);
});
