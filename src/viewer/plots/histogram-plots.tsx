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
  /** Where the places of the bins are known. */
  readonly xLabel?: string;
  readonly yLabel: string;
  readonly histograms: UnitHistograms;
  readonly strokes: Strokes;
  readonly height: number;
  /** Starts the y axis at zero. */
  readonly fromZero?: boolean;
  readonly keys?: readonly KeyEntry[];
}

/** Autocorrelograms, ISI histograms, peri-event time histograms. */
function HistogramLines(props: LinesProps) {
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

interface PlotsProps extends Pick<LinesProps, 'strokes' | 'height' | 'keys'> {
  readonly data: NeuronData;
  /** Whether the recording is at hand, from which histograms can be made that the result does not hold. */
  readonly hasData: boolean;
}

/** All histograms there are, and why others are not. */
export function HistogramPlots({ data: { autoCorr, isi, peth }, hasData, ...common }: PlotsProps) {
  const plots = [
    {
      ...{ name: 'Autocorrelogram', title: 'Autocorrelogram', of: autoCorr, isFromSpikes: true },
      ...{ xLabel: 'Lag (ms)', yLabel: 'Pairs / maximum', fromZero: true },
    },
    {
      ...{ name: 'ISI', title: 'Inter-spike intervals', of: isi, isFromSpikes: true },
      ...{ xLabel: 'Interval (ms)', yLabel: 'Share of intervals', fromZero: true },
    },
    // Of their windows nothing is known: bins of several kinds of events may follow each other.
    { name: 'PETH', title: 'PETH', of: peth, isFromSpikes: false, yLabel: 'Rate' },
  ];
  return plots.map(({ of, isFromSpikes, ...plot }) => {
    if (!of && (hasData || !isFromSpikes)) return null;
    return (
      <div className="card" key={plot.name}>
        {of ? (
          <HistogramLines {...common} {...plot} histograms={of} />
        ) : (
          <>
            <h3>{plot.title}</h3>
            <p className="muted">
              The result does not hold them, and the recording is not where it was. Open it with{' '}
              <code>dant view OUT --data DIR</code> to see them.
            </p>
          </>
        )}
      </div>
    );
  });
}
