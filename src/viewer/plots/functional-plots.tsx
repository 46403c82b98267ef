/** How well features that were held out tell matched pairs from their neighbours. */
import type { FunctionalCheck, FunctionalFeature } from '../../core/evaluation/functional-checks.ts';
import { Diagonal, Line } from '../charts/marks.tsx';
import { Plot } from '../charts/plot.tsx';
import { formatNumber } from '../charts/scale.ts';
import { ink, type Role } from '../theme/palette.ts';

const HEIGHT = 208;

const FEATURE_ROLES: Readonly<Record<FunctionalFeature, Role>> = {
  AutoCorr: 'green',
  ISI: 'blue',
  PETH: 'purple',
  FiringRate: 'orange',
  PopulationCoupling: 'vermillion',
};
const inkOf = (feature: FunctionalFeature) => ink(FEATURE_ROLES[feature]);
const keysOf = (checks: readonly FunctionalCheck[]) =>
  checks.map(({ feature }) => ({ name: feature, colour: inkOf(feature) }));

export function RocPlot({ checks }: { checks: readonly FunctionalCheck[] }) {
  return (
    <Plot
      title="ROC of what was held out"
      name="Roc"
      label={checks.map(({ feature, auc }) => `${feature}: area ${formatNumber(auc, 2)}.`).join(' ')}
      height={HEIGHT}
      x={{ label: 'Neighbouring unmatched pairs', domain: [0, 1.01] }}
      y={{ label: 'Matched pairs', domain: [0, 1.01] }}
      keys={keysOf(checks)}
      table={() => ({
        columns: ['feature', 'unmatched_share', 'matched_share'],
        rows: checks.flatMap(({ feature, roc }) =>
          roc.map(({ falsePositiveRate, truePositiveRate }) => [
            feature,
            falsePositiveRate,
            truePositiveRate,
          ]),
        ),
      })}
    >
      {(area) => (
        <>
          <Diagonal area={area} />
          {checks.map(({ feature, roc }) => (
            <Line
              key={feature}
              length={roc.length}
              x={(i) => area.x(roc[i].falsePositiveRate)}
              y={(i) => area.y(roc[i].truePositiveRate)}
              colour={inkOf(feature)}
            />
          ))}
        </>
      )}
    </Plot>
  );
}

/** Areas under the curve by the distance of two sessions, with 95 % intervals. */
export function AucPlot({ checks, by }: { checks: readonly FunctionalCheck[]; by: 'sessions' | 'days' }) {
  const series = checks.map(({ feature, bySessions, byDays }) => ({
    feature,
    points: (by === 'days' ? byDays : bySessions).map(({ distance, auc, standardError, matched }) => ({
      distance,
      auc,
      matched,
      low: Math.max(0, auc - 1.96 * standardError),
      high: Math.min(1, auc + 1.96 * standardError),
    })),
  }));
  const all = series.flatMap(({ points }) => points);
  const most = Math.max(1, ...all.map(({ distance }) => distance));
  const least = Math.min(0.4, ...all.map(({ low }) => low));
  return (
    <Plot
      title={by === 'days' ? '… by days' : 'AUC by distance of sessions'}
      name={by === 'days' ? 'AucByDays' : 'AucBySessions'}
      label={`How well features that were held out tell matched pairs from their neighbours, by ${by} in between.`}
      height={HEIGHT}
      x={{ label: by === 'days' ? 'Δ days' : 'Δ session', domain: [0, most * 1.05], whole: true }}
      y={{ label: 'AUC', domain: [Math.floor(10 * least) / 10, 1.02] }}
      keys={keysOf(checks)}
      table={() => ({
        columns: ['feature', 'distance', 'matched_pairs', 'auc', 'low', 'high'],
        rows: series.flatMap(({ feature, points }) =>
          points.map(({ distance, matched, auc, low, high }) => [feature, distance, matched, auc, low, high]),
        ),
      })}
    >
      {(area) => (
        <>
          <path d={`M0 ${area.y(0.5)}H${area.width}`} stroke={ink('grey')} strokeDasharray="3 3" />
          {series.map(({ feature, points }) => (
            <g key={feature} stroke={inkOf(feature)} fill={inkOf(feature)}>
              <Line
                length={points.length}
                x={(i) => area.x(points[i].distance)}
                y={(i) => area.y(points[i].auc)}
                colour={inkOf(feature)}
              />
              {points.map(({ distance, auc, low, high }) => (
                <g key={distance}>
                  <path d={`M${area.x(distance)} ${area.y(low)}V${area.y(high)}`} />
                  <circle cx={area.x(distance)} cy={area.y(auc)} r="2.6" stroke="none" />
                </g>
              ))}
            </g>
          ))}
        </>
      )}
    </Plot>
  );
}
