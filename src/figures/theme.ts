/**
 * One grammar for all figures: page width, type sizes, colours, axes.
 * Sizes are CSS px (96 per inch), so that a page of `PAGE_WIDTH` prints 180 mm wide, two columns of a journal.
 */
import type { TopLevelSpec } from 'vega-lite';

/** Any figure before it is drawn. */
export type FigureSpec = TopLevelSpec;
/** What a page is composed of: a panel, or a row or column of panels. */
export type View = Extract<TopLevelSpec, { vconcat: unknown[] }>['vconcat'][number];
/** One layer of a panel. */
export type Layer = Extract<View, { layer: unknown[] }>['layer'][number];

/** 180 mm. */
export const PAGE_WIDTH = 680;
export const PAGE_PADDING = 10;
/** Space between panels for axis labels and titles. */
export const PANEL_GAP = 16;

export const FONT_FAMILY = 'Inter';
/** Sizes from 7 to 9.75 pt. */
export const FONT_SIZE = { label: 9.5, axisTitle: 10, panelTitle: 10.5, pageTitle: 13 };

/** The colour-blind safe palette of Okabe & Ito (2008), and greys. */
export const COLOURS = {
  blue: '#0072b2',
  vermillion: '#d55e00',
  green: '#009e73',
  orange: '#e69f00',
  sky: '#56b4e9',
  purple: '#cc79a7',
  ink: '#222222',
  muted: '#5f5f5f',
  grey: '#9a9a9a',
  paleGrey: '#e8e8e8',
  paper: '#ffffff',
} as const;

/** Named kinds of things and their colours, in drawing order (later ones lie on top). */
export interface Kinds {
  readonly names: readonly string[];
  readonly colours: readonly string[];
}

/** Unmatched and matched units or pairs, in every figure. */
export const MATCH_KINDS = {
  names: ['unmatched', 'matched'],
  colours: [COLOURS.grey, COLOURS.blue],
} as const satisfies Kinds;

/** Thresholds and discriminants, in every figure. */
export const THRESHOLD_COLOUR = COLOURS.vermillion;

/** Colours of shanks; they repeat after the eighth. */
export const SHANK_COLOURS = [
  COLOURS.blue,
  COLOURS.vermillion,
  COLOURS.green,
  COLOURS.orange,
  COLOURS.purple,
  COLOURS.sky,
  COLOURS.ink,
  COLOURS.grey,
] as const;

export const CONFIG: FigureSpec['config'] = {
  font: FONT_FAMILY,
  background: COLOURS.paper,
  padding: PAGE_PADDING,
  aria: false,
  view: { stroke: null },
  axis: {
    aria: false,
    grid: false,
    domainColor: COLOURS.muted,
    tickColor: COLOURS.muted,
    tickSize: 3,
    labelColor: COLOURS.ink,
    labelFontSize: FONT_SIZE.label,
    labelPadding: 2,
    titleColor: COLOURS.ink,
    titleFontSize: FONT_SIZE.axisTitle,
    titleFontWeight: 'normal',
    titlePadding: 4,
    labelFlush: false,
  },
  legend: {
    aria: false,
    labelColor: COLOURS.ink,
    labelFontSize: FONT_SIZE.label,
    labelLimit: 0,
    titleColor: COLOURS.ink,
    titleFontSize: FONT_SIZE.axisTitle,
    titleFontWeight: 'normal',
    titleLimit: 0,
    symbolStrokeWidth: 0,
    symbolOpacity: 1,
    columnPadding: 14,
    padding: 0,
    offset: 8,
  },
  title: {
    anchor: 'start',
    frame: 'group',
    limit: 0,
    color: COLOURS.ink,
    fontSize: FONT_SIZE.panelTitle,
    fontWeight: 600,
    offset: 6,
    subtitleColor: COLOURS.muted,
    subtitleFontSize: FONT_SIZE.label,
    subtitlePadding: 3,
    subtitleLineHeight: 13,
  },
  text: { color: COLOURS.ink, fontSize: FONT_SIZE.label },
};
