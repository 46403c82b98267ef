/** Zoom by wheel and keys, move by dragging: the part of a plane that is in sight. */
import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import type { Area } from './plot.tsx';

/** Domains of the axes. */
export interface Viewport {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

export interface PanZoom {
  readonly viewport: Viewport;
  readonly onChange: (next: Viewport) => void;
  /** What 0 and a double click go back to. */
  readonly home: Viewport;
  /** Smallest length of the x axis. */
  readonly least: number;
}

const WHEEL_SPEED = 0.0018;
const KEY_FACTOR = 1.5;

const lengthOf = ([a, b]: readonly [number, number]) => b - a;

/** The viewport, smaller by a factor around a point of the plane; never larger than home. */
function zoomed({ viewport, home, least }: PanZoom, factor: number, x: number, y: number): Viewport {
  const length = lengthOf(viewport.x);
  const most = lengthOf(home.x) * 1.15;
  const by = Math.min(most, Math.max(least, length / factor)) / length;
  const around = ([a, b]: readonly [number, number], at: number): [number, number] => [
    at + (a - at) * by,
    at + (b - at) * by,
  ];
  return { x: around(viewport.x, x), y: around(viewport.y, y) };
}

/** Moved by parts of its length, so far that its middle stays within home. */
export function moved({ viewport, home }: PanZoom, partX: number, partY: number): Viewport {
  const shift = (
    axis: readonly [number, number],
    whole: readonly [number, number],
    part: number,
  ): [number, number] => {
    const by = part * lengthOf(axis);
    const middle = (axis[0] + axis[1]) / 2 + by;
    const [low, high] = [Math.min(...whole), Math.max(...whole)];
    const kept = Math.min(high, Math.max(low, middle)) - middle;
    return [axis[0] + by + kept, axis[1] + by + kept];
  };
  return { x: shift(viewport.x, home.x, partX), y: shift(viewport.y, home.y, partY) };
}

/**
 * @param target element over the drawing area
 * @returns what the keys do; to be called from a `keydown` of an element that holds the focus
 */
export function usePanZoom(target: RefObject<SVGRectElement | null>, state: PanZoom, area: Area) {
  const latest = useRef({ state, area });
  latest.current = { state, area };
  useEffect(() => {
    const element = target.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { state, area } = latest.current;
      const box = element.getBoundingClientRect();
      const [x, y] = [area.x.invert(event.clientX - box.left), area.y.invert(event.clientY - box.top)];
      const next = zoomed(state, Math.exp(-event.deltaY * WHEEL_SPEED), x, y);
      latest.current = { state: { ...state, viewport: next }, area };
      state.onChange(next);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [target]);
  return (event: KeyboardEvent): boolean => {
    const { state } = latest.current;
    const { x, y } = state.viewport;
    const middle = [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2] as const;
    const zoom = (factor: number) => zoomed(state, factor, ...middle);
    const actions: Record<string, () => Viewport> = {
      '+': () => zoom(KEY_FACTOR),
      '=': () => zoom(KEY_FACTOR),
      '-': () => zoom(1 / KEY_FACTOR),
      '0': () => state.home,
      ArrowLeft: () => moved(state, -0.2, 0),
      ArrowRight: () => moved(state, 0.2, 0),
      ArrowUp: () => moved(state, 0, 0.2),
      ArrowDown: () => moved(state, 0, -0.2),
    };
    const action = event.ctrlKey || event.metaKey ? undefined : actions[event.key];
    if (!action) return false;
    event.preventDefault();
    event.stopPropagation();
    event.nativeEvent.stopImmediatePropagation();
    state.onChange(action());
    return true;
  };
}
