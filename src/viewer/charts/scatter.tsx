/** Many points on a canvas, found again under the pointer. */
import Flatbush from 'flatbush';
import { type PointerEvent, useMemo, useState } from 'react';
import { resolveColours } from '../theme/palette.ts';
import { type Area, Plot, type PlotProps } from './plot.tsx';

export interface Points {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly count: number;
  /** Colour of each point: an index into `colours`; all the first when missing. */
  readonly kind?: ArrayLike<number>;
  readonly colours: readonly string[];
}

/** Beyond these points are squares, which are painted faster. */
const MOST_ROUND = 8000;

/** Paints points; those of later kinds lie on top. */
function paintPoints(
  context: CanvasRenderingContext2D,
  { x, y }: Pick<Area, 'x' | 'y'>,
  points: Points,
  colours: readonly string[],
  radius: number,
): void {
  const { count, kind } = points;
  for (let k = 0; k < colours.length; k++) {
    context.fillStyle = colours[k];
    if (radius < 1.4 || count > MOST_ROUND) {
      const size = 2 * radius;
      for (let i = 0; i < count; i++) {
        if ((kind ? kind[i] : 0) !== k) continue;
        context.fillRect(x(points.x[i]) - radius, y(points.y[i]) - radius, size, size);
      }
      continue;
    }
    context.beginPath();
    for (let i = 0; i < count; i++) {
      if ((kind ? kind[i] : 0) !== k) continue;
      const [cx, cy] = [x(points.x[i]), y(points.y[i])];
      context.moveTo(cx + radius, cy);
      context.arc(cx, cy, radius, 0, 2 * Math.PI);
    }
    context.fill();
  }
}

/** Radius that leaves gaps between as many points on such an area. */
const pointRadius = (count: number, width: number, height: number) =>
  Math.min(3, Math.max(0.7, Math.sqrt((0.024 * width * height) / Math.max(1, count))));

/** Points in an index, in units of the axes scaled to px. */
function indexPoints({ x, y }: Pick<Area, 'x' | 'y'>, points: Points): Flatbush | undefined {
  if (points.count === 0) return undefined;
  const index = new Flatbush(points.count);
  for (let i = 0; i < points.count; i++) {
    const [px, py] = [x(points.x[i]), y(points.y[i])];
    index.add(px, py, px, py);
  }
  index.finish();
  return index;
}

interface Props extends Omit<PlotProps, 'paint' | 'children'> {
  readonly points: Points;
  readonly radius?: number;
  /** What the point under the pointer is. */
  readonly describe: (i: number) => string;
  readonly onPick?: (i: number) => void;
  readonly marks?: (area: Area) => React.ReactNode;
}

const REACH = 9;

export function Scatter({ points, radius, describe, onPick, marks, ...plot }: Props) {
  const paint = useMemo(
    () => (context: CanvasRenderingContext2D, area: Area, palette: Readonly<Record<string, string>>) => {
      const colours = points.colours.map((colour) => resolveColours(colour, palette));
      paintPoints(
        context,
        area,
        points,
        colours,
        radius ?? pointRadius(points.count, area.width, area.height),
      );
    },
    [points, radius],
  );
  return (
    <Plot {...plot} paint={paint}>
      {(area) => (
        <>
          {marks?.(area)}
          <Picker area={area} points={points} describe={describe} onPick={onPick} />
        </>
      )}
    </Plot>
  );
}

interface PickerProps {
  readonly area: Area;
  readonly points: Points;
  readonly describe: (i: number) => string;
  readonly onPick?: (i: number) => void;
}

function Picker({ area, points, describe, onPick }: PickerProps) {
  const [over, setOver] = useState<number>();
  // Made when the pointer first comes by.
  const lazy = useMemo(() => {
    let index: Flatbush | undefined;
    return () => {
      index ??= indexPoints(area, points);
      return index;
    };
  }, [area, points]);
  const find = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return lazy()?.neighbors(event.clientX - box.left, event.clientY - box.top, 1, REACH)[0];
  };
  const at = over !== undefined && over < points.count ? over : undefined;
  return (
    <g data-screen-only="">
      {at !== undefined && (
        <circle
          cx={area.x(points.x[at])}
          cy={area.y(points.y[at])}
          r="5"
          fill="none"
          stroke="var(--ink)"
          strokeWidth="1.5"
        />
      )}
      <rect
        width={area.width}
        height={area.height}
        fill="transparent"
        style={{ cursor: onPick && at !== undefined ? 'pointer' : 'default' }}
        onPointerMove={(event) => setOver(find(event))}
        onPointerLeave={() => setOver(undefined)}
        onClick={() => at !== undefined && onPick?.(at)}
      >
        <title>{at === undefined ? '' : describe(at)}</title>
      </rect>
      {at !== undefined && (
        <Tip area={area} x={area.x(points.x[at])} y={area.y(points.y[at])} text={describe(at)} />
      )}
    </g>
  );
}

/** A few words beside a point. */
export function Tip({ area, x, y, text }: { area: Area; x: number; y: number; text: string }) {
  const lines = text.split('\n');
  const width = Math.max(...lines.map((line) => line.length)) * 6.2 + 14;
  const left = Math.min(Math.max(0, x + 10), Math.max(0, area.width - width));
  const top = y > area.height / 2 ? y - lines.length * 15 - 16 : y + 10;
  return (
    <g transform={`translate(${left} ${top})`} pointerEvents="none">
      <rect width={width} height={lines.length * 15 + 8} rx="4" fill="var(--ink)" opacity="0.94" />
      {lines.map((line, i) => (
        <text key={line} x="7" y={15 + i * 15} fontSize="11.5" fill="var(--paper)">
          {line}
        </text>
      ))}
    </g>
  );
}
