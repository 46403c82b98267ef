/** The similarity matrix of all units: from the whole down to single pairs. */
import { type PointerEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type { MatrixOrder, Measure } from '../../server/protocol.ts';
import { api } from '../api/client.ts';
import { useFetched } from '../api/use-fetched.ts';
import { type Area, Plot } from '../charts/plot.tsx';
import { formatNumber } from '../charts/scale.ts';
import { moved, type PanZoom, usePanZoom, type Viewport } from '../charts/use-pan-zoom.ts';
import { useSize } from '../charts/use-width.ts';
import { subjectOf, subjectTitle } from '../model/groups.ts';
import { MatrixTiles } from '../plots/matrix-tiles.ts';
import { measureTitle } from '../plots/pair-plots.tsx';
import { subjectPath } from '../state/actions.ts';
import { chooseUnits, useApp, useResult } from '../state/app.ts';
import { report } from '../state/messages.ts';
import { go, href } from '../state/route.ts';
import { type Palette, viridis } from '../theme/palette.ts';

const LEFT = 58;
const RIGHT = 10;
/** What the title, the axis labels and the edges take of the height, px. */
const AROUND = 24 + 6 + 18 + 16 + 20;
/** Cells from this size on carry their value, px. */
const VALUE_SIZE = 30;
/** Cells from this size on have outlines where they belong to one neuron, px. */
const OUTLINE_SIZE = 3;
const MOST_PIXELS = 60;

export function MatrixView() {
  const { overview } = useResult();
  const [measure, setMeasure] = useState<Measure>('weighted');
  const [order, setOrder] = useState<MatrixOrder>('depth');
  const [most, setMost] = useState(3);
  const [pair, setPair] = useState<readonly [number, number]>();
  const [value, setValue] = useState<number>();
  const places = useFetched(order, () => api.matrixOrder({ order }));
  return (
    <div className="stage">
      <section className="stage-main card">
        <div className="table-head">
          <h1 className="visually-hidden">Matrix</h1>
          <label className="field">
            Similarity
            <select value={measure} onChange={(event) => setMeasure(event.target.value as Measure)}>
              {overview.measures.map((name) => (
                <option key={name} value={name}>
                  {measureTitle(name)}
                </option>
              ))}
            </select>
          </label>
          <span className="segments" role="group" aria-label="Order">
            <button type="button" aria-pressed={order === 'depth'} onClick={() => setOrder('depth')}>
              Session and depth
            </button>
            <button
              type="button"
              aria-pressed={order === 'leaf'}
              disabled={!overview.has.leafOrder}
              title={overview.has.leafOrder ? undefined : 'This folder keeps no leaf order'}
              onClick={() => setOrder('leaf')}
            >
              Cluster tree
            </button>
          </span>
          <label className="field">
            Brightest at
            <input
              type="range"
              min="1"
              max="6"
              step="0.5"
              value={most}
              onChange={(event) => setMost(Number(event.target.value))}
            />
            <span style={{ minWidth: 22 }}>{formatNumber(most, 1)}</span>
          </label>
        </div>
        {places.error && <p className="warning-box">{places.error.message}</p>}
        {places.value && places.fresh && (
          <MatrixPlot
            key={`${measure} ${order}`}
            measure={measure}
            order={order}
            units={places.value.arrays.order}
            most={most}
            onPair={(next, similarity) => {
              setPair(next);
              setValue(similarity);
            }}
          />
        )}
      </section>
      <aside className="stage-side card" aria-label="Pair under the pointer">
        <Legend most={most} />
        <PairFacts pair={pair} value={value} measure={measure} />
      </aside>
    </div>
  );
}

interface MatrixPlotProps {
  readonly measure: Measure;
  readonly order: MatrixOrder;
  /** Unit at each place. */
  readonly units: Int32Array;
  readonly most: number;
  readonly onPair: (pair: readonly [number, number] | undefined, value?: number) => void;
}

function MatrixPlot({ measure, order, units, most, onPair }: MatrixPlotProps) {
  const { units: columns, curated } = useResult();
  const { labels } = curated.replayed.state;
  const n = units.length;
  const [size, box] = useSize<HTMLDivElement>();
  const [version, setVersion] = useState(0);
  const [moving, setViewport] = useState<Viewport>();
  const tiles = useMemo(
    () => new MatrixTiles({ measure, order }, n, () => setVersion((v) => v + 1), report),
    [measure, order, n],
  );
  const width = Math.max(50, size.width - LEFT - RIGHT);
  const height = Math.max(50, size.height - AROUND);
  const home = useMemo<Viewport>(() => {
    const scale = n / Math.min(width, height);
    const [spareX, spareY] = [(width * scale - n) / 2, (height * scale - n) / 2];
    return { x: [-spareX, n + spareX], y: [n + spareY, -spareY] };
  }, [n, width, height]);
  const viewport = moving ?? home;
  const sessionEdges = useMemo(
    () => (order === 'depth' ? edgesOf(units, (unit) => columns.session[unit]) : []),
    [order, units, columns],
  );
  const runs = useMemo(() => neuronRuns(units, labels), [units, labels]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version repaints with the tiles that have come
  const paint = useMemo(
    () => (context: CanvasRenderingContext2D, area: Area, palette: Palette) => {
      const window = { x: area.x.domain, y: area.y.domain };
      tiles.paint(context, window, area.x, area.y, { range: [0, most], missing: palette['pale-grey'] });
      paintLines(context, area, sessionEdges, palette, n);
      paintOutlines(context, area, { runs, units, labels, tiles, isOrdered: order === 'leaf' }, palette);
    },
    [tiles, version, most, sessionEdges, runs, units, labels, order, n],
  );
  const ticks = axisTicks(units, columns.session, order, viewport.x);
  const yTicks = axisTicks(units, columns.session, order, viewport.y);
  const least = width / MOST_PIXELS;
  return (
    <div className="canvas-stack" ref={box} data-complete={tiles.complete}>
      {size.height > 0 && (
        <Plot
          title={`${measureTitle(measure)} similarity of all units, by ${order === 'depth' ? 'session and depth' : 'the cluster tree'}`}
          name={`SimilarityMatrix_${measure}_${order}`}
          label={`${n} by ${n} units.`}
          interactive
          height={size.height - 24}
          left={LEFT}
          right={RIGHT}
          x={{ label: ticks.label, domain: viewport.x, ticks: ticks.list }}
          y={{ label: ticks.label, domain: viewport.y, ticks: yTicks.list }}
          paint={paint}
          table={() => visibleCells(tiles, units, viewport)}
        >
          {(area) => (
            <MatrixSurface
              area={area}
              units={units}
              panZoom={{ viewport, home, least, onChange: setViewport }}
              onOver={(row, column) =>
                row === undefined || column === undefined
                  ? onPair(undefined)
                  : onPair([units[row], units[column]], tiles.value(row, column))
              }
            />
          )}
        </Plot>
      )}
    </div>
  );
}

/** Places before which a property changes. */
function edgesOf(units: Int32Array, property: (unit: number) => number): number[] {
  const edges: number[] = [];
  for (let i = 1; i < units.length; i++) if (property(units[i]) !== property(units[i - 1])) edges.push(i);
  return edges;
}

/** Runs of places that belong to one neuron: first place, length. */
function neuronRuns(units: Int32Array, labels: Int32Array): (readonly [number, number])[] {
  const runs: (readonly [number, number])[] = [];
  for (let from = 0; from < units.length; ) {
    let to = from + 1;
    while (to < units.length && labels[units[to]] > 0 && labels[units[to]] === labels[units[from]]) to++;
    if (to - from > 1) runs.push([from, to - from]);
    from = to;
  }
  return runs;
}

function axisTicks(
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

function paintLines(
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
function paintOutlines(
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

function visibleCells(tiles: MatrixTiles, units: Int32Array, { x, y }: Viewport) {
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

interface SurfaceProps {
  readonly area: Area;
  readonly units: Int32Array;
  readonly panZoom: PanZoom;
  readonly onOver: (row?: number, column?: number) => void;
}

/** Takes the pointer and the keys of the matrix. */
function MatrixSurface({ area, units, panZoom, onOver }: SurfaceProps) {
  const surface: RefObject<SVGRectElement | null> = useRef(null);
  const drag = useRef<{ x: number; y: number; start: Viewport; far: boolean }>(undefined);
  const onKeys = usePanZoom(surface, panZoom, area);
  const cellAt = (event: { clientX: number; clientY: number }) => {
    const box = surface.current!.getBoundingClientRect();
    const column = Math.floor(area.x.invert(event.clientX - box.left));
    const row = Math.floor(area.y.invert(event.clientY - box.top));
    const inside = row >= 0 && column >= 0 && row < units.length && column < units.length;
    return inside ? ([row, column] as const) : undefined;
  };
  const onMove = (event: PointerEvent) => {
    const at = drag.current;
    if (!at) return onOver(...(cellAt(event) ?? []));
    const [dx, dy] = [event.clientX - at.x, event.clientY - at.y];
    at.far ||= Math.hypot(dx, dy) >= 4;
    if (at.far)
      panZoom.onChange(moved({ ...panZoom, viewport: at.start }, -dx / area.width, dy / area.height));
  };
  const onUp = (event: PointerEvent) => {
    const at = drag.current;
    drag.current = undefined;
    const cell = at && !at.far ? cellAt(event) : undefined;
    if (!cell || cell[0] === cell[1]) return;
    const [a, b] = cell.map((place) => units[place]);
    if (event.ctrlKey || event.metaKey) chooseUnits([a, b], 'toggle');
    else go(href(`candidates/unit/${a}`, { with: b }));
  };
  return (
    <rect
      ref={surface}
      role="application"
      aria-label="Similarity matrix: plus and minus zoom, arrows move, 0 shows all. Candidates of a neuron list the same similarities."
      tabIndex={0}
      width={area.width}
      height={area.height}
      fill="transparent"
      data-screen-only=""
      style={{ cursor: 'crosshair' }}
      onKeyDown={onKeys}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, y: event.clientY, start: panZoom.viewport, far: false };
      }}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onDoubleClick={() => panZoom.onChange(panZoom.home)}
    />
  );
}

function Legend({ most }: { most: number }) {
  const stops = Array.from({ length: 11 }, (_, i) => i / 10);
  return (
    <svg width="236" height="46" role="img" aria-label={`Colours from 0 to ${most} Fisher z`}>
      <defs>
        <linearGradient id="viridis">
          {stops.map((at) => (
            <stop key={at} offset={at} stopColor={viridis(at)} />
          ))}
        </linearGradient>
      </defs>
      <text x="0" y="11" fontSize="11.5" fill="var(--ink)">
        Similarity (Fisher z)
      </text>
      <rect y="17" width="236" height="12" fill="url(#viridis)" />
      {[0, 0.5, 1].map((at) => (
        <text
          key={at}
          x={at * 236}
          y="43"
          fontSize="11"
          fill="var(--ink)"
          textAnchor={at === 0 ? 'start' : at === 1 ? 'end' : 'middle'}
        >
          {formatNumber(at * most, 1)}
        </text>
      ))}
    </svg>
  );
}

interface FactsProps {
  readonly pair: readonly [number, number] | undefined;
  readonly value: number | undefined;
  readonly measure: Measure;
}

function PairFacts({ pair, value, measure }: FactsProps) {
  const { units, curated } = useResult();
  const chosen = useApp((state) => state.chosen);
  const { labels } = curated.replayed.state;
  // What was chosen elsewhere is not meant here.
  useEffect(() => () => chooseUnits([]), []);
  if (!pair) {
    return (
      <p className="muted">
        Wheel zooms, dragging moves, a click on a cell shows the two units side by side. Outlines in
        vermillion: units of one neuron.
      </p>
    );
  }
  return (
    <>
      {pair.map((unit, i) => {
        const subject = subjectOf(unit, labels);
        return (
          <dl className="values" key={i}>
            <dt>
              {i === 0 ? 'Row' : 'Column'}: unit {unit}
              {chosen.has(unit) && ' (chosen)'}
            </dt>
            <dd>
              <a href={href(subjectPath(subject))}>
                {subject.kind === 'neuron' ? subjectTitle(subject) : 'unmatched'}
              </a>
            </dd>
            <dt>Session</dt>
            <dd>{units.session[unit]}</dd>
            <dt>Depth without motion</dt>
            <dd>{formatNumber(units.correctedY[unit])} µm</dd>
            <dt>Amplitude</dt>
            <dd>{formatNumber(units.amplitude[unit])} µV</dd>
          </dl>
        );
      })}
      <dl className="values">
        <dt>{measureTitle(measure)} similarity</dt>
        <dd>{value === undefined ? 'zoom in' : formatNumber(value, 3)}</dd>
      </dl>
    </>
  );
}
