/** The surface over a plane that takes the pointer and the keys: hover, click, drag to move or to draw a box. */
import { type PointerEvent, useRef, useState } from 'react';
import type { Area } from './plot.tsx';
import { moved, type PanZoom, usePanZoom, type Viewport } from './use-pan-zoom.ts';

/** Px of the drawing area. */
export type Point = readonly [x: number, y: number];

export interface Drag {
  readonly from: Point;
  readonly to: Point;
  /** Whether a box is drawn; otherwise the plane moves. */
  readonly isBox: boolean;
  /** Whether Ctrl or ⌘ was held as it began. */
  readonly adds: boolean;
  /** Whether the pointer has been too far away for a click. */
  readonly isFar: boolean;
  readonly start: Viewport;
}

interface PlaneActions {
  readonly onHover: (at: Point) => void;
  readonly onClick: (at: Point, event: PointerEvent, drag: Drag) => void;
  /** Whether what begins draws a box; nothing does when missing. */
  readonly drawsBox?: (event: PointerEvent) => boolean;
  readonly onBox?: (drag: Drag) => void;
}

/** A press that stays within this many px is a click. */
const CLICK_REACH = 4;

/** @returns the drag that goes on, and the attributes of the rectangle over the drawing area */
export function usePlaneSurface(area: Area, panZoom: PanZoom, actions: PlaneActions) {
  const { onHover, onClick, drawsBox, onBox } = actions;
  const ref = useRef<SVGRectElement>(null);
  const onKeyDown = usePanZoom(ref, panZoom, area);
  // Several moves may come before the page is drawn again.
  const latest = useRef<Drag>(undefined);
  const [drag, showDrag] = useState<Drag>();
  const setDrag = (next: Drag | undefined) => {
    latest.current = next;
    showDrag(next);
  };
  const pointOf = (event: PointerEvent): Point => {
    const box = ref.current!.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const followed = (old: Drag, to: Point): Drag => {
    const distance = Math.hypot(to[0] - old.from[0], to[1] - old.from[1]);
    return { ...old, to, isFar: old.isFar || distance >= CLICK_REACH };
  };
  const attributes = {
    ref,
    role: 'application',
    tabIndex: 0,
    width: area.width,
    height: area.height,
    fill: 'transparent',
    onKeyDown,
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const from = pointOf(event);
      const isBox = drawsBox?.(event) ?? false;
      const adds = event.ctrlKey || event.metaKey;
      setDrag({ from, to: from, isBox, adds, isFar: false, start: panZoom.viewport });
    },
    onPointerMove: (event: PointerEvent) => {
      const at = pointOf(event);
      if (!latest.current) return onHover(at);
      const next = followed(latest.current, at);
      setDrag(next);
      if (next.isBox || !next.isFar) return;
      const parts = [(next.from[0] - at[0]) / area.width, (at[1] - next.from[1]) / area.height] as const;
      panZoom.onChange(moved({ ...panZoom, viewport: next.start }, ...parts));
    },
    onPointerUp: (event: PointerEvent) => {
      if (!latest.current) return;
      const last = followed(latest.current, pointOf(event));
      setDrag(undefined);
      if (!last.isFar) onClick(last.to, event, last);
      else if (last.isBox) onBox?.(last);
    },
    onDoubleClick: () => panZoom.onChange(panZoom.home),
  };
  return { drag, attributes };
}

/** The box that is being drawn. */
export function DragBox({ from, to }: Drag) {
  return (
    <rect
      x={Math.min(from[0], to[0])}
      y={Math.min(from[1], to[1])}
      width={Math.abs(to[0] - from[0])}
      height={Math.abs(to[1] - from[1])}
      fill="var(--accent)"
      fillOpacity="0.15"
      stroke="var(--accent)"
    />
  );
}
