/** Where the units of the map lie, and which of them are near a point. */
import Flatbush from 'flatbush';
import type { UnitColumns } from '../../server/protocol.ts';
import type { Area } from '../charts/plot.tsx';
import { extent } from '../charts/scale.ts';
import type { Viewport } from '../charts/use-pan-zoom.ts';

/** (units,) each, in units of the axes. */
export interface Places {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Session, spread by the place across the probe, and depth without motion. */
export function depthPlaces(units: UnitColumns): Places {
  const [x0, x1] = extent(units.x);
  const x = Float32Array.from(units.session, (s, u) => s - 0.4 + (0.8 * (units.x[u] - x0)) / (x1 - x0 || 1));
  return { x, y: units.correctedY };
}

/** @param embedded (units, 2) */
export function embeddedPlaces(embedded: Float32Array): Places {
  const n = embedded.length / 2;
  return {
    x: Float32Array.from({ length: n }, (_, u) => embedded[2 * u]),
    y: Float32Array.from({ length: n }, (_, u) => embedded[2 * u + 1]),
  };
}

/** Places scaled to 0..1 of home, so that near means near on the screen. */
export function indexPlaces(places: Places, home: Viewport): Flatbush | undefined {
  const n = places.x.length;
  if (n === 0) return undefined;
  const index = new Flatbush(n);
  for (let u = 0; u < n; u++) {
    const [x, y] = [inUnit(places.x[u], home.x), inUnit(places.y[u], home.y)];
    index.add(x, y, x, y);
  }
  index.finish();
  return index;
}

const inUnit = (value: number, [a, b]: readonly [number, number]) => (value - a) / (b - a || 1);

/** A box of the plane as the index has it. */
export function corners(
  x: readonly [number, number],
  y: readonly [number, number],
  home: Viewport,
): [number, number, number, number] {
  const [x0, x1] = x.map((v) => inUnit(v, home.x)).sort((a, b) => a - b);
  const [y0, y1] = y.map((v) => inUnit(v, home.y)).sort((a, b) => a - b);
  return [x0, y0, x1, y1];
}

/** The unit nearest on the screen, within 10 px. */
export function nearest(
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
