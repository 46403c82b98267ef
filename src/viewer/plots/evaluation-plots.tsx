/** What is known of how good a tracking is. */
import type { Estimate } from '../../core/evaluation/error-rates.ts';
import type { Evaluation } from '../../core/evaluation/evaluation.ts';
import { Diagonal, Line } from '../charts/marks.tsx';
import { Plot } from '../charts/plot.tsx';
import { formatNumber } from '../charts/scale.ts';
import { ink, type Role } from '../theme/palette.ts';

const HEIGHT = 208;

/** Share as a percentage. */
export const percent = (share: number) => `${formatNumber(100 * share, 1)} %`;

/** An error rate, as one method estimates it. */
export interface RateRow {
  readonly name: string;
  readonly kind: 'false' | 'missed';
  readonly rate: Estimate;
  /** What it is, where identities are known. */
  readonly truth?: number;
}

/** Every estimate of the error rates there is, false matches first. */
export function rateRows({ errorRates, truth }: Evaluation): RateRow[] {
  const { decoys, depth, halves } = errorRates;
  const rows: (RateRow | undefined)[] = [
    {
      name: 'False matches, by decoys',
      kind: 'false',
      rate: decoys.falsePositives,
      truth: truth?.falsePositives,
    },
    depth && {
      name: 'False matches, by depth',
      kind: 'false',
      rate: depth.falsePositives,
      truth: truth?.falsePositives,
    },
    halves?.rates && {
      name: 'False matches, by halves',
      kind: 'false',
      rate: halves.rates.falsePositives,
      truth: truth?.falsePositives,
    },
    decoys.falseNegatives && {
      name: 'Missed pairs, by decoys',
      kind: 'missed',
      rate: decoys.falseNegatives,
      truth: truth?.falseNegatives,
    },
    halves?.rates && {
      name: 'Missed pairs, by halves',
      kind: 'missed',
      rate: halves.rates.falseNegatives,
      truth: truth?.falseNegatives,
    },
  ];
  return rows.filter((row) => row !== undefined);
}

/** Estimates with their intervals, one line each. */
export function ErrorRatesPlot({ rows }: { rows: readonly RateRow[] }) {
  const most = Math.max(...rows.map(({ rate, truth = 0 }) => Math.max(rate.high, truth)));
  const colour = ({ kind }: RateRow) => ink(kind === 'false' ? 'vermillion' : 'blue');
  const hasTruth = rows.some(({ truth }) => truth !== undefined);
  return (
    <Plot
      title="Error rates"
      name="ErrorRates"
      subtitle="estimate and interval"
      label={rows.map(({ name, rate }) => `${name}: ${percent(rate.estimate)}.`).join(' ')}
      height={44 + 27 * rows.length}
      x={{ label: 'Share', domain: [0, Math.max(0.05, most * 1.04)] }}
      y={{
        domain: [rows.length + 0.5, 0.5],
        ticks: rows.map(({ name }, i) => ({ at: i + 1, text: name })),
      }}
      keys={[
        { name: 'of the matched pairs', colour: ink('vermillion') },
        { name: 'of the pairs of one neuron', colour: ink('blue') },
        ...(hasTruth ? [{ name: 'truth', colour: ink('ink') }] : []),
      ]}
      table={() => ({
        columns: ['method', 'estimate', 'low', 'high', 'truth'],
        rows: rows.map(({ name, rate, truth }) => [name, rate.estimate, rate.low, rate.high, truth]),
      })}
    >
      {(area) =>
        rows.map((row, i) => {
          const { low, high, estimate } = row.rate;
          const y = area.y(i + 1);
          const x = area.x(low);
          return (
            <g key={row.name}>
              <rect
                x={x}
                y={y - 5}
                width={Math.max(2, area.x(high) - x)}
                height="10"
                rx="3"
                fill={colour(row)}
                opacity="0.35"
              />
              <circle cx={area.x(estimate)} cy={y} r="4" fill={colour(row)} />
              {row.truth !== undefined && (
                <path d={`M${area.x(row.truth)} ${y - 9}V${y + 9}`} stroke={ink('ink')} strokeWidth="2" />
              )}
            </g>
          );
        })
      }
    </Plot>
  );
}

/** What came true of the probabilities, where identities are known. */
export function ReliabilityPlot({ truth }: { truth: NonNullable<Evaluation['truth']> }) {
  const { reliability, calibrationError } = truth;
  const most = Math.max(1, ...reliability.map(({ count }) => count));
  return (
    <Plot
      title="Reliability"
      name="Reliability"
      subtitle={`calibration error ${formatNumber(calibrationError, 3)}`}
      label="Share of the matched pairs that are one neuron, by their probability."
      height={HEIGHT}
      x={{ label: 'Probability of a match', domain: [0, 1.04] }}
      y={{ label: 'Share that is one neuron', domain: [0, 1.06] }}
      table={() => ({
        columns: ['from', 'to', 'pairs', 'predicted', 'observed'],
        rows: reliability.map(({ from, to, count, predicted, observed }) => [
          from,
          to,
          count,
          predicted,
          observed,
        ]),
      })}
    >
      {(area) => (
        <>
          <Diagonal area={area} />
          {reliability.map(({ predicted, observed, count }) => (
            <circle
              key={predicted}
              cx={area.x(predicted)}
              cy={area.y(observed)}
              r={2 + 6 * Math.sqrt(count / most)}
              fill={ink('blue')}
              opacity="0.85"
            />
          ))}
        </>
      )}
    </Plot>
  );
}

export function SurvivalPlot({ evaluation: { survival, sessions } }: { evaluation: Evaluation }) {
  return (
    <Plot
      title="Survival of units"
      name="Survival"
      subtitle="found again then or later"
      label={survival.map(({ lag, share }) => `${lag} later: ${percent(share)}.`).join(' ')}
      height={HEIGHT}
      x={{ label: 'Sessions later', domain: [0, Math.max(1, sessions)], whole: true }}
      y={{ label: 'Share of units', domain: [0, 1.02] }}
      table={() => ({
        columns: ['sessions_later', 'units', 'share'],
        rows: survival.map(({ lag, units, share }) => [lag, units, share]),
      })}
    >
      {(area) => (
        <>
          <Line
            length={survival.length}
            x={(i) => area.x(survival[i].lag)}
            y={(i) => area.y(survival[i].share)}
            colour={ink('blue')}
          />
          {survival.map(({ lag, share }) => (
            <circle key={lag} cx={area.x(lag)} cy={area.y(share)} r="2.6" fill={ink('blue')} />
          ))}
        </>
      )}
    </Plot>
  );
}

/** What a threshold on the probability leaves. */
export function YieldPlot({ evaluation }: { evaluation: Evaluation }) {
  const { yield: points, matchedPairs } = evaluation;
  const lines: readonly [string, Role, (i: number) => number][] = [
    ['kept pairs', 'blue', (i) => points[i].matches / Math.max(1, matchedPairs)],
    ['false among them', 'vermillion', (i) => points[i].falseShare],
  ];
  return (
    <Plot
      title="Yield against threshold"
      name="Yield"
      label="Share of the matched pairs above a least probability, and of false ones among them."
      height={HEIGHT}
      x={{ label: 'Least probability', domain: [0, 1] }}
      y={{ label: 'Share', domain: [0, 1.02] }}
      keys={lines.map(([name, role]) => ({ name, colour: ink(role) }))}
      table={() => ({
        columns: ['threshold', 'matched_pairs', 'false_share'],
        rows: points.map(({ threshold, matches, falseShare }) => [threshold, matches, falseShare]),
      })}
    >
      {(area) =>
        lines.map(([name, role, value]) => (
          <Line
            key={name}
            length={points.length}
            x={(i) => area.x(points[i].threshold)}
            y={(i) => area.y(value(i))}
            colour={ink(role)}
          />
        ))
      }
    </Plot>
  );
}
