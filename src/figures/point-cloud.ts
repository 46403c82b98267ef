/** Clouds of thousands of points, drawn as a few paths: a mark for each point would make pictures of megabytes. */
import { colourOf, type Frame, pointSize } from './panel.ts';
import { type Layer, MATCH_KINDS } from './theme.ts';

/** Points of one colour. */
interface Cloud {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly colour: string;
  /** 0..1 */
  readonly opacity: number;
}

/** Ends of the linear axes of the panel. */
interface Axes {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

type MatchKind = (typeof MATCH_KINDS.names)[number];

/** A point of a unit or pair, matched or not. */
export interface MatchPoint {
  readonly x: number;
  readonly y: number;
  readonly kind: MatchKind;
}

/** Scale and axis of a panel along one direction. */
export interface PlaneAxis {
  readonly title: string | null;
  /** Ends of the axis. */
  readonly scale: { readonly domain: readonly [number, number] };
  /** Ticks, as Vega-Lite takes them. */
  readonly axis: object;
}

/** Layers of a panel with its axes, the key of the two colours, and a dot for every point, unmatched ones lowest. */
export function matchClouds(
  points: readonly MatchPoint[],
  { x, y, opacity }: { x: PlaneAxis; y: PlaneAxis; opacity: Readonly<Record<MatchKind, number>> },
  frame: Frame,
): Layer[] {
  const empty: Layer = {
    data: { values: [] },
    mark: { type: 'circle' },
    encoding: { ...planeEncoding(x, y), color: colourOf('kind', MATCH_KINDS, frame) },
  };
  const clouds = MATCH_KINDS.names.map((name, i) => ({
    points: points.filter(({ kind }) => kind === name),
    colour: MATCH_KINDS.colours[i],
    opacity: opacity[name],
  }));
  return [empty, ...pointClouds(clouds, { x: x.scale.domain, y: y.scale.domain }, frame)];
}

/** Places of marks with fields `x` and `y`. */
export function planeEncoding(x: PlaneAxis, y: PlaneAxis) {
  const along = (field: 'x' | 'y', { title, scale, axis }: PlaneAxis) => ({
    ...{ field, type: 'quantitative' as const, title, axis },
    scale: { nice: false, zero: false, ...scale, domain: [...scale.domain] },
  });
  return { x: along('x', x), y: along('y', y) };
}

/** Paths of one cloud. Points of one path do not darken where they cover each other, points of different paths do. */
const PATHS = 8;

/**
 * Layers of a panel with a dot for every point, those of the first cloud lowest. Points beyond the axes are left out. The panel takes its axes from
 * another layer.
 */
export function pointClouds(clouds: readonly Cloud[], axes: Axes, frame: Frame): Layer[] {
  const total = clouds.reduce((sum, { points }) => sum + points.length, 0);
  // As for the circles of Vega, the size is that of the square around them.
  const diameter = Math.sqrt(pointSize(total, frame));
  return clouds.map(({ points, colour, opacity }) => ({
    data: { values: dotPaths(points, axes, frame).map((path) => ({ path })) },
    mark: {
      ...{ type: 'point', filled: false, x: 0, y: 0, stroke: colour, strokeOpacity: opacity, opacity: 1 },
      // A shape of 4 px² keeps its coordinates. Were the mark itself translucent, each would be blended as a whole picture.
      ...{ size: 4, strokeWidth: diameter, strokeCap: 'round' },
    },
    encoding: { shape: { field: 'path', type: 'nominal', scale: null, legend: null } },
  }));
}

/** SVG paths of the dots, px from the upper left corner of the panel: lines of a hundredth of a pixel, whose round ends are seen. */
export function dotPaths(points: Cloud['points'], axes: Axes, { width, height }: Frame): string[] {
  const paths = Array.from({ length: PATHS }, () => [] as string[]);
  const across = width / (axes.x[1] - axes.x[0]);
  const up = height / (axes.y[1] - axes.y[0]);
  for (const [i, point] of points.entries()) {
    const x = (point.x - axes.x[0]) * across;
    const y = (axes.y[1] - point.y) * up;
    if (!(x >= 0 && x <= width && y >= 0 && y <= height)) continue;
    const [left, top] = [x.toFixed(1), y.toFixed(1)];
    paths[i % PATHS].push(`M${left},${top}L${left}1,${top}`);
  }
  return paths.filter((dots) => dots.length > 0).map((dots) => dots.join(''));
}
