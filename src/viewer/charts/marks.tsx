/** Marks that plots are made of. Coordinates are px of the drawing area. */
import type { KeyboardEvent, MouseEvent } from 'react';
import { go } from '../state/route.ts';
import { ink } from '../theme/palette.ts';
import type { Area } from './plot.tsx';

/** Path through points; broken where a value is not a number. */
export function linePath(n: number, x: (i: number) => number, y: (i: number) => number): string {
  let path = '';
  let pen = false;
  for (let i = 0; i < n; i++) {
    const at = y(i);
    if (!Number.isFinite(at)) {
      pen = false;
      continue;
    }
    path += `${pen ? 'L' : 'M'}${x(i).toFixed(1)} ${at.toFixed(1)}`;
    pen = true;
  }
  return path;
}

interface LineProps {
  readonly length: number;
  readonly x: (i: number) => number;
  readonly y: (i: number) => number;
  readonly colour: string;
  /** px */
  readonly width?: number;
}

/** A line through points; broken where a value is not a number. */
export function Line({ length, x, y, colour, width = 1.5 }: LineProps) {
  return <path d={linePath(length, x, y)} fill="none" stroke={colour} strokeWidth={width} />;
}

/** Outline of a histogram, closed on the base line. */
export function stepPath(counts: ArrayLike<number>, edge: (i: number) => number, area: Area): string {
  let path = `M${area.x(edge(0)).toFixed(1)} ${area.y(0).toFixed(1)}`;
  for (let i = 0; i < counts.length; i++) {
    path += `V${area.y(counts[i]).toFixed(1)}H${area.x(edge(i + 1)).toFixed(1)}`;
  }
  return `${path}V${area.y(0).toFixed(1)}`;
}

/** From 0, 0 to 1, 1: where both axes agree. */
export function Diagonal({ area }: { area: Area }) {
  return (
    <path
      d={`M${area.x(0)} ${area.y(0)}L${area.x(1)} ${area.y(1)}`}
      stroke={ink('grey')}
      strokeDasharray="3 3"
    />
  );
}

interface VerticalLineProps {
  readonly at: number;
  readonly area: Area;
  readonly text: string;
  /** Line of text that it is written on, from 0 at the top, and that the line begins at: lines farther right do not cross it. */
  readonly row?: number;
}

/** A line across the drawing area, with its value. */
export function VerticalLine({ at, area, text, row = 0 }: VerticalLineProps) {
  const x = area.x(at);
  if (!(x >= 0 && x <= area.width)) return null;
  const right = x > area.width - 6.5 * text.length;
  return (
    <g>
      <path d={`M${x} ${12 * row}V${area.height}`} stroke={ink('vermillion')} strokeWidth="1.4" />
      <text
        x={x + (right ? -4 : 4)}
        y={10 + 12 * row}
        textAnchor={right ? 'end' : 'start'}
        fontSize="11"
        fill={ink('vermillion')}
      >
        {text}
      </text>
    </g>
  );
}

interface LinkProps {
  readonly to: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Whether the tab key stops here. */
  readonly tabbable?: boolean;
}

/** An area that leads somewhere. */
export function HitLink({ to, label, x, y, width, height, tabbable = true }: LinkProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') go(to);
  };
  return (
    <rect
      className="hit"
      data-screen-only=""
      role="link"
      tabIndex={tabbable ? 0 : -1}
      aria-label={label}
      x={x}
      y={y}
      width={Math.max(0, width)}
      height={Math.max(0, height)}
      onClick={() => go(to)}
      onKeyDown={onKeyDown}
    >
      <title>{label}</title>
    </rect>
  );
}

interface HitAreaProps<T> {
  readonly area: Area;
  /** What lies at a point, in parts of width and height. */
  readonly find: (x: number, y: number) => T;
  readonly describe: (found: T) => string;
  readonly onPick: (found: T) => void;
}

/** The whole drawing area: tells what is under the pointer, and picks it. */
export function HitArea<T>({ area, find, describe, onPick }: HitAreaProps<T>) {
  const under = (event: MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return find((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  return (
    <rect
      width={area.width}
      height={area.height}
      fill="transparent"
      data-screen-only=""
      style={{ cursor: 'pointer' }}
      onPointerMove={(event) => {
        const title = event.currentTarget.firstElementChild;
        if (title) title.textContent = describe(under(event));
      }}
      onClick={(event) => onPick(under(event))}
    >
      <title />
    </rect>
  );
}
