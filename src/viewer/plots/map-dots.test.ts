import { expect, it } from 'vitest';
import { paletteOf } from '../theme/palette.ts';
import { COLOURINGS, colourKeys, colourUnits } from './map-dots.ts';

const n = 400;
const units = {
  session: Int32Array.from({ length: n }, (_, u) => 1 + Math.floor(u / 100)),
  amplitude: Float32Array.from({ length: n }, (_, u) => (u === 7 ? Number.NaN : 5 + 3 * u)),
};
const labels = Int32Array.from({ length: n }, (_, u) => (u % 5 === 0 ? -1 : 1 + (u % 40)));

it('paints every unit once, in a colour of both palettes, those without one below the others', () => {
  for (const colouring of COLOURINGS) {
    const dots = colourUnits({ colouring, labels, units });
    expect(dots.flatMap(([, members]) => members).sort((a, b) => a - b)).toEqual([...labels.keys()]);
    expect(dots.findLastIndex(([role]) => role === undefined)).toBe(0);
    for (const [role] of dots.slice(1)) {
      for (const theme of ['light', 'dark'] as const) expect(paletteOf(theme, 4)).toHaveProperty([role!]);
    }
  }
  expect(colourUnits({ colouring: 'amplitude', labels, units })[0][1]).toEqual([7]);
});

it('lets no colour cover all others: the one painted last was painted before others too', () => {
  for (const colouring of COLOURINGS) {
    const roles = colourUnits({ colouring, labels, units }).map(([role]) => role);
    const last = roles[roles.length - 1];
    expect(new Set(roles.slice(roles.indexOf(last) + 1)).size).toBeGreaterThan(3);
  }
});

it('has a key in colours of the palette', () => {
  for (const colouring of COLOURINGS) {
    const keys = colourKeys(colouring, 4);
    expect(keys.length).toBeGreaterThan(0);
    for (const { colour } of keys) {
      expect(paletteOf('light', 4)).toHaveProperty([/^var\(--(.*)\)$/.exec(colour)?.[1] ?? colour]);
    }
  }
  expect(colourKeys('session', 4).map(({ name }) => name)).toEqual(['session 1', '2', '3', '4']);
});
