/** The units of the map as dots, in their colours. */
import type { UnitColumns } from '../../server/protocol.ts';
import type { Area } from '../charts/plot.tsx';
import { neuronColour, paletteOf, type Theme, viridis } from '../theme/palette.ts';
import type { Places } from './map-places.ts';

export const COLOURINGS = ['neuron', 'session', 'amplitude'] as const;
export type Colouring = (typeof COLOURINGS)[number];

interface Coloured {
  readonly colouring: Colouring;
  readonly theme: Theme;
  readonly sessionCount: number;
  readonly labels: Int32Array;
  readonly units: UnitColumns;
}

/** Units in lists of one colour each; those without one come first, below the others. */
export function colourUnits({ colouring, theme, sessionCount, labels, units }: Coloured) {
  const sessions = paletteOf(theme, sessionCount);
  return groupByColour(labels.length, (unit) => {
    if (colouring === 'session') return sessions[`session-${units.session[unit]}`];
    if (colouring === 'amplitude') return amplitudeColour(units.amplitude[unit], theme);
    return labels[unit] > 0 ? neuronColour(labels[unit], theme) : undefined;
  });
}

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

/** From 20 to 500 µV on a logarithmic scale, in 16 steps; none where it is not known. */
function amplitudeColour(amplitude: number, theme: Theme): string | undefined {
  if (Number.isNaN(amplitude)) return undefined;
  const place = Math.min(1, Math.max(0, Math.log(amplitude / 20) / Math.log(500 / 20)));
  const step = Math.round(place * 15) / 15;
  return viridis(theme === 'light' ? step * 0.88 : 0.2 + step * 0.8);
}

export function paintDots(
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
