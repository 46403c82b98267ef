/** Matrices as pictures: an embedded image with axes, a colour legend and lines around it. */

import { type Frame, panelOf } from './panel.ts';
import { pngDataUri, type Rgb } from './png-image.ts';
import { COLOURS, FONT_SIZE, type Layer, type View } from './theme.ts';

/** Viridis (Smith & van der Walt 2015), ten stops from low to high. */
export const VIRIDIS = [
  '#440154',
  '#482878',
  '#3e4989',
  '#31688e',
  '#26828e',
  '#1f9e89',
  '#35b779',
  '#6ece58',
  '#b5de2b',
  '#fde725',
] as const;
/** From absent to present. */
export const PRESENCE = [COLOURS.paleGrey, COLOURS.blue] as const;

/** A matrix to be shown, first row on top. */
export interface HeatMap {
  readonly width: number;
  readonly height: number;
  /** (height, width); NaN is shown as missing. */
  readonly values: Float64Array;
}

export interface HeatMapColours {
  /** Values of the first and the last colour; values beyond take the end colours. */
  readonly domain: readonly [number, number];
  /** Colours from low to high, interpolated linearly in RGB. */
  readonly stops: readonly string[];
}

/** Cells are enlarged until a side has at least this many pixels: many viewers blur what they enlarge themselves. */
const MIN_PIXELS = 400;
const LEVELS = 255;
const MISSING: Rgb = [0xe8, 0xe8, 0xe8];

/** The heat map as a PNG data URI. */
function heatMapUri(map: HeatMap, { domain: [low, high], stops }: HeatMapColours): string {
  const [across, down] = [map.width, map.height].map((cells) => Math.max(1, Math.ceil(MIN_PIXELS / cells)));
  const width = map.width * across;
  const pixels = new Uint8Array(width * map.height * down);
  const line = new Uint8Array(width);
  for (let row = 0; row < map.height; row++) {
    for (let column = 0; column < map.width; column++) {
      const place = (map.values[row * map.width + column] - low) / (high - low);
      const level = Number.isNaN(place) ? LEVELS : Math.round(Math.min(1, Math.max(0, place)) * (LEVELS - 1));
      line.fill(level, column * across, (column + 1) * across);
    }
    for (let copy = 0; copy < down; copy++) pixels.set(line, (row * down + copy) * width);
  }
  const palette = Array.from({ length: LEVELS }, (_, i) => interpolate(stops, i / (LEVELS - 1)));
  return pngDataUri({ width, height: map.height * down, pixels, palette: [...palette, MISSING] });
}

function interpolate(stops: readonly string[], place: number): Rgb {
  const at = place * (stops.length - 1);
  const first = Math.min(Math.floor(at), stops.length - 2);
  const [from, to] = [parseColour(stops[first]), parseColour(stops[first + 1])];
  const mix = (c: 0 | 1 | 2) => Math.round(from[c] + (at - first) * (to[c] - from[c]));
  return [mix(0), mix(1), mix(2)];
}

function parseColour(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

/** Axis of a heat map, in units of cells: cell i lies between i and i + 1. */
export interface CellAxis {
  readonly title: string | null;
  /** Marked cells: their centres and names. */
  readonly labels: readonly { readonly at: number; readonly text: string }[];
  /** Positions of separating lines. */
  readonly lines?: readonly number[];
}

export interface HeatMapContent {
  readonly map: HeatMap;
  readonly colours: HeatMapColours;
  readonly x: CellAxis;
  readonly y: CellAxis;
  /** Title of the colour legend; without one there is no legend. */
  readonly legend?: string;
  /** d3 format of the legend's numbers. */
  readonly legendFormat?: string;
}

export function heatMapPanel(content: HeatMapContent, frame: Frame): View {
  const { map, colours, x, y, legend, legendFormat } = content;
  const { width, height } = frame;
  const [low, high] = colours.domain;
  const image: Layer = {
    data: { values: [{ low }, { low: high }] },
    mark: { type: 'point', size: 0, opacity: 1 },
    encoding: {
      color: {
        field: 'low',
        type: 'quantitative',
        scale: { domain: [low, high], range: [...colours.stops], interpolate: 'rgb' },
        legend:
          legend === undefined
            ? null
            : {
                title: legend,
                orient: 'right',
                gradientLength: Math.min(height, 120),
                gradientThickness: 8,
                tickCount: 4,
                format: legendFormat,
                offset: 6,
                titlePadding: 6,
              },
      },
    },
  };
  return panelOf(frame, [
    {
      // As a value of the mark Vega would compile the whole picture as part of a program.
      data: { values: [{ url: heatMapUri(map, colours) }] },
      mark: {
        type: 'image',
        x: 0,
        y: 0,
        width,
        height,
        align: 'left',
        baseline: 'top',
        aspect: false,
        smooth: false,
      },
      encoding: { url: { field: 'url', type: 'nominal' } },
    },
    image,
    ...axisLayers('x', x, { cells: map.width, width, height }),
    ...axisLayers('y', y, { cells: map.height, width, height }),
  ]);
}

interface Extent {
  readonly cells: number;
  readonly width: number;
  readonly height: number;
}

/** Labels, separating lines and title of one axis, placed in px. */
function axisLayers(side: 'x' | 'y', axis: CellAxis, { cells, width, height }: Extent): Layer[] {
  const length = side === 'x' ? width : height;
  const px = (at: number) => (at / cells) * length;
  const labels = axis.labels.map(({ at, text }) => ({ at: px(at), text }));
  const position = { field: 'at', type: 'quantitative' as const, scale: null, axis: null };
  const widest = labels.reduce((most, { text }) => Math.max(most, text.length), 0) * 5.5;
  const layers: Layer[] = [];
  if (axis.lines && axis.lines.length > 0) {
    layers.push({
      data: { values: axis.lines.map((line) => ({ at: px(line) })) },
      mark: {
        type: 'rule',
        color: COLOURS.paper,
        strokeWidth: 0.5,
        opacity: 0.7,
        ...(side === 'x' ? { y: 0, y2: height } : { x: 0, x2: width }),
      },
      encoding: { [side]: position },
    });
  }
  layers.push({
    data: { values: labels },
    mark:
      side === 'x'
        ? { type: 'text', baseline: 'top', y: height + 4 }
        : { type: 'text', align: 'right', baseline: 'middle', x: -4 },
    encoding: { [side]: position, text: { field: 'text' } },
  });
  if (axis.title !== null) {
    layers.push({
      data: { values: [{ text: axis.title }] },
      mark:
        side === 'x'
          ? { type: 'text', baseline: 'top', fontSize: FONT_SIZE.axisTitle, x: width / 2, y: height + 19 }
          : {
              type: 'text',
              baseline: 'bottom',
              fontSize: FONT_SIZE.axisTitle,
              angle: 270,
              x: -widest - 8,
              y: height / 2,
            },
      encoding: { text: { field: 'text' } },
    });
  }
  return layers;
}
