/** Every unit a point on a plane; boxes choose, clicks open. */
import { useMemo, useState } from 'react';
import { linePath } from '../charts/marks.tsx';
import { DragBox, usePlaneSurface } from '../charts/plane-surface.tsx';
import { type Area, Plot } from '../charts/plot.tsx';
import { extent, formatNumber, padded } from '../charts/scale.ts';
import { Tip } from '../charts/scatter.tsx';
import type { PanZoom, Viewport } from '../charts/use-pan-zoom.ts';
import { useSize } from '../charts/use-width.ts';
import { subjectOf, subjectTitle } from '../model/groups.ts';
import { openSubject } from '../state/actions.ts';
import { chooseUnits, useApp, useResult } from '../state/app.ts';
import { useKept } from '../state/kept.ts';
import type { Palette } from '../theme/palette.ts';
import { type Colouring, colourKeys, colourUnits, paintDots } from './map-dots.ts';
import { corners, indexPlaces, nearest, type Places } from './map-places.ts';
import { sessionAxis } from './session-axis.ts';

export type Plane = 'depth' | 'similarity';

interface MapPlotProps {
  readonly plane: Plane;
  readonly places: Places;
  readonly colouring: Colouring;
  readonly brushing: boolean;
  /** Keeps everything in sight while places change. */
  readonly follow: boolean;
}

export function MapPlot({ plane, places, colouring, brushing, follow }: MapPlotProps) {
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
  const [moving, setViewport] = useKept<Viewport | undefined>(`map ${plane}`, undefined);
  const viewport = follow || !moving ? home : moving;
  const [over, setOver] = useState<number>();
  const dots = useMemo(() => colourUnits({ colouring, labels, units }), [colouring, labels, units]);
  const keys = useMemo(() => colourKeys(colouring, overview.sessions.length), [colouring, overview]);
  const paint = useMemo(
    () => (context: CanvasRenderingContext2D, area: Area, palette: Palette) => {
      const zoom = (home.x[1] - home.x[0]) / (area.x.domain[1] - area.x.domain[0]);
      const base = Math.sqrt((0.03 * area.width * area.height) / Math.max(1, labels.length));
      const radius = Math.min(5, Math.max(0.8, Math.min(3.2, base) * zoom ** 0.4));
      for (const [role, members] of dots) {
        context.fillStyle = palette[role ?? 'grey'];
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
    [dots, places, chosen, home, labels],
  );
  const index = useMemo(() => (follow ? undefined : indexPlaces(places, home)), [places, home, follow]);
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
          keys={keys}
          height={size.height - 62}
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

/** Takes the pointer and the keys of the map. */
function MapSurface(props: SurfaceProps) {
  const { area, panZoom, brushing, over, onOver, find, within, describe, places, kin, onOpen } = props;
  const { drag, attributes } = usePlaneSurface(area, panZoom, {
    onHover: (at) => onOver(find(...at)),
    onClick: (at, event, { isBox }) => {
      const unit = find(...at);
      if (unit === undefined) return chooseUnits([]);
      if (event.ctrlKey || event.metaKey || isBox) chooseUnits([unit], 'toggle');
      else onOpen(unit);
    },
    drawsBox: (event) => brushing || event.shiftKey,
    onBox: ({ from, to, adds }) => {
      const found = within(
        [area.x.invert(from[0]), area.x.invert(to[0])],
        [area.y.invert(from[1]), area.y.invert(to[1])],
      );
      chooseUnits(adds ? new Set([...useApp.getState().chosen, ...found]) : found);
    },
  });
  const sorted = [...kin].sort((a, b) => places.x[a] - places.x[b]);
  return (
    <g data-screen-only="">
      {over !== undefined && !drag && (
        <>
          <path
            d={linePath(
              sorted.length,
              (i) => area.x(places.x[sorted[i]]),
              (i) => area.y(places.y[sorted[i]]),
            )}
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
        {...attributes}
        aria-label="Map of the units: plus and minus zoom, arrows move, 0 shows all. The table of neurons holds the same units."
        onPointerLeave={() => onOver(undefined)}
      />
      {drag?.isBox && <DragBox {...drag} />}
      {over !== undefined && !drag && (
        <Tip area={area} x={area.x(places.x[over])} y={area.y(places.y[over])} text={describe(over)} />
      )}
    </g>
  );
}
