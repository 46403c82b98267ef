/** One panel in the grammar of the figures: title, key to the colours, axes, a canvas layer below and SVG marks above. */
import { type ReactNode, useEffect, useId, useLayoutEffect, useMemo, useRef } from 'react';
import { registerPlot } from '../export/plot-registry.ts';
import type { Table } from '../export/table.ts';
import { useTheme } from '../state/theme.ts';
import { ink, type Palette, viridis } from '../theme/palette.ts';
import { ExportMenu } from './export-menu.tsx';
import { formatNumber, type LinearScale, linearScale, roundTicks, tickLabels } from './scale.ts';
import { useWidth } from './use-width.ts';

export interface AxisSpec {
  readonly label?: string;
  readonly domain: readonly [number, number];
  /** Marked positions and their names; round numbers when not given. */
  readonly ticks?: readonly { readonly at: number; readonly text: string }[];
  /** No ticks, no line. */
  readonly hidden?: boolean;
  /** Whole numbers only. */
  readonly whole?: boolean;
}

export interface KeyEntry {
  readonly name: string;
  readonly colour: string;
}

/** The drawing area and its scales, px. */
export interface Area {
  readonly width: number;
  readonly height: number;
  readonly x: LinearScale;
  readonly y: LinearScale;
}

/** Paints below the marks, within the drawing area. Colours may be roles (`var(--blue)`), resolved by `colour`. */
export type Paint = (context: CanvasRenderingContext2D, area: Area, palette: Palette) => void;

export interface PlotProps {
  readonly title: string;
  /** Stem of the names of exported files. */
  readonly name: string;
  readonly subtitle?: string;
  /** What the picture shows, in a sentence, for those who do not see it. */
  readonly label: string;
  /** Of the drawing and its axes, px. */
  readonly height: number;
  readonly x: AxisSpec;
  readonly y: AxisSpec;
  readonly keys?: readonly KeyEntry[];
  readonly paint?: Paint;
  /** The data behind the picture. */
  readonly table?: () => Table;
  /** The same length on both axes: as long as width and height leave room for. */
  readonly square?: boolean;
  /** Room to the right of the drawing area, px. */
  readonly right?: number;
  readonly left?: number;
  readonly actions?: ReactNode;
  /** Whether parts of it take the focus; otherwise it is one picture to those who do not see it. */
  readonly interactive?: boolean;
  /** Key to the colours of a heat map: values of the first and the last colour. */
  readonly colourScale?: { readonly domain: readonly [number, number]; readonly decimals: number };
  readonly children?: (area: Area) => ReactNode;
}

const TOP = 6;
const X_AXIS = 18;
const X_TITLE = 16;

export function Plot(props: PlotProps) {
  const {
    title,
    name,
    subtitle,
    label,
    height,
    x,
    y,
    keys,
    paint,
    table,
    right = 10,
    actions,
    children,
  } = props;
  const [box, width] = useWidth<HTMLDivElement>();
  const figure = useRef<HTMLElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const clip = useId();
  const { palette } = useTheme();

  const yTicks = useMemo(() => ticksOf(y, height / 30), [y, height]);
  const longest = Math.max(0, ...yTicks.map(({ text }) => text.length));
  const left = props.left ?? (y.hidden ? 8 : 12 + longest * 6.1 + (y.label ? 17 : 0));
  const bottom = x.hidden ? 6 : X_AXIS + (x.label ? X_TITLE : 0);
  const [roomAcross, roomDown] = [Math.max(10, width - left - right), Math.max(10, height - TOP - bottom)];
  const side = Math.min(roomAcross, roomDown);
  const [innerWidth, innerHeight] = props.square ? [side, side] : [roomAcross, roomDown];
  const xTicks = useMemo(() => ticksOf(x, innerWidth / 55), [x, innerWidth]);
  const [x0, x1] = x.domain;
  const [y0, y1] = y.domain;
  const area: Area = useMemo(
    () => ({
      width: innerWidth,
      height: innerHeight,
      x: linearScale([x0, x1], [0, innerWidth]),
      y: linearScale([y0, y1], [innerHeight, 0]),
    }),
    [x0, x1, y0, y1, innerWidth, innerHeight],
  );

  useLayoutEffect(() => {
    if (canvas.current && paint)
      paintOn(canvas.current, area, window.devicePixelRatio, (c) => paint(c, area, palette));
  }, [paint, area, palette]);

  useEffect(() => {
    if (!figure.current) return;
    return registerPlot(figure.current, {
      title,
      name,
      subtitle,
      keys,
      table,
      svg,
      paint,
      area,
      left,
      top: TOP,
    });
  });

  return (
    <figure className="plot" ref={figure} data-plot={name}>
      <figcaption>
        <div className="plot-title">
          <h3>{title}</h3>
          {actions}
          <ExportMenu figure={figure} title={title} hasTable={table !== undefined} />
        </div>
        {subtitle && <p className="plot-subtitle">{subtitle}</p>}
        {keys && <Key entries={keys} />}
      </figcaption>
      <div className="plot-box" ref={box} style={{ height }}>
        {width > 0 && (
          <>
            {paint && (
              <canvas
                ref={canvas}
                aria-hidden="true"
                style={{ left, top: TOP, width: innerWidth, height: innerHeight }}
              />
            )}
            <svg
              ref={svg}
              width={width}
              height={height}
              role={props.interactive ? 'group' : 'img'}
              aria-label={`${title}. ${label}`}
            >
              <clipPath id={clip}>
                <rect x={-1} y={-1} width={innerWidth + 2} height={innerHeight + 2} />
              </clipPath>
              <g transform={`translate(${left} ${TOP})`}>
                <g clipPath={`url(#${clip})`}>{children?.(area)}</g>
                {props.colourScale && <ColourScale {...props.colourScale} area={area} />}
                {!x.hidden && <XAxis axis={x} ticks={xTicks} area={area} />}
                {!y.hidden && <YAxis axis={y} ticks={yTicks} area={area} offset={left - 9} />}
              </g>
            </svg>
          </>
        )}
      </div>
    </figure>
  );
}

/** Sizes a canvas to its area and paints it. */
export function paintOn(
  canvas: HTMLCanvasElement,
  { width, height }: { width: number; height: number },
  ratio: number,
  paint: (context: CanvasRenderingContext2D) => void,
): void {
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  paint(context);
}

function ticksOf(axis: AxisSpec, count: number) {
  if (axis.ticks) return axis.ticks;
  const values = roundTicks(axis.domain, Math.max(2, Math.min(6, Math.round(count))), axis.whole ? 1 : 0);
  const texts = tickLabels(values);
  return values.map((at, i) => ({ at, text: texts[i] }));
}

function Key({ entries }: { entries: readonly KeyEntry[] }) {
  return (
    <ul className="key">
      {entries.map(({ name, colour }) => (
        <li key={name}>
          <svg width="8" height="8" aria-hidden="true">
            <circle cx="4" cy="4" r="4" fill={colour} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

const SCALE_STEPS = 32;

function ColourScale({
  domain: [low, high],
  decimals,
  area,
}: NonNullable<PlotProps['colourScale']> & { area: Area }) {
  const height = Math.min(area.height, 120);
  return (
    <g transform={`translate(${area.width + 10} 0)`}>
      {Array.from({ length: SCALE_STEPS }, (_, i) => (
        <rect
          key={i}
          y={((SCALE_STEPS - 1 - i) * height) / SCALE_STEPS}
          width="9"
          height={height / SCALE_STEPS + 0.6}
          fill={viridis(i / (SCALE_STEPS - 1))}
        />
      ))}
      {[0, 0.5, 1].map((part) => (
        <text key={part} x="13" y={(1 - part) * (height - 8) + 8} fontSize="11" fill={ink('ink')}>
          {formatNumber(low + part * (high - low), decimals)}
        </text>
      ))}
    </g>
  );
}

interface AxisProps {
  readonly axis: AxisSpec;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  readonly area: Area;
}

function XAxis({ axis, ticks, area }: AxisProps) {
  return (
    <g className="axis" transform={`translate(0 ${area.height})`} stroke={ink('muted')} fill={ink('ink')}>
      <path d={`M0 .5H${area.width}`} fill="none" />
      {ticks.map(({ at, text }) => (
        <g key={at} transform={`translate(${area.x(at)} 0)`}>
          <path d="M0 0V4" />
          <text y={14} textAnchor="middle" stroke="none" fontSize="11">
            {text}
          </text>
        </g>
      ))}
      {axis.label && (
        <text x={area.width / 2} y={X_AXIS + 12} textAnchor="middle" stroke="none" fontSize="11.5">
          {axis.label}
        </text>
      )}
    </g>
  );
}

function YAxis({ axis, ticks, area, offset }: AxisProps & { readonly offset: number }) {
  return (
    <g className="axis" stroke={ink('muted')} fill={ink('ink')}>
      <path d={`M-.5 0V${area.height}`} fill="none" />
      {ticks.map(({ at, text }) => (
        <g key={at} transform={`translate(0 ${area.y(at)})`}>
          <path d="M0 0H-4" />
          <text x={-6} dy="0.34em" textAnchor="end" stroke="none" fontSize="11">
            {text}
          </text>
        </g>
      ))}
      {axis.label && (
        <text
          transform={`translate(${-offset} ${area.height / 2}) rotate(-90)`}
          textAnchor="middle"
          stroke="none"
          fontSize="11.5"
        >
          {axis.label}
        </text>
      )}
    </g>
  );
}
