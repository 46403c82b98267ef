/** What figures are put together from: pages, panels, axes, keys to colours. */
import { textWidth } from './font-metrics.ts';
import {
  COLOURS,
  CONFIG,
  type FigureSpec,
  FONT_SIZE,
  type Kinds,
  type Layer,
  PAGE_PADDING,
  PAGE_WIDTH,
  PANEL_GAP,
  type View,
} from './theme.ts';

/** Place and title of one panel. */
export interface Frame {
  /** Of the drawing area, px. */
  readonly width: number;
  readonly height: number;
  readonly title?: string;
  readonly subtitle?: readonly string[];
  /** Names the y axis, unless the panel to the left has the same one; true by default. */
  readonly yTitle?: boolean;
  /** Names the x axis, unless the panel below has the same one; true by default. */
  readonly xTitle?: boolean;
  /** Where colours are explained: in the legend of the page (the default), or in one line above the panel. */
  readonly key?: 'page' | 'panel';
}

/** Height of the line with the key of a panel, and of a line of its title, px. */
const KEY_HEIGHT = 14;
const TITLE_LINE = 13;

/** A panel: its title, the key to its colours if it has its own, and its layers. */
export function panelOf(frame: Frame, layers: readonly Layer[], kinds?: Kinds): View {
  const { width, height } = frame;
  return {
    width,
    height,
    layer: [...layers, ...(kinds ? keyLayers(kinds, frame) : []), ...titleLayers(frame)],
  };
}

/** Titles stand at a fixed height, so that those of a row are level whatever their axes need. */
function titleLayers({ title, subtitle = [], key }: Frame): Layer[] {
  if (!title) return [];
  const bottom = key === 'panel' ? KEY_HEIGHT : 4;
  const line = (text: string, above: number, style: object): Layer => ({
    data: { values: [{ text }] },
    mark: {
      type: 'text',
      align: 'left',
      baseline: 'bottom',
      x: 0,
      y: -bottom - above * TITLE_LINE,
      ...style,
    },
    encoding: { text: { field: 'text' } },
  });
  return [
    line(title, subtitle.length, { fontWeight: 600, fontSize: FONT_SIZE.panelTitle }),
    ...subtitle.map((text, i) => line(text, subtitle.length - 1 - i, { color: COLOURS.muted })),
  ];
}

/** Colour channel of named kinds; its legend stands above the page unless the panel has a key of its own. */
export function colourOf(field: string, { names, colours }: Kinds, { key }: Frame) {
  return {
    field,
    type: 'nominal' as const,
    scale: { domain: [...names], range: [...colours] },
    legend:
      key === 'panel'
        ? null
        : { title: null, orient: 'top' as const, direction: 'horizontal' as const, symbolType: 'circle' },
  };
}

/** Dots and names in one line above the drawing area. */
function keyLayers({ names, colours }: Kinds, { key }: Frame): Layer[] {
  if (key !== 'panel') return [];
  let left = 4;
  const entries = names.map((name, i) => {
    const entry = { name, colour: colours[i], dot: left, left: left + 7 };
    left += 7 + textWidth(name, FONT_SIZE.label) + 12;
    return entry;
  });
  const y = -KEY_HEIGHT / 2;
  const place = (field: string) => ({ field, type: 'quantitative' as const, scale: null, axis: null });
  return [
    {
      data: { values: entries },
      mark: { type: 'circle', size: 36, opacity: 1, y },
      encoding: { x: place('dot'), color: { field: 'colour', type: 'nominal', scale: null } },
    },
    {
      data: { values: entries },
      mark: { type: 'text', align: 'left', baseline: 'middle', y },
      encoding: { x: place('left'), text: { field: 'name' } },
    },
  ];
}

/**
 * A figure: title, explanation, and panels in rows of `columns`.
 * @param subtitle one string per line; a line of the full page width holds about 125 characters
 * @param options `legends`: one above all panels (which then share their colours), or one for each panel
 */
export function page(
  title: string,
  subtitle: readonly string[],
  panels: readonly View[],
  { columns, legends = 'shared' }: { columns: number; legends?: 'shared' | 'own' },
): FigureSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: CONFIG,
    title: { text: title, subtitle: [...subtitle], fontSize: FONT_SIZE.pageTitle, offset: 14 },
    concat: [...panels],
    columns,
    spacing: PANEL_GAP,
    resolve: { scale: { color: legends === 'shared' ? 'shared' : 'independent' } },
  };
}

/** What the labels and the title of a y axis take, px. */
const Y_AXIS_WIDTH = 48;

/** Width of the drawing area of each of `columns` equal panels. */
export function panelWidth(columns: number): number {
  return Math.floor((PAGE_WIDTH - 2 * PAGE_PADDING - (columns - 1) * PANEL_GAP) / columns - Y_AXIS_WIDTH);
}

/** Panels side by side, each with its own colours. */
export function row(panels: readonly View[]): View {
  return { hconcat: [...panels], spacing: PANEL_GAP, resolve: { scale: { color: 'independent' } } };
}

/** A panel that says in words why there is nothing to draw. */
export function messagePanel(text: string, frame: Frame): View {
  return panelOf(frame, [
    {
      data: { values: [{ text }] },
      mark: { type: 'text', color: COLOURS.muted, align: 'left', baseline: 'top', x: 0, y: 8 },
      encoding: { text: { field: 'text' } },
    },
  ]);
}

/**
 * Axis from 0 to somewhat above `most`, with room at the top, so that no label reaches beyond the panel.
 * @param height px
 */
export function countAxis(most: number, height: number, { headroom = 7, tickMinStep = 0 } = {}) {
  const end = most > 0 ? most : 1;
  const wanted = end / Math.max(2, Math.round(height / 22));
  const power = 10 ** Math.floor(Math.log10(wanted));
  const nice = power * ([1, 2, 5].find((factor) => factor * power >= wanted * 0.999) ?? 10);
  const step = Math.max(nice, tickMinStep);
  const values: number[] = [];
  for (let i = 0; i * step <= end * 1.0001; i++) values.push(Number((i * step).toPrecision(12)));
  const room = height / (height - headroom);
  return { scale: { domain: [0, end * room], nice: false }, axis: { values } };
}

/** Area of a point, px², so that `points` of them do not cover the panel. */
export function pointSize(points: number, { width, height }: Frame): number {
  return Math.min(20, Math.max(1.5, (0.08 * width * height) / Math.max(1, points)));
}

/** Whole numbers with thousands separators, as figures show them. */
export function count(n: number, noun?: string, plural = `${noun}s`): string {
  const digits = String(n).replace(/\B(?=(\d{3})+$)/g, ',');
  return noun === undefined ? digits : `${digits} ${n === 1 ? noun : plural}`;
}

/** Rounded, with a real minus sign: a depth in µm. */
export function micrometres(value: number): string {
  const whole = Math.round(value);
  return `${whole < 0 ? '−' : ''}${count(Math.abs(whole))}`;
}

/** A similarity with two decimals and a real minus sign. */
export function fisherZ(value: number): string {
  return value.toFixed(2).replace('-', '−');
}
