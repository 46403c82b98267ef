/** Candidate pairs: how similar they are by each feature, and where those that are looked at lie among them. */
import { useMemo } from 'react';
import type { Overview, PairHistograms, PairSampleArrays, TrackedPart } from '../../server/protocol.ts';
import { stepPath, VerticalLine } from '../charts/marks.tsx';
import { Plot } from '../charts/plot.tsx';
import { extent, formatNumber, padded } from '../charts/scale.ts';
import { Scatter } from '../charts/scatter.tsx';
import { go, href } from '../state/route.ts';
import { ink } from '../theme/palette.ts';
import { MATCH_KEYS } from './session-axis.ts';

export const measureTitle = (measure: string) => (measure === 'weighted' ? 'Weighted' : measure);

interface HistogramProps {
  readonly histogram: PairHistograms['histograms'][number];
  /** Parts of the result whose thresholds are shown: weighted similarities above which pairs are good matches. */
  readonly parts?: readonly TrackedPart[];
  /** Similarities of the pairs that are looked at. */
  readonly own?: readonly number[];
  readonly ownName?: string;
  readonly height?: number;
}

/** Percent of each kind per bin; its own pairs as ticks below. */
export function SimilarityHistogram({
  histogram,
  parts = [],
  own = [],
  ownName = 'pairs of this neuron',
  height = 190,
}: HistogramProps) {
  const { measure, start, width, matched, unmatched } = histogram;
  const shares = useMemo(() => [unmatched, matched].map(percent), [matched, unmatched]);
  const most = Math.max(1, ...shares[0], ...shares[1]);
  const edge = (i: number) => start + i * width;
  const thresholds = parts
    .flatMap(({ threshold, shankId }) => (threshold === null ? [] : [{ threshold, shankId }]))
    .sort((a, b) => a.threshold - b.threshold);
  return (
    <Plot
      title={`${measureTitle(measure)} similarity of pairs`}
      name={`Similarity_${measure}`}
      label={`Histogram of the similarity of matched and unmatched candidate pairs${own.length > 0 ? `, and ${own.length} ${ownName}` : ''}.`}
      height={height}
      x={{ label: 'Fisher z', domain: [start, edge(matched.length)] }}
      y={{ label: 'Pairs per bin (%)', domain: [0, most * 1.12] }}
      keys={[...MATCH_KEYS, ...(own.length > 0 ? [{ name: ownName, colour: ink('vermillion') }] : [])]}
      table={() => ({
        columns: ['lower_edge', 'upper_edge', 'unmatched', 'matched'],
        rows: matched.map((n, i) => [edge(i), edge(i + 1), unmatched[i], n]),
      })}
    >
      {(area) => (
        <>
          {shares.map((share, k) => (
            <path
              key={MATCH_KEYS[k].name}
              d={stepPath(share, edge, area)}
              fill={MATCH_KEYS[k].colour}
              fillOpacity="0.32"
              stroke={MATCH_KEYS[k].colour}
              strokeWidth="1.3"
            />
          ))}
          {thresholds.map(({ threshold, shankId }, row) => (
            <VerticalLine
              key={shankId}
              at={threshold}
              area={area}
              row={row}
              text={`${formatNumber(threshold, 2)}${thresholds.length > 1 ? ` shank ${shankId}` : ''}`}
            />
          ))}
          {own.map((value, i) => (
            <path
              key={i}
              d={`M${area.x(value)} ${area.height}v-16`}
              stroke={ink('vermillion')}
              strokeWidth="1.5"
              opacity="0.75"
            />
          ))}
        </>
      )}
    </Plot>
  );
}

function percent(counts: readonly number[]): number[] {
  const all = counts.reduce((sum, n) => sum + n, 0) || 1;
  return counts.map((n) => (100 * n) / all);
}

export interface OwnPairs {
  /** (n, 2) */
  readonly units: readonly (readonly [number, number])[];
  /** (measures, n) */
  readonly similarity: readonly (readonly number[])[];
}

interface ScatterProps {
  readonly overview: Overview;
  readonly sample: PairSampleArrays;
  readonly sampledMatched: number;
  readonly own?: OwnPairs;
  readonly height?: number;
}

/** The two features of most weight against each other, with the line where the weighted similarity is at its threshold. */
export function PairScatter({ overview, sample, sampledMatched, own, height = 190 }: ScatterProps) {
  const plane = useMemo(() => mainFeatures(overview), [overview]);
  const n = sample.units.length / 2;
  const points = useMemo(() => {
    if (!plane) return undefined;
    const [a, b] = plane.map((feature) => overview.measures.indexOf(feature));
    const row = (m: number) => sample.similarity.subarray(m * n, (m + 1) * n);
    return {
      x: row(a),
      y: row(b),
      count: n,
      kind: Uint8Array.from({ length: n }, (_, i) => (i < sampledMatched ? 1 : 0)),
      colours: [ink('grey'), ink('blue')],
    };
  }, [sample, sampledMatched, plane, overview, n]);
  if (!plane || !points) return null;
  const [a, b] = plane;
  const [ownX, ownY] = plane.map((feature) => own?.similarity[overview.measures.indexOf(feature)] ?? []);
  const [part] = overview.parts;
  const weights = plane.map((feature) => part.weights[overview.features.indexOf(feature)]);
  const line = overview.parts.length === 1 && part.threshold !== null && overview.features.length === 2;
  const unitsOfPair = (i: number) => [sample.units[2 * i], sample.units[2 * i + 1]];
  return (
    <Scatter
      title="Pairs by feature"
      name="FeatureScatter"
      label={`Candidate pairs by ${a} and ${b} similarity.`}
      height={height}
      x={{ label: `${a} (Fisher z)`, domain: padded(extent(points.x)) }}
      y={{ label: `${b} (Fisher z)`, domain: padded(extent(points.y)) }}
      keys={[...MATCH_KEYS, ...(own ? [{ name: 'this neuron', colour: ink('vermillion') }] : [])]}
      points={points}
      describe={(i) =>
        `units ${unitsOfPair(i).join(' and ')}\n${formatNumber(points.x[i], 2)}, ${formatNumber(points.y[i], 2)}`
      }
      onPick={(i) => go(href(`candidates/unit/${unitsOfPair(i)[0]}`, { with: unitsOfPair(i)[1] }))}
      table={() => ({
        columns: ['unit_a', 'unit_b', a, b, 'matched'],
        rows: Array.from({ length: n }, (_, i) => [
          ...unitsOfPair(i),
          points.x[i],
          points.y[i],
          i < sampledMatched,
        ]),
      })}
      marks={(area) => (
        <>
          {line && part.threshold !== null && (
            <path
              d={discriminantPath(weights, part.threshold, area.x.domain, area)}
              stroke={ink('vermillion')}
              strokeWidth="1.4"
            />
          )}
          {ownX.map((x, i) => (
            <circle
              key={i}
              cx={area.x(x)}
              cy={area.y(ownY[i])}
              r="3.4"
              fill={ink('vermillion')}
              stroke={ink('paper')}
              strokeWidth="0.8"
            />
          ))}
        </>
      )}
    />
  );
}

function mainFeatures({ features, parts }: Overview) {
  const order = [...features.keys()].sort(
    (a, b) => (parts[0]?.weights[b] ?? 0) - (parts[0]?.weights[a] ?? 0),
  );
  return order.length < 2 ? undefined : ([features[order[0]], features[order[1]]] as const);
}

function discriminantPath(
  [wx, wy]: readonly number[],
  threshold: number,
  [x0, x1]: readonly [number, number],
  area: { x: (v: number) => number; y: (v: number) => number },
): string {
  const y = (x: number) => area.y((threshold - wx * x) / (wy || 1e-9));
  return `M${area.x(x0)} ${y(x0)}L${area.x(x1)} ${y(x1)}`;
}

/** Weight of each feature. */
export function WeightsPlot({ overview }: { overview: Overview }) {
  const { features, parts } = overview;
  const rows = parts.flatMap(({ shankId, weights }) =>
    features.map((feature, f) => ({ feature, shankId, weight: weights[f] })),
  );
  const many = parts.length > 1;
  const name = ({ feature, shankId }: (typeof rows)[number]) =>
    many ? `${feature}, shank ${shankId}` : feature;
  return (
    <Plot
      title="Weights of the features"
      name="SimilarityWeights"
      label={rows.map((row) => `${name(row)} ${formatNumber(row.weight, 2)}`).join(', ')}
      height={Math.max(70, 26 * rows.length + 40)}
      left={many ? 140 : 78}
      x={{
        label: 'Weight',
        domain: [Math.min(0, ...rows.map((r) => r.weight)), Math.max(1, ...rows.map((r) => r.weight))],
      }}
      y={{
        domain: [rows.length, 0],
        ticks: rows.map((row, i) => ({ at: i + 0.5, text: name(row) })),
      }}
      right={40}
      table={() => ({
        columns: ['feature', 'shank', 'weight'],
        rows: rows.map((r) => [r.feature, r.shankId, r.weight]),
      })}
    >
      {(area) =>
        rows.map((row, i) => {
          const [x0, x1] = [area.x(0), area.x(row.weight)].sort((a, b) => a - b);
          const thick = Math.min(16, area.height / rows.length - 5);
          return (
            <g key={name(row)}>
              <rect
                x={x0}
                width={x1 - x0}
                y={area.y(i + 0.5) - thick / 2}
                height={thick}
                fill={ink('blue')}
              />
              <text
                x={x1 + 5 > area.width - 30 ? x1 - 5 : x1 + 5}
                textAnchor={x1 + 5 > area.width - 30 ? 'end' : 'start'}
                y={area.y(i + 0.5)}
                dy="0.34em"
                fontSize="11"
                fill={x1 + 5 > area.width - 30 ? ink('on-accent') : ink('ink')}
              >
                {formatNumber(row.weight, 2)}
              </text>
            </g>
          );
        })
      }
    </Plot>
  );
}
