/** In which sessions each neuron was found. */
import { useMemo } from 'react';
import type { Overview, UnitColumns } from '../../server/protocol.ts';
import { cellPixels, packed, paintCells } from '../charts/heat-map.ts';
import { HitArea } from '../charts/marks.tsx';
import { type Area, Plot } from '../charts/plot.tsx';
import { go, href } from '../state/route.ts';
import { ink, type Palette } from '../theme/palette.ts';
import { sessionAxis } from './session-axis.ts';

interface PresenceProps {
  readonly overview: Overview;
  readonly units: UnitColumns;
  readonly groups: ReadonlyMap<number, readonly number[]>;
}

/** Neurons by the first session, then by how many; a click opens the neuron. */
export function PresenceMap({ overview, units, groups }: PresenceProps) {
  const n = overview.sessions.length;
  const order = useMemo(
    () =>
      [...groups]
        .map(([id, members]) => ({
          id,
          sessions: new Set(members.map((unit) => units.session[unit])),
          first: units.session[members[0]],
        }))
        .sort((a, b) => a.first - b.first || b.sessions.size - a.sessions.size),
    [groups, units],
  );
  const paint = useMemo(
    () => (context: CanvasRenderingContext2D, area: Area, palette: Palette) => {
      const values = Float32Array.from({ length: order.length * n }, (_, i) =>
        order[Math.floor(i / n)].sessions.has((i % n) + 1) ? 1 : 0,
      );
      const table = Uint32Array.of(packed(palette['pale-grey']), packed(palette.blue));
      if (order.length > 0)
        paintCells(context, area, cellPixels({ columns: n, rows: order.length, values }, [0, 1], 0, table));
    },
    [order, n],
  );
  const neuronAt = (y: number): (typeof order)[number] | undefined =>
    order[Math.min(order.length - 1, Math.max(0, Math.floor(y * order.length)))];
  return (
    <Plot
      title="Sessions in which each neuron was found"
      name="NeuronPresence"
      label={`${order.length} neurons, those that were found first on top.`}
      height={420}
      x={sessionAxis(n)}
      y={{ label: 'Neuron', domain: [order.length || 1, 0], whole: true }}
      paint={paint}
      table={() => ({
        columns: ['neuron', ...overview.sessions.map(({ session }) => `session_${session}`)],
        rows: order.map(({ id, sessions }) => [
          id,
          ...overview.sessions.map((s) => Number(sessions.has(s.session))),
        ]),
      })}
    >
      {(area) =>
        order.length === 0 ? (
          <text x={area.width / 2} y={area.height / 2} textAnchor="middle" fontSize="13" fill={ink('muted')}>
            No unit was matched: there are no neurons.
          </text>
        ) : (
          <HitArea
            area={area}
            find={(_, y) => neuronAt(y)}
            describe={(neuron) => (neuron ? `Neuron ${neuron.id}: ${neuron.sessions.size} sessions` : '')}
            onPick={(neuron) => neuron && go(href(`neuron/${neuron.id}`))}
          />
        )
      }
    </Plot>
  );
}
