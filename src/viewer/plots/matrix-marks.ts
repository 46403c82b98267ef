/** What stands around and over the similarity matrix: ticks, edges of sessions, outlines of neurons, values. */
import type { MatrixOrder } from '../../server/protocol.ts';
import type { Area } from '../charts/plot.tsx';
import { formatNumber } from '../charts/scale.ts';
import type { Viewport } from '../charts/use-pan-zoom.ts';
import type { Palette } from '../theme/palette.ts';
import type { MatrixTiles } from './matrix-tiles.ts';

/** Cells from this size on carry their value, px. */
const VALUE_SIZE = 30;
/** Cells from this size on have outlines where they belong to one neuron, px. */
const OUTLINE_SIZE = 3;

/** Places before which a property changes. */
export function edgesOf(units: Int32Array, property: (unit: number) => number): number[] {
  const edges: number[] = [];
  for (let i = 1; i < units.length; i++) if (property(units[i]) !== property(units[i - 1])) edges.push(i);
  return edges;
}

/** Runs of places that belong to one neuron: first place, length. */
export function neuronRuns(units: Int32Array, labels: Int32Array): (readonly [number, number])[] {
  const runs: (readonly [number, number])[] = [];
  for (let from = 0; from < units.length; ) {
    let to = from + 1;
    while (to < units.length && labels[units[to]] > 0 && labels[units[to]] === labels[units[from]]) to++;
    if (to - from > 1) runs.push([from, to - from]);
    from = to;
  }
  return runs;
}

export function axisTicks(
  units: Int32Array,
  session: Int32Array,
  order: MatrixOrder,
  domain: readonly [number, number],
) {
  const n = units.length;
  const [low, high] = [Math.max(0, Math.min(...domain)), Math.min(n, Math.max(...domain))];
  const isClose = high - low <= 34;
  if (isClose || order === 'leaf') {
    const every = Math.max(1, Math.ceil((high - low) / 14));
    const list = [];
    for (let i = Math.ceil(low / every) * every; i < high; i += every) {
      list.push({ at: i + (isClose ? 0.5 : 0), text: isClose ? `u${units[i]}` : formatNumber(i) });
    }
    return { label: isClose ? 'Unit' : 'Place in the tree', list };
  }
  const list: { at: number; text: string }[] = [];
  for (let from = 0; from < n; ) {
    let to = from + 1;
    while (to < n && session[units[to]] === session[units[from]]) to++;
    const [a, b] = [Math.max(from, low), Math.min(to, high)];
    if (b > a && (b - a) / (high - low) > 0.02)
      list.push({ at: (a + b) / 2, text: String(session[units[from]]) });
    from = to;
  }
  return { label: 'Session', list };
}

export function paintLines(
  context: CanvasRenderingContext2D,
  area: Area,
  edges: readonly number[],
  palette: Palette,
  n: number,
): void {
  context.strokeStyle = palette.paper;
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  context.beginPath();
  const [x0, x1] = [area.x(0), area.x(n)];
  const [y0, y1] = [area.y(0), area.y(n)];
  for (const edge of edges) {
    const [x, y] = [area.x(edge), area.y(edge)];
    if (x >= 0 && x <= area.width) context.rect(x, y0, 0, y1 - y0);
    if (y >= 0 && y <= area.height) context.rect(x0, y, x1 - x0, 0);
  }
  context.stroke();
  context.globalAlpha = 1;
}

interface Outlined {
  readonly runs: readonly (readonly [number, number])[];
  readonly units: Int32Array;
  readonly labels: Int32Array;
  readonly tiles: MatrixTiles;
  readonly isOrdered: boolean;
}

/** Outlines of neurons, and values where there is room. */
export function paintOutlines(
  context: CanvasRenderingContext2D,
  area: Area,
  what: Outlined,
  palette: Palette,
): void {
  const { runs, units, labels, tiles, isOrdered } = what;
  const cell = area.x(1) - area.x(0);
  const cellHeight = area.y(1) - area.y(0);
  context.strokeStyle = palette.vermillion;
  context.lineWidth = 1.2;
  context.beginPath();
  if (isOrdered) {
    for (const [from, length] of runs) {
      const [x, y] = [area.x(from), area.y(from)];
      const side = length * cell;
      if (side >= 2.5 && x < area.width && x + side > 0 && y < area.height && y + side > 0)
        context.rect(x, y, side, length * cellHeight);
    }
  }
  const n = units.length;
  const clamp = (v: number) => Math.min(n, Math.max(0, v));
  const [c0, c1] = [clamp(Math.floor(area.x.domain[0])), clamp(Math.ceil(area.x.domain[1]))];
  const [r0, r1] = [clamp(Math.floor(area.y.domain[1])), clamp(Math.ceil(area.y.domain[0]))];
  if (!isOrdered && cell >= OUTLINE_SIZE) {
    for (let row = r0; row < r1; row++) {
      const label = labels[units[row]];
      if (label < 0) continue;
      for (let column = c0; column < c1; column++) {
        if (column !== row && labels[units[column]] === label)
          context.rect(area.x(column), area.y(row), cell, cellHeight);
      }
    }
  }
  context.stroke();
  if (cell < VALUE_SIZE) return;
  context.font = '11px Inter, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let row = r0; row < r1; row++) {
    for (let column = c0; column < c1; column++) {
      const value = tiles.value(row, column);
      if (value === undefined || Number.isNaN(value)) continue;
      context.fillStyle = value > 2 ? '#222222' : '#ffffff';
      context.fillText(formatNumber(value, 2), area.x(column + 0.5), area.y(row + 0.5));
    }
  }
}

export function visibleCells(tiles: MatrixTiles, units: Int32Array, { x, y }: Viewport) {
  const n = units.length;
  const range = (axis: readonly [number, number]) => {
    const [low, high] = [
      Math.max(0, Math.floor(Math.min(...axis))),
      Math.min(n, Math.ceil(Math.max(...axis))),
    ];
    return Array.from({ length: Math.max(0, high - low) }, (_, i) => low + i);
  };
  const shown = range(x);
  return {
    columns: ['unit', ...shown.map((column) => `unit_${units[column]}`)],
    rows: range(y).map((row) => [units[row], ...shown.map((column) => tiles.value(row, column))]),
  };
}
