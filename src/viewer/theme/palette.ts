/**
 * Colours of the application by role, in both themes. Charts name them as `var(--role)`; pages, canvases and exported
 * pictures all resolve that to the same values. The light ones are those of the figures.
 */
import { VIRIDIS } from '../../figures/heat-map.ts';
import { COLOURS } from '../../figures/theme.ts';

export type Theme = 'light' | 'dark';

const LIGHT = {
  ink: COLOURS.ink,
  muted: COLOURS.muted,
  grey: COLOURS.grey,
  'pale-grey': COLOURS.paleGrey,
  paper: COLOURS.paper,
  blue: COLOURS.blue,
  vermillion: COLOURS.vermillion,
  green: COLOURS.green,
  orange: COLOURS.orange,
  sky: COLOURS.sky,
  purple: COLOURS.purple,
  // What only the page has.
  page: '#f6f7f8',
  raised: '#ffffff',
  line: '#dcdfe2',
  'line-strong': '#8b9096',
  hover: '#eef2f5',
  chosen: '#dcebf5',
  accent: '#0068a3',
  'on-accent': '#ffffff',
  danger: '#b33a00',
  warn: '#7a5200',
  'warn-paper': '#fff4dc',
  good: '#00714f',
};

const DARK: Record<keyof typeof LIGHT, string> = {
  ink: '#e9ecef',
  muted: '#a9b1b8',
  grey: '#80888f',
  'pale-grey': '#2c3238',
  paper: '#1a1e22',
  blue: '#4ba3dc',
  vermillion: '#ff8142',
  green: '#2fc39a',
  orange: '#f2b632',
  sky: '#8ccbf0',
  purple: '#dd9cc0',
  page: '#121517',
  raised: '#1a1e22',
  line: '#31373d',
  'line-strong': '#747d85',
  hover: '#242a30',
  chosen: '#1d3a4e',
  accent: '#6db9ea',
  'on-accent': '#0c1a24',
  danger: '#ff9166',
  warn: '#f2c45a',
  'warn-paper': '#35290f',
  good: '#4fd0a6',
};

export type Role = keyof typeof LIGHT;

/** Names of custom properties without the dashes → values. */
export type Palette = Readonly<Record<string, string>>;

/** A colour by its role. */
export const ink = (role: Role) => `var(--${role})`;
/** The colour of a session, 1..N: early ones dark blue, late ones yellow (in the dark theme: bright). */
export const sessionInk = (session: number) => `var(--session-${session})`;

/** The colour of an amplitude from 20 (0) to 500 µV (1) on a logarithmic scale, in 16 steps; by its role. */
export const amplitudeRole = (place: number) => `amplitude-${Math.round(place * AMPLITUDE_STEPS)}`;
const AMPLITUDE_STEPS = 15;

/** The colour of a neuron, by its id from 1; by its role. Neighbouring ids are often neighbours in depth: they are spread. */
export const neuronRole = (id: number) => `neuron-${(id * 5) % NEURON_HUES.light.length}`;

/** Parts of viridis that keep contrast to the paper. */
const VIRIDIS_RANGE: Record<Theme, readonly [number, number]> = { light: [0, 0.88], dark: [0.22, 1] };

export function paletteOf(theme: Theme, sessionCount: number): Palette {
  const palette: Record<string, string> = { ...(theme === 'light' ? LIGHT : DARK) };
  const [low, high] = VIRIDIS_RANGE[theme];
  for (let s = 1; s <= sessionCount; s++) {
    const place = sessionCount > 1 ? (s - 1) / (sessionCount - 1) : 0;
    palette[`session-${s}`] = viridis(low + place * (high - low));
  }
  for (let step = 0; step <= AMPLITUDE_STEPS; step++) {
    palette[`amplitude-${step}`] = viridis(low + (step / AMPLITUDE_STEPS) * (high - low));
  }
  NEURON_HUES[theme].forEach((hue, i) => {
    palette[`neuron-${i}`] = hue;
  });
  return palette;
}

/** `var(--name)` in a text replaced by its value. */
export function resolveColours(text: string, palette: Palette): string {
  return text.replace(/var\(--([\w-]+)\)/g, (whole, name: string) => palette[name] ?? whole);
}

/** Viridis at 0..1 as `#rrggbb`. */
export function viridis(place: number): string {
  const [r, g, b] = viridisRgb(place);
  return `#${((1 << 24) | (r << 16) | (g << 8) | b).toString(16).slice(1)}`;
}

const STOPS = VIRIDIS.map((hex) => {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff] as const;
});

export function viridisRgb(place: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, place)) * (STOPS.length - 1);
  const i = Math.min(Math.floor(at), STOPS.length - 2);
  const mix = (c: 0 | 1 | 2) => Math.round(STOPS[i][c] + (at - i) * (STOPS[i + 1][c] - STOPS[i][c]));
  return [mix(0), mix(1), mix(2)];
}

/** Twelve colours told apart on both papers, for neurons on a map; they repeat. */
const NEURON_HUES: Record<Theme, readonly string[]> = {
  light: [
    '#0072b2',
    '#d55e00',
    '#009e73',
    '#a8489a',
    '#b58900',
    '#3f6bd8',
    '#c2334d',
    '#5a7d2a',
    '#0a8fa8',
    '#8357c5',
    '#8c5a2b',
    '#d0408f',
  ],
  dark: [
    '#4ba3dc',
    '#ff8142',
    '#2fc39a',
    '#dd8fd0',
    '#e0b83c',
    '#86a3ff',
    '#ff7d90',
    '#a3cc63',
    '#4fd0e6',
    '#b79bf2',
    '#d3a06d',
    '#ff8ac6',
  ],
};

/** Makes the palette the page's custom properties. */
export function applyPalette(theme: Theme, sessionCount: number): void {
  const { style } = document.documentElement;
  style.colorScheme = theme;
  document.documentElement.dataset.theme = theme;
  for (const [name, value] of Object.entries(paletteOf(theme, sessionCount)))
    style.setProperty(`--${name}`, value);
}
