/** All units by session and depth, or embedded by their similarities. */
import Flatbush from 'flatbush';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { UnitColumns } from '../../server/protocol.ts';
import { type Area, Plot } from '../charts/plot.tsx';
import { extent, formatNumber, padded } from '../charts/scale.ts';
import { Tip } from '../charts/scatter.tsx';
import { moved, type PanZoom, usePanZoom, type Viewport } from '../charts/use-pan-zoom.ts';
import { useSize } from '../charts/use-width.ts';
import { subjectKey, subjectOf, subjectTitle } from '../model/groups.ts';
import { sessionAxis } from '../plots/session-axis.ts';
import { useEmbedding } from '../plots/use-embedding.ts';
import { askText, confirm, openSubject, startMerge, subjectPath } from '../state/actions.ts';
import { chooseUnits, useApp, useResult } from '../state/app.ts';
import { href } from '../state/route.ts';
import { neuronColour, type Palette, paletteOf, type Theme, viridis } from '../theme/palette.ts';

const COLOURINGS = ['neuron', 'session', 'amplitude'] as const;
type Colouring = (typeof COLOURINGS)[number];
type Plane = 'depth' | 'similarity';

export function MapView() {
  const { overview, units } = useResult();
  const [plane, setPlane] = useState<Plane>('depth');
  const [colouring, setColouring] = useState<Colouring>('neuron');
  const [brushing, setBrushing] = useState(false);
  const embedding = useEmbedding(plane === 'similarity');
  const embedded = embedding.places;
  const places = useMemo(() => {
    if (plane === 'similarity') return embedded && splitPlaces(embedded);
    const [x0, x1] = extent(units.x);
    const x = Float32Array.from(
      units.session,
      (s, u) => s - 0.4 + (0.8 * (units.x[u] - x0)) / (x1 - x0 || 1),
    );
    return { x, y: units.correctedY };
  }, [plane, embedded, units]);
  const isComing = plane === 'similarity' && embedding.part < 1;
  return (
    <div className="stage">
      <section className="stage-main card">
        <div className="table-head">
          <h1 className="visually-hidden">Map</h1>
          <span className="segments" role="group" aria-label="Places">
            <button type="button" aria-pressed={plane === 'depth'} onClick={() => setPlane('depth')}>
              Depth and session
            </button>
            <button
              type="button"
              aria-pressed={plane === 'similarity'}
              onClick={() => setPlane('similarity')}
            >
              Similarity (UMAP)
            </button>
          </span>
          <label className="field">
            Colour
            <select value={colouring} onChange={(event) => setColouring(event.target.value as Colouring)}>
              {COLOURINGS.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <span className="segments" role="group" aria-label="What dragging does">
            <button type="button" aria-pressed={!brushing} onClick={() => setBrushing(false)}>
              Move
            </button>
            <button
              type="button"
              aria-pressed={brushing}
              onClick={() => setBrushing(true)}
              title="Or drag with Shift held"
            >
              Select
            </button>
          </span>
          {isComing && (
            <span className="muted" role="status">
              Embedding {formatNumber(overview.unitCount)} units … {formatNumber(100 * embedding.part)} %
            </span>
          )}
        </div>
        {places && (
          <MapPlot
            key={plane}
            plane={plane}
            places={places}
            colouring={colouring}
            brushing={brushing}
            follow={isComing}
          />
        )}
      </section>
      <Chosen />
    </div>
  );
}

function splitPlaces(embedded: Float32Array) {
  const n = embedded.length / 2;
  return {
    x: Float32Array.from({ length: n }, (_, u) => embedded[2 * u]),
    y: Float32Array.from({ length: n }, (_, u) => embedded[2 * u + 1]),
  };
}

interface Places {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

interface MapPlotProps {
  readonly plane: Plane;
  readonly places: Places;
  readonly colouring: Colouring;
  readonly brushing: boolean;
  /** Keeps everything in sight while places change. */
  readonly follow: boolean;
}

function MapPlot({ plane, places, colouring, brushing, follow }: MapPlotProps) {
  const { overview, units, curated } = useResult();
  const { labels } = curated.replayed.state;
  const chosen = useApp((state) => state.chosen);
  const [size, box] = useSize<HTMLDivElement>();
  const home = useMemo<Viewport>(
    () =>
      plane === 'depth'
        ? { x: [0.5, overview.sessions.length + 0.5], y: padded(extent(places.y), 0.03) }
        : { x: padded(extent(places.x)), y: padded(extent(places.y)) },
    [plane, places, overview],
  );
  const [moving, setViewport] = useState<Viewport>();
  const viewport = follow || !moving ? home : moving;
  const [over, setOver] = useState<number>();
  const sessionCount = overview.sessions.length;
  const paints = useMemo(() => {
    const coloured = (theme: Theme) => colourUnits({ colouring, theme, sessionCount, labels, units });
    return { light: coloured('light'), dark: coloured('dark') };
  }, [colouring, labels, units, sessionCount]);
  const paint = useMemo(
    () => (context: CanvasRenderingContext2D, area: Area, palette: Palette) => {
      const groups = palette.paper === paletteOf('light', 1).paper ? paints.light : paints.dark;
      const zoom = (home.x[1] - home.x[0]) / (area.x.domain[1] - area.x.domain[0]);
      const base = Math.sqrt((0.03 * area.width * area.height) / Math.max(1, labels.length));
      const radius = Math.min(5, Math.max(0.8, Math.min(3.2, base) * zoom ** 0.4));
      for (const [colour, members] of groups) {
        context.fillStyle = colour ?? palette.grey;
        paintDots(context, area, places, members, radius);
      }
      if (chosen.size === 0) return;
      context.strokeStyle = palette.ink;
      context.lineWidth = 1.4;
      for (const unit of chosen) {
        context.beginPath();
        context.arc(area.x(places.x[unit]), area.y(places.y[unit]), radius + 2.2, 0, 2 * Math.PI);
        context.stroke();
      }
    },
    [paints, places, chosen, home, labels],
  );
  // Places scaled to 0..1, so that near means near on the screen.
  const index = useMemo(() => {
    if (follow || places.x.length === 0) return undefined;
    const flat = new Flatbush(places.x.length);
    for (let u = 0; u < places.x.length; u++) {
      const [x, y] = [inUnit(places.x[u], home.x), inUnit(places.y[u], home.y)];
      flat.add(x, y, x, y);
    }
    flat.finish();
    return flat;
  }, [places, home, follow]);
  return (
    <div className="canvas-stack" ref={box} style={{ cursor: brushing ? 'crosshair' : 'grab' }}>
      {size.height > 0 && (
        <Plot
          title={plane === 'depth' ? 'Units by session and depth' : 'Units by similarity'}
          name={plane === 'depth' ? 'Map' : 'MapUMAP'}
          label="Every unit a point."
          interactive
          subtitle={
            plane === 'depth'
              ? 'Depth without motion; within a session by place across the probe. Wheel zooms, Shift+drag selects, click opens.'
              : 'Near points are similar. Wheel zooms, Shift+drag selects, click opens.'
          }
          height={size.height - 44}
          x={
            plane === 'depth'
              ? { ...sessionAxis(overview.sessions.length, 18), domain: viewport.x }
              : { label: 'UMAP 1', domain: viewport.x }
          }
          y={{ label: plane === 'depth' ? 'Depth without motion (µm)' : 'UMAP 2', domain: viewport.y }}
          paint={paint}
          table={() => ({
            columns: ['unit', 'session', 'neuron', 'x', 'y'],
            rows: Array.from(labels, (label, u) => [
              u,
              units.session[u],
              label > 0 ? label : '',
              places.x[u],
              places.y[u],
            ]),
          })}
        >
          {(area) => (
            <MapSurface
              area={area}
              panZoom={{ viewport, home, least: (home.x[1] - home.x[0]) / 200, onChange: setViewport }}
              brushing={brushing}
              onOver={setOver}
              over={over}
              find={(x, y) => index && nearest(index, x, y, area, home, places)}
              within={(x, y) => (index ? index.search(...corners(x, y, home)) : [])}
              describe={(unit) =>
                `${subjectTitle(subjectOf(unit, labels))}, unit ${unit}\nsession ${units.session[unit]}, ${formatNumber(units.correctedY[unit])} µm, ${formatNumber(units.amplitude[unit])} µV`
              }
              places={places}
              kin={
                over === undefined ? [] : labels[over] > 0 ? (curated.groups.get(labels[over]) ?? []) : [over]
              }
              onOpen={(unit) => openSubject(subjectOf(unit, labels))}
            />
          )}
        </Plot>
      )}
    </div>
  );
}

const inUnit = (value: number, [a, b]: readonly [number, number]) => (value - a) / (b - a || 1);

function corners(
  x: readonly [number, number],
  y: readonly [number, number],
  home: Viewport,
): [number, number, number, number] {
  const [x0, x1] = x.map((v) => inUnit(v, home.x)).sort((a, b) => a - b);
  const [y0, y1] = y.map((v) => inUnit(v, home.y)).sort((a, b) => a - b);
  return [x0, y0, x1, y1];
}

/** The unit nearest on the screen, within 10 px. */
function nearest(
  index: Flatbush,
  x: number,
  y: number,
  area: Area,
  home: Viewport,
  places: Places,
): number | undefined {
  const reach = 10;
  const box = corners(
    [area.x.invert(x - reach), area.x.invert(x + reach)],
    [area.y.invert(y - reach), area.y.invert(y + reach)],
    home,
  );
  let [best, least] = [undefined as number | undefined, reach * reach];
  for (const unit of index.search(...box)) {
    const distance = (area.x(places.x[unit]) - x) ** 2 + (area.y(places.y[unit]) - y) ** 2;
    if (distance <= least) [best, least] = [unit, distance];
  }
  return best;
}

interface Coloured {
  readonly colouring: Colouring;
  readonly theme: Theme;
  readonly sessionCount: number;
  readonly labels: Int32Array;
  readonly units: UnitColumns;
}

function colourUnits({ colouring, theme, sessionCount, labels, units }: Coloured) {
  const sessions = paletteOf(theme, sessionCount);
  return groupByColour(labels.length, (unit) => {
    if (colouring === 'session') return sessions[`session-${units.session[unit]}`];
    if (colouring === 'amplitude') return amplitudeColour(units.amplitude[unit], theme);
    return labels[unit] > 0 ? neuronColour(labels[unit], theme) : undefined;
  });
}

/** Units in lists of one colour each; those without one come first, below the others. */
function groupByColour(
  n: number,
  colourOf: (unit: number) => string | undefined,
): [string | undefined, number[]][] {
  const groups = new Map<string | undefined, number[]>([[undefined, []]]);
  for (let unit = 0; unit < n; unit++) {
    const colour = colourOf(unit);
    const group = groups.get(colour);
    if (group) group.push(unit);
    else groups.set(colour, [unit]);
  }
  return [...groups];
}

/** From 20 to 500 µV on a logarithmic scale, in 16 steps. */
function amplitudeColour(amplitude: number, theme: Theme): string {
  const place = Math.min(1, Math.max(0, Math.log(amplitude / 20) / Math.log(500 / 20)));
  const step = Math.round(place * 15) / 15;
  return viridis(theme === 'light' ? step * 0.88 : 0.2 + step * 0.8);
}

function paintDots(
  context: CanvasRenderingContext2D,
  area: Area,
  { x, y }: Places,
  members: readonly number[],
  radius: number,
): void {
  if (radius < 1.5) {
    for (const unit of members)
      context.fillRect(area.x(x[unit]) - radius, area.y(y[unit]) - radius, 2 * radius, 2 * radius);
    return;
  }
  context.beginPath();
  for (const unit of members) {
    const [cx, cy] = [area.x(x[unit]), area.y(y[unit])];
    if (cx < -9 || cy < -9 || cx > area.width + 9 || cy > area.height + 9) continue;
    context.moveTo(cx + radius, cy);
    context.arc(cx, cy, radius, 0, 2 * Math.PI);
  }
  context.fill();
}

interface SurfaceProps {
  readonly area: Area;
  readonly panZoom: PanZoom;
  readonly brushing: boolean;
  readonly over: number | undefined;
  readonly onOver: (unit: number | undefined) => void;
  readonly find: (x: number, y: number) => number | undefined;
  readonly within: (x: readonly [number, number], y: readonly [number, number]) => number[];
  readonly describe: (unit: number) => string;
  readonly places: Places;
  /** Units of the neuron under the pointer. */
  readonly kin: readonly number[];
  readonly onOpen: (unit: number) => void;
}

interface Drag {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly brush: boolean;
  readonly add: boolean;
  readonly start: Viewport;
}

/** Takes the pointer and the keys of the map. */
function MapSurface(props: SurfaceProps) {
  const { area, panZoom, brushing, over, onOver, find, within, describe, places, kin, onOpen } = props;
  const surface = useRef<SVGRectElement>(null);
  const [drag, setDrag] = useState<Drag>();
  const onKeys = usePanZoom(surface, panZoom, area);
  const at = (event: PointerEvent) => {
    const box = surface.current!.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top] as const;
  };
  const move = (event: PointerEvent) => {
    const to = at(event);
    if (!drag) return onOver(find(...to));
    setDrag({ ...drag, to });
    if (drag.brush) return;
    const parts = [(drag.from[0] - to[0]) / area.width, (to[1] - drag.from[1]) / area.height] as const;
    panZoom.onChange(moved({ ...panZoom, viewport: drag.start }, ...parts));
  };
  const end = (event: PointerEvent) => {
    if (!drag) return;
    const to = at(event);
    const isClick = Math.hypot(to[0] - drag.from[0], to[1] - drag.from[1]) < 4;
    setDrag(undefined);
    if (isClick) {
      const unit = find(...to);
      if (unit === undefined) return chooseUnits([]);
      if (event.ctrlKey || event.metaKey || drag.brush) chooseUnits([unit], 'toggle');
      else onOpen(unit);
    } else if (drag.brush) {
      const [x, y] = [0, 1].map((axis) => {
        const scale = axis === 0 ? area.x : area.y;
        return [scale.invert(drag.from[axis]), scale.invert(to[axis])] as const;
      });
      const found = within(x, y);
      chooseUnits(drag.add ? new Set([...useApp.getState().chosen, ...found]) : found);
    }
  };
  const sorted = [...kin].sort((a, b) => places.x[a] - places.x[b]);
  return (
    <g data-screen-only="">
      {over !== undefined && !drag && (
        <>
          <path
            d={sorted
              .map(
                (u, i) =>
                  `${i ? 'L' : 'M'}${area.x(places.x[u]).toFixed(1)} ${area.y(places.y[u]).toFixed(1)}`,
              )
              .join('')}
            fill="none"
            stroke="var(--ink)"
            opacity="0.55"
          />
          {kin.map((u) => (
            <circle
              key={u}
              cx={area.x(places.x[u])}
              cy={area.y(places.y[u])}
              r="5"
              fill="none"
              stroke="var(--ink)"
            />
          ))}
        </>
      )}
      <rect
        ref={surface}
        role="application"
        aria-label="Map of the units: plus and minus zoom, arrows move, 0 shows all. The table of neurons holds the same units."
        tabIndex={0}
        width={area.width}
        height={area.height}
        fill="transparent"
        onKeyDown={onKeys}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const from = at(event);
          setDrag({
            from,
            to: from,
            brush: brushing || event.shiftKey,
            add: event.ctrlKey || event.metaKey,
            start: panZoom.viewport,
          });
        }}
        onPointerMove={move}
        onPointerUp={end}
        onPointerLeave={() => onOver(undefined)}
        onDoubleClick={() => panZoom.onChange(panZoom.home)}
      />
      {drag?.brush && (
        <rect
          x={Math.min(drag.from[0], drag.to[0])}
          y={Math.min(drag.from[1], drag.to[1])}
          width={Math.abs(drag.to[0] - drag.from[0])}
          height={Math.abs(drag.to[1] - drag.from[1])}
          fill="var(--accent)"
          fillOpacity="0.15"
          stroke="var(--accent)"
        />
      )}
      {over !== undefined && !drag && (
        <Tip area={area} x={area.x(places.x[over])} y={area.y(places.y[over])} text={describe(over)} />
      )}
    </g>
  );
}

const MOST_LISTED = 60;

/** What is chosen, by neuron. */
function Chosen() {
  const { units, curated } = useResult();
  const chosen = useApp((state) => state.chosen);
  const { labels } = curated.replayed.state;
  const subjects = useMemo(() => {
    const found = new Map<string, { subject: ReturnType<typeof subjectOf>; units: number[] }>();
    for (const unit of chosen) {
      const subject = subjectOf(unit, labels);
      const entry = found.get(subjectKey(subject));
      if (entry) entry.units.push(unit);
      else found.set(subjectKey(subject), { subject, units: [unit] });
    }
    return [...found.values()].sort((a, b) => b.units.length - a.units.length);
  }, [chosen, labels]);
  // The keys J and K walk through what is chosen.
  useEffect(() => {
    if (subjects.length > 0) useApp.setState({ order: subjects.map(({ subject }) => subject) });
  }, [subjects]);
  return (
    <aside className="stage-side card" aria-label="Chosen units">
      <h2>
        {chosen.size === 0
          ? 'Nothing chosen'
          : `${formatNumber(chosen.size)} units of ${formatNumber(subjects.length)}`}
      </h2>
      {chosen.size === 0 ? (
        <p className="muted">
          Drag with Shift held, or with “Select”, to choose units: merge, mark or label them here.
        </p>
      ) : (
        <>
          <div className="line">
            <button type="button" onClick={startMerge}>
              Merge …<kbd>M</kbd>
            </button>
            <button type="button" onClick={() => void confirm()}>
              Confirm<kbd>C</kbd>
            </button>
            <button type="button" onClick={() => askText('mark')}>
              Mark …<kbd>X</kbd>
            </button>
            <button type="button" onClick={() => chooseUnits([])}>
              None<kbd>Esc</kbd>
            </button>
          </div>
          <ul>
            {subjects.slice(0, MOST_LISTED).map(({ subject, units: members }) => (
              <li key={subjectKey(subject)}>
                <a href={href(subjectPath(subject))}>{subjectTitle(subject)}</a>{' '}
                <span className="muted">
                  {members.length} {members.length === 1 ? 'unit' : 'units'},{' '}
                  {formatNumber(units.correctedY[members[0]])} µm
                </span>
              </li>
            ))}
          </ul>
          {subjects.length > MOST_LISTED && (
            <p className="muted">… and {subjects.length - MOST_LISTED} more</p>
          )}
        </>
      )}
    </aside>
  );
}
