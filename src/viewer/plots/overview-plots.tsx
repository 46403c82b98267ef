/** What the sessions have in common: units, motion, how likely units are found again. */
import { useMemo } from 'react';
import {
  type LagPoint,
  matchedProbability,
  probabilityByLag,
  type SessionMatches,
} from '../../figures/matched-probability.ts';
import { sessionTicks } from '../../figures/recording.ts';
import { MATCH_KINDS } from '../../figures/theme.ts';
import type { Overview, UnitColumns } from '../../server/protocol.ts';
import { cellPixels, packed, paintCells } from '../charts/heat-map.ts';
import { HitLink, linePath } from '../charts/marks.tsx';
import { type Area, type AxisSpec, Plot } from '../charts/plot.tsx';
import { formatNumber, padded } from '../charts/scale.ts';
import { Scatter } from '../charts/scatter.tsx';
import { subjectOf, subjectTitle } from '../model/groups.ts';
import { openSubject } from '../state/actions.ts';
import { go, href } from '../state/route.ts';
import { ink, type Palette } from '../theme/palette.ts';

export const MATCH_KEYS = [
  { name: MATCH_KINDS.names[0], colour: ink('grey') },
  { name: MATCH_KINDS.names[1], colour: ink('blue') },
];

/** The table of what was found in a session. */
export const inSession = (session: number) => href('neurons', { filter: `in(${session})` });

export function sessionAxis(sessionCount: number, most = 12): AxisSpec {
  return {
    label: 'Session',
    domain: [0.5, sessionCount + 0.5],
    ticks: sessionTicks(sessionCount, most).map((s) => ({ at: s, text: String(s) })),
  };
}

interface SessionsProps {
  readonly overview: Overview;
  readonly units: UnitColumns;
  /** (units,) curated neuron of each, from 1; -1 unmatched. */
  readonly labels: Int32Array;
}

export function UnitsPerSession({ overview, units, labels }: SessionsProps) {
  const n = overview.sessions.length;
  const counts = useMemo(() => {
    const matched = new Int32Array(n);
    const all = new Int32Array(n);
    units.session.forEach((session, unit) => {
      all[session - 1]++;
      if (labels[unit] > 0) matched[session - 1]++;
    });
    return { matched, all };
  }, [units, labels, n]);
  const most = Math.max(1, ...counts.all);
  return (
    <Plot
      title="Units per session"
      name="UnitsPerSession"
      interactive
      label={`${n} sessions with ${Math.min(...counts.all)} to ${most} units.`}
      height={190}
      x={sessionAxis(n)}
      y={{ label: 'Units', domain: [0, most * 1.05], whole: true }}
      keys={MATCH_KEYS}
      table={() => ({
        columns: ['session', 'date', 'units', 'matched'],
        rows: overview.sessions.map(({ session, date }) => [
          session,
          date,
          counts.all[session - 1],
          counts.matched[session - 1],
        ]),
      })}
    >
      {(area) =>
        overview.sessions.map(({ session, date, label }) => {
          const [left, right] = [area.x(session - 0.42), area.x(session + 0.42)];
          const [all, matched] = [counts.all[session - 1], counts.matched[session - 1]];
          const bar = { x: left, width: right - left };
          return (
            <g key={session}>
              <rect {...bar} y={area.y(all)} height={area.y(matched) - area.y(all)} fill={ink('grey')} />
              <rect {...bar} y={area.y(matched)} height={area.height - area.y(matched)} fill={ink('blue')} />
              <HitLink
                to={inSession(session)}
                label={`Session ${session}${label ? ` ${label}` : ''}${date ? ` (${date})` : ''}: ${all} units, ${matched} matched`}
                x={area.x(session - 0.5)}
                y={0}
                width={area.x(1) - area.x(0)}
                height={area.height}
              />
            </g>
          );
        })
      }
    </Plot>
  );
}

/** Every unit by session and depth, spread within its session by its place across the probe. */
export function DepthBySession({ overview, units, labels }: SessionsProps) {
  const points = useMemo(() => {
    const [x0, x1] = extent(units.x);
    const x = Float32Array.from(
      units.session,
      (s, u) => s - 0.38 + (0.76 * (units.x[u] - x0)) / (x1 - x0 || 1),
    );
    const kind = Uint8Array.from(labels, (label) => (label > 0 ? 1 : 0));
    return { x, y: units.y, kind, count: units.y.length, colours: [ink('grey'), ink('blue')] };
  }, [units, labels]);
  const domain = useMemo(() => padded(extent(units.y)), [units]);
  const describe = (unit: number) =>
    `${subjectTitle(subjectOf(unit, labels))}, unit ${unit}\nsession ${units.session[unit]}, y ${formatNumber(units.y[unit])} µm`;
  return (
    <Scatter
      title="Where they were found"
      name="DepthBySession"
      label="Every unit by session and depth."
      height={190}
      x={sessionAxis(overview.sessions.length)}
      y={{ label: 'Position y (µm)', domain }}
      keys={MATCH_KEYS}
      points={points}
      describe={describe}
      onPick={(unit) => openSubject(subjectOf(unit, labels))}
      actions={
        <a href={href('map')} className="plot-link">
          Map
        </a>
      }
      table={() => ({
        columns: ['unit', 'session', 'x_um', 'y_um', 'neuron'],
        rows: Array.from(labels, (label, u) => [
          u,
          units.session[u],
          units.x[u],
          units.y[u],
          label > 0 ? label : '',
        ]),
      })}
    />
  );
}

const CURVE_COLOURS = ['blue', 'vermillion', 'green', 'orange', 'purple', 'sky', 'ink', 'grey'] as const;

export function MotionPlot({ overview, height = 190 }: { overview: Overview; height?: number }) {
  const { parts, sessions } = overview;
  const curves = parts.flatMap(({ shankId, motion }) =>
    motion.curves.map((curve) => ({
      ...curve,
      name: [
        shankId === undefined ? '' : `shank ${shankId}`,
        curve.depth === undefined ? '' : `y ${formatNumber(curve.depth)} µm`,
      ]
        .filter(Boolean)
        .join(', '),
    })),
  );
  const values = curves.flatMap(({ motion, lower = [], upper = [] }) => [...motion, ...lower, ...upper]);
  const domain = padded(extent(values.filter((v): v is number => v !== null)), 0.08);
  const colour = (i: number) => ink(CURVE_COLOURS[i % CURVE_COLOURS.length]);
  const hasBand = curves.some(({ lower }) => lower !== undefined);
  return (
    <Plot
      title="Motion"
      name="Motion"
      interactive
      subtitle={hasBand ? '95 % band from resampled pairs' : undefined}
      label={`Motion of the probe in every session, from ${formatNumber(domain[0])} to ${formatNumber(domain[1])} µm.`}
      height={height}
      x={sessionAxis(sessions.length)}
      y={{ label: 'Motion (µm)', domain }}
      keys={curves.length > 1 ? curves.map(({ name }, i) => ({ name, colour: colour(i) })) : undefined}
      table={() => ({
        columns: ['curve', 'session', 'motion_um', 'lower_um', 'upper_um'],
        rows: curves.flatMap(({ name, motion, lower, upper }) =>
          motion.map((value, s) => [name, s + 1, value, lower?.[s], upper?.[s]]),
        ),
      })}
    >
      {(area) => (
        <>
          <path d={`M0 ${area.y(0)}H${area.width}`} stroke={ink('pale-grey')} />
          {curves.map(({ motion, lower, upper, name }, i) => (
            <g key={name}>
              {lower && upper && <path d={bandPath(lower, upper, area)} fill={colour(i)} opacity="0.22" />}
              <path
                d={linePath(
                  motion.length,
                  (s) => area.x(s + 1),
                  (s) => area.y(motion[s]),
                )}
                fill="none"
                stroke={colour(i)}
                strokeWidth="1.5"
              />
              {motion.map((value, s) => (
                <circle key={s} cx={area.x(s + 1)} cy={area.y(value)} r="2.6" fill={colour(i)} />
              ))}
            </g>
          ))}
          {sessions.map(({ session }) => (
            <HitLink
              key={session}
              to={inSession(session)}
              label={`Session ${session}: ${curves.map(({ motion }) => `${formatNumber(motion[session - 1], 1)} µm`).join(', ')}`}
              x={area.x(session - 0.5)}
              y={0}
              width={area.x(1) - area.x(0)}
              height={area.height}
              tabbable={false}
            />
          ))}
        </>
      )}
    </Plot>
  );
}

function bandPath(lower: readonly (number | null)[], upper: readonly (number | null)[], area: Area): string {
  const known = lower.flatMap((low, s) => (low === null || upper[s] === null ? [] : [s]));
  const there = known.map((s) => `${area.x(s + 1).toFixed(1)} ${area.y(upper[s] ?? 0).toFixed(1)}`);
  const back = known.map((s) => `${area.x(s + 1).toFixed(1)} ${area.y(lower[s] ?? 0).toFixed(1)}`).reverse();
  return known.length > 0 ? `M${[...there, ...back].join('L')}Z` : '';
}

/** How likely a unit of one session is found in another. */
export function ProbabilityMatrix({ matches }: { matches: SessionMatches }) {
  const { sessionCount: n } = matches;
  const values = useMemo(() => matchedProbability(matches), [matches]);
  const paint = useMemo(
    () => (context: CanvasRenderingContext2D, area: Area, palette: Palette) =>
      paintCells(
        context,
        area,
        cellPixels({ columns: n, rows: n, values }, [0, 1], packed(palette['pale-grey'])),
      ),
    [values, n],
  );
  const ticks = sessionTicks(n, 8).map((s) => ({ at: s, text: String(s) }));
  return (
    <Plot
      title="Matched probability"
      name="MatchedProbability"
      interactive
      label="Share of the units of one session that were found in another one."
      height={208}
      square
      x={{ label: 'Found in session', domain: [0.5, n + 0.5], ticks }}
      y={{ label: 'Unit of session', domain: [n + 0.5, 0.5], ticks }}
      paint={paint}
      right={60}
      colourScale={{ domain: [0, 1], decimals: 1 }}
      table={() => ({
        columns: ['unit_of_session', 'found_in_session', 'probability'],
        rows: Array.from(values, (p, i) => [Math.floor(i / n) + 1, (i % n) + 1, p]),
      })}
    >
      {(area) => <CellPicker area={area} n={n} values={values} />}
    </Plot>
  );
}

function CellPicker({ area, n, values }: { area: Area; n: number; values: Float64Array }) {
  return (
    <>
      {Array.from({ length: n * n }, (_, i) => {
        const [row, column] = [Math.floor(i / n) + 1, (i % n) + 1];
        if (row === column || n > 40) return null;
        return (
          <HitLink
            key={`${row}-${column}`}
            to={href('neurons', { filter: `in(${row}) and in(${column})` })}
            label={`Session ${row} in session ${column}: ${formatNumber(values[i], 2)}`}
            x={area.x(column - 0.5)}
            y={area.y(row - 0.5)}
            width={area.width / n}
            height={area.height / n}
            tabbable={false}
          />
        );
      })}
    </>
  );
}

/** By the number of sessions in between, or by days where sessions have dates. */
export function ProbabilityByLag({ matches, days }: { matches: SessionMatches; days?: readonly number[] }) {
  const { each, pooled } = useMemo(
    () => (days ? byDays(matches, days) : probabilityByLag(matches)),
    [matches, days],
  );
  const lags = Math.max(1, ...each.map(({ lag }) => lag));
  const x: AxisSpec = days
    ? { label: 'Δ days', domain: [0, lags * 1.04], whole: true }
    : {
        label: 'Δ session',
        domain: [0.5, lags + 0.5],
        ticks: sessionTicks(lags, 10).map((s) => ({ at: s, text: String(s) })),
      };
  return (
    <Plot
      title={days ? '… by days' : '… by distance of sessions'}
      name={days ? 'MatchedProbabilityByDays' : 'MatchedProbabilityByLag'}
      label="Share of units found again, by the distance of two sessions."
      height={208}
      x={x}
      y={{ label: 'Matched probability', domain: [0, 1.02] }}
      table={() => ({ columns: ['lag', 'probability'], rows: each.map((p) => [p.lag, p.probability]) })}
    >
      {(area) => (
        <>
          {each.map(({ lag, probability }, i) => (
            <circle
              key={i}
              cx={area.x(lag)}
              cy={area.y(probability)}
              r="1.8"
              fill={ink('grey')}
              opacity="0.6"
            />
          ))}
          <path
            d={linePath(
              pooled.length,
              (i) => area.x(pooled[i].lag),
              (i) => area.y(pooled[i].probability),
            )}
            fill="none"
            stroke={ink('blue')}
            strokeWidth="1.5"
          />
          {pooled.map(({ lag, probability }) => (
            <circle key={lag} cx={area.x(lag)} cy={area.y(probability)} r="2.6" fill={ink('blue')} />
          ))}
        </>
      )}
    </Plot>
  );
}

function byDays({ sessionCount: n, units, matched }: SessionMatches, days: readonly number[]) {
  const each: LagPoint[] = [];
  const sums = new Map<number, { found: number; all: number }>();
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const all = units[i] + units[j];
      if (all === 0) continue;
      const found = matched[i * n + j] + matched[j * n + i];
      const lag = Math.abs(days[j] - days[i]);
      each.push({ lag, probability: found / all });
      const sum = sums.get(lag) ?? { found: 0, all: 0 };
      sums.set(lag, { found: sum.found + found, all: sum.all + all });
    }
  }
  const pooled = [...sums].map(([lag, { found, all }]) => ({ lag, probability: found / all }));
  return { each, pooled: pooled.sort((a, b) => a.lag - b.lag) };
}

/** Neurons by the first session, then by how many; a click opens the neuron. */
export function PresenceMap({
  overview,
  units,
  groups,
}: Omit<SessionsProps, 'labels'> & { groups: ReadonlyMap<number, readonly number[]> }) {
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
  const neuronAt = (y: number, height: number) =>
    order[Math.min(order.length - 1, Math.max(0, Math.floor((y / height) * order.length)))];
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
      {(area) => (
        <rect
          width={area.width}
          height={area.height}
          fill="transparent"
          data-screen-only=""
          style={{ cursor: 'pointer' }}
          onPointerMove={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            const neuron = neuronAt(event.clientY - box.top, box.height);
            const title = event.currentTarget.firstElementChild;
            if (title)
              title.textContent = neuron ? `Neuron ${neuron.id}: ${neuron.sessions.size} sessions` : '';
          }}
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            const neuron = neuronAt(event.clientY - box.top, box.height);
            if (neuron) go(href(`neuron/${neuron.id}`));
          }}
        >
          <title />
        </rect>
      )}
    </Plot>
  );
}

/** Smallest and largest finite value. */
export function extent(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return low <= high ? [low, high] : [0, 1];
}
