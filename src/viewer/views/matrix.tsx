/** The similarity matrix of all units: from the whole down to single pairs. */
import { useEffect, useState } from 'react';
import type { MatrixOrder, Measure } from '../../server/protocol.ts';
import { api } from '../api/client.ts';
import { useFetched } from '../api/use-fetched.ts';
import { formatNumber } from '../charts/scale.ts';
import { subjectOf, subjectTitle } from '../model/groups.ts';
import { Segments } from '../parts/segments.tsx';
import { MatrixPlot } from '../plots/matrix-plot.tsx';
import { measureTitle } from '../plots/pair-plots.tsx';
import { subjectPath } from '../state/actions.ts';
import { chooseUnits, useApp, useResult } from '../state/app.ts';
import { useKept } from '../state/kept.ts';
import { href } from '../state/route.ts';
import { viridis } from '../theme/palette.ts';

export function MatrixView() {
  const { overview } = useResult();
  const [measure, setMeasure] = useKept<Measure>('matrix measure', 'weighted');
  const [order, setOrder] = useKept<MatrixOrder>('matrix order', 'depth');
  const [most, setMost] = useKept('matrix most', 3);
  const [pair, setPair] = useState<readonly [number, number]>();
  const [value, setValue] = useState<number>();
  const places = useFetched(order, () => api.matrixOrder({ order }));
  const orders = [
    { value: 'depth', name: 'Session and depth' },
    {
      value: 'leaf',
      name: 'Cluster tree',
      disabled: !overview.has.leafOrder,
      title: overview.has.leafOrder ? undefined : 'This folder keeps no leaf order',
    },
  ] as const;
  return (
    <div className="stage">
      <section className="stage-main card">
        <div className="table-head">
          <h1 className="visually-hidden">Matrix</h1>
          <label className="field">
            Similarity
            <select value={measure} onChange={(event) => setMeasure(event.target.value as Measure)}>
              {overview.measures.map((name) => (
                <option key={name} value={name}>
                  {measureTitle(name)}
                </option>
              ))}
            </select>
          </label>
          <Segments label="Order" options={orders} value={order} onChange={setOrder} />
          <label className="field">
            Brightest at
            <input
              type="range"
              min="1"
              max="6"
              step="0.5"
              value={most}
              onChange={(event) => setMost(Number(event.target.value))}
            />
            <span style={{ minWidth: 22 }}>{formatNumber(most, 1)}</span>
          </label>
        </div>
        {places.error && <p className="warning-box">{places.error.message}</p>}
        {places.value && places.fresh && (
          <MatrixPlot
            key={`${measure} ${order}`}
            measure={measure}
            order={order}
            units={places.value.arrays.order}
            most={most}
            onPair={(next, similarity) => {
              setPair(next);
              setValue(similarity);
            }}
          />
        )}
      </section>
      <aside className="stage-side card" aria-label="Pair under the pointer">
        <Legend most={most} />
        <PairFacts pair={pair} value={value} measure={measure} />
      </aside>
    </div>
  );
}

function Legend({ most }: { most: number }) {
  const stops = Array.from({ length: 11 }, (_, i) => i / 10);
  return (
    <svg width="236" height="46" role="img" aria-label={`Colours from 0 to ${most} Fisher z`}>
      <defs>
        <linearGradient id="viridis">
          {stops.map((at) => (
            <stop key={at} offset={at} stopColor={viridis(at)} />
          ))}
        </linearGradient>
      </defs>
      <text x="0" y="11" fontSize="11.5" fill="var(--ink)">
        Similarity (Fisher z)
      </text>
      <rect y="17" width="236" height="12" fill="url(#viridis)" />
      {[0, 0.5, 1].map((at) => (
        <text
          key={at}
          x={at * 236}
          y="43"
          fontSize="11"
          fill="var(--ink)"
          textAnchor={at === 0 ? 'start' : at === 1 ? 'end' : 'middle'}
        >
          {formatNumber(at * most, 1)}
        </text>
      ))}
    </svg>
  );
}

interface FactsProps {
  readonly pair: readonly [number, number] | undefined;
  readonly value: number | undefined;
  readonly measure: Measure;
}

function PairFacts({ pair, value, measure }: FactsProps) {
  const { units, curated } = useResult();
  const chosen = useApp((state) => state.chosen);
  const { labels } = curated.replayed.state;
  // What was chosen elsewhere is not meant here.
  useEffect(() => () => chooseUnits([]), []);
  if (!pair) {
    return (
      <p className="muted">
        Wheel zooms, dragging moves, a click on a cell shows the two units side by side. Outlines in
        vermillion: units of one neuron.
      </p>
    );
  }
  return (
    <>
      {pair.map((unit, i) => {
        const subject = subjectOf(unit, labels);
        return (
          <dl className="values" key={i}>
            <dt>
              {i === 0 ? 'Row' : 'Column'}: unit {unit}
              {chosen.has(unit) && ' (chosen)'}
            </dt>
            <dd>
              <a href={href(subjectPath(subject))}>
                {subject.kind === 'neuron' ? subjectTitle(subject) : 'unmatched'}
              </a>
            </dd>
            <dt>Session</dt>
            <dd>{units.session[unit]}</dd>
            <dt>Depth without motion</dt>
            <dd>{formatNumber(units.correctedY[unit])} µm</dd>
            <dt>Amplitude</dt>
            <dd>{formatNumber(units.amplitude[unit])} µV</dd>
          </dl>
        );
      })}
      <dl className="values">
        <dt>{measureTitle(measure)} similarity</dt>
        <dd>{value === undefined ? 'zoom in' : formatNumber(value, 3)}</dd>
      </dl>
    </>
  );
}
