/** What was found in each session. */
import { useMemo } from 'react';
import type { Overview, UnitColumns } from '../../server/protocol.ts';
import { HitLink, Line } from '../charts/marks.tsx';
import { type Area, Plot } from '../charts/plot.tsx';
import { extent, formatNumber, padded } from '../charts/scale.ts';
import { Scatter } from '../charts/scatter.tsx';
import { subjectOf, subjectTitle } from '../model/groups.ts';
import { openSubject } from '../state/actions.ts';
import { href } from '../state/route.ts';
import { ink } from '../theme/palette.ts';
import { inSession, MATCH_KEYS, sessionAxis } from './session-axis.ts';

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
              <Line
                length={motion.length}
                x={(s) => area.x(s + 1)}
                y={(s) => area.y(motion[s])}
                colour={colour(i)}
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
