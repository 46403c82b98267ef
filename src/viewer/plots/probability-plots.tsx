/** How likely units are found again. */
import { useMemo } from 'react';
import {
  type LagPoint,
  matchedProbability,
  probabilityByLag,
  type SessionMatches,
} from '../../figures/matched-probability.ts';
import { sessionTicks } from '../../figures/recording.ts';
import { cellPixels, packed, paintCells } from '../charts/heat-map.ts';
import { HitLink, Line } from '../charts/marks.tsx';
import { type Area, type AxisSpec, Plot } from '../charts/plot.tsx';
import { formatNumber } from '../charts/scale.ts';
import { href } from '../state/route.ts';
import { ink, type Palette } from '../theme/palette.ts';

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
          <Line
            length={pooled.length}
            x={(i) => area.x(pooled[i].lag)}
            y={(i) => area.y(pooled[i].probability)}
            colour={ink('blue')}
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
