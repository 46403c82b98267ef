/** Which plots stand on the page, and what is needed to draw them again elsewhere. */
import type { RefObject } from 'react';
import type { Area, KeyEntry, Paint } from '../charts/plot.tsx';
import type { Table } from './table.ts';

export interface PlotHandle {
  readonly title: string;
  readonly name: string;
  readonly subtitle?: string;
  readonly keys?: readonly KeyEntry[];
  readonly table?: () => Table;
  readonly svg: RefObject<SVGSVGElement | null>;
  readonly paint?: Paint;
  readonly area: Area;
  /** Corner of the drawing area, px. */
  readonly left: number;
  readonly top: number;
}

const plots = new WeakMap<Element, PlotHandle>();

export function registerPlot(figure: Element, handle: PlotHandle): () => void {
  plots.set(figure, handle);
  return () => plots.delete(figure);
}

export function plotOf(figure: Element): PlotHandle {
  const handle = plots.get(figure);
  if (!handle) throw new Error('This plot is not drawn yet.');
  return handle;
}

/** All plots within an element, in the order of the page. */
export function plotsWithin(root: ParentNode): PlotHandle[] {
  return [...root.querySelectorAll('[data-plot]')].flatMap((figure) => plots.get(figure) ?? []);
}
