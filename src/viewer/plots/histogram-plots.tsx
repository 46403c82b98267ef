/** Histograms of the units of a neuron. */
import { useMemo } from 'react';
import { linePath } from '../charts/marks.tsx';
import { type KeyEntry, Plot } from '../charts/plot.tsx';
import { extent, formatNumber, padded } from '../charts/scale.ts';
import type { NeuronData, UnitHistograms } from '../model/neuron-data.ts';
import { type Strokes, strokeOf } from './strokes.ts';

interface LinesProps {
  readonly title: string;
  readonly name: string;
  readonly xLabel: string;
  readonly yLabel?: string;
  readonly histograms: UnitHistograms;
  readonly strokes: Strokes;
  readonly height: number;
  /** Starts the y axis at zero. */
  readonly fromZero?: boolean;
  readonly keys?: readonly KeyEntry[];
}

/** Autocorrelograms, ISI histograms, peri-event time histograms. */
export function HistogramLines(props: LinesProps) {
  const { title, name, xLabel, yLabel, histograms, strokes, height, fromZero, keys } = props;
  const { values, bins, startMs, stepMs } = histograms;
  const isTimed = startMs !== undefined && stepMs !== undefined;
  const place = (i: number) => (isTimed ? startMs + i * stepMs : i);
  const [low, high] = useMemo(() => extent(values), [values]);
  const domain = padded([fromZero ? Math.min(0, low) : low, high], 0.05);
  return (
    <Plot
      title={title}
      name={name}
      label={`${title} of ${strokes.units.length} units.`}
      keys={keys}
      height={height}
      x={{ label: isTimed ? xLabel : 'Bin', domain: [place(0), place(bins - 1)] }}
      y={{ label: yLabel, domain: fromZero ? [Math.min(0, low), domain[1]] : domain }}
      table={() => ({
        columns: ['unit', 'session', ...Array.from({ length: bins }, (_, i) => formatNumber(place(i), 3))],
        rows: strokes.units.map((unit, u) => [
          unit,
          strokes.session[unit],
          ...values.subarray(u * bins, (u + 1) * bins),
        ]),
      })}
    >
      {(area) =>
        strokes.units.map((unit, u) => (
          <path
            key={unit}
            d={linePath(
              bins,
              (i) => area.x(place(i)),
              (i) => area.y(values[u * bins + i]),
            )}
            {...strokeOf(strokes, unit)}
          />
        ))
      }
    </Plot>
  );
}

/** All histograms there are. */
export function HistogramPlots({
  data: { autoCorr, isi, peth },
  ...common
}: Pick<LinesProps, 'strokes' | 'height' | 'keys'> & { data: NeuronData }) {
  const plots = [
    { name: 'Autocorrelogram', title: 'Autocorrelogram', xLabel: 'Lag (ms)', of: autoCorr, fromZero: true },
    { name: 'ISI', title: 'Inter-spike intervals', xLabel: 'Interval (ms)', of: isi, fromZero: true },
    { name: 'PETH', title: 'PETH', xLabel: 'Time (ms)', of: peth },
  ];
  return plots.map(
    ({ of, ...plot }) =>
      of && (
        <div className="card" key={plot.name}>
          <HistogramLines {...common} {...plot} histograms={of} />
        </div>
      ),
  );
}
