/** The units of the map as dots, in their colours. */

import { sessionTicks } from '../../figures/recording.ts';
import type { UnitColumns } from '../../server/protocol.ts';
import type { Area, KeyEntry } from '../charts/plot.tsx';
import { amplitudeRole, ink, neuronRole, sessionInk } from '../theme/palette.ts';
import type { Places } from './map-places.ts';

export const COLOURINGS = ['neuron', 'session', 'amplitude'] as const;
export type Colouring = (typeof COLOURINGS)[number];

interface Coloured {
  readonly colouring: Colouring;
  readonly labels: Int32Array;
  readonly units: Pick<UnitColumns, 'session' | 'amplitude'>;
}

/** Units of one colour, by its role in the palette; undefined: none of their own. */
export type Dots = readonly [role: string | undefined, units: readonly number[]];

/** How often every colour has its turn, so that none covers all others. */
const ROUNDS = 8;

/** Units in lists of one colour each, in the order of painting; those without a colour lie below the others. */
export function colourUnits({ colouring, labels, units }: Coloured): Dots[] {
  const roleOf = (unit: number): string | undefined => {
    if (colouring === 'session') return `session-${units.session[unit]}`;
    if (colouring === 'amplitude') return roleOfAmplitude(units.amplitude[unit]);
    return labels[unit] > 0 ? neuronRole(labels[unit]) : undefined;
  };
  const without: number[] = [];
  const rounds = Array.from({ length: ROUNDS }, () => new Map<string, number[]>());
  for (let unit = 0; unit < labels.length; unit++) {
    const role = roleOf(unit);
    const round = rounds[unit % ROUNDS];
    if (role === undefined) without.push(unit);
    else if (round.has(role)) round.get(role)!.push(unit);
    else round.set(role, [unit]);
  }
  return [[undefined, without], ...rounds.flatMap((round) => [...round])];
}

/** Ends of the scale of amplitudes, µV. */
const [WEAK, STRONG] = [20, 500];

function roleOfAmplitude(amplitude: number): string | undefined {
  if (Number.isNaN(amplitude)) return undefined;
  const place = Math.log(amplitude / WEAK) / Math.log(STRONG / WEAK);
  return amplitudeRole(Math.min(1, Math.max(0, place)));
}

/** The key to the colours. */
export function colourKeys(colouring: Colouring, sessionCount: number): KeyEntry[] {
  if (colouring === 'neuron') return [{ name: 'unmatched; colours of neurons repeat', colour: ink('grey') }];
  if (colouring === 'session') {
    return sessionTicks(sessionCount, 10).map((session, i) => ({
      name: i === 0 ? `session ${session}` : String(session),
      colour: sessionInk(session),
    }));
  }
  return [WEAK, 50, 100, 200, STRONG].map((amplitude) => ({
    name: `${amplitude === WEAK ? '≤ ' : amplitude === STRONG ? '≥ ' : ''}${amplitude} µV`,
    colour: `var(--${roleOfAmplitude(amplitude)})`,
  }));
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
