/** One neuron over all days: each unit in the colour of its session. */
import { useMemo } from 'react';
import type { Overview, UnitColumns } from '../../server/protocol.ts';
import { cellPixels, packed, paintCells } from '../charts/heat-map.ts';
import { linePath } from '../charts/marks.tsx';
import { type Area, type KeyEntry, Plot } from '../charts/plot.tsx';
import { formatNumber, padded } from '../charts/scale.ts';
import type { NeuronData, UnitHistograms, UnitWaveforms } from '../model/neuron-data.ts';
import { go, href } from '../state/route.ts';
import { ink, type Palette, sessionInk } from '../theme/palette.ts';
import { extent, sessionAxis } from './overview-plots.tsx';
import { measureTitle } from './pair-plots.tsx';

/** How the lines of the units are told apart. */
export interface Strokes {
  readonly units: readonly number[];
  readonly colour: (unit: number) => string;
  /** Units that stand out; all do when there are none. */
  readonly chosen: ReadonlySet<number>;
  /** Names in exported tables. */
  readonly session: Int32Array;
}

export const sessionStrokes = (
  units: readonly number[],
  session: Int32Array,
  chosen: ReadonlySet<number>,
): Strokes => ({
  units,
  session,
  colour: (unit) => sessionInk(session[unit]),
  chosen: new Set(units.filter((unit) => chosen.has(unit))),
});

function strokeOf({ colour, chosen }: Strokes, unit: number) {
  const faded = chosen.size > 0 && !chosen.has(unit);
  return { stroke: colour(unit), strokeWidth: faded ? 0.9 : 1.25, opacity: faded ? 0.22 : 0.9, fill: 'none' };
}

interface WaveformProps {
  readonly waveforms: UnitWaveforms;
  readonly strokes: Strokes;
  readonly kind: string;
  readonly height: number;
  /** Smallest and largest value that the scale must hold, µV. */
  readonly range?: readonly [number, number];
  readonly keys?: readonly KeyEntry[];
}

/** Waveforms where the channels are. */
export function ProbeWaveforms({ waveforms, strokes, kind, height, range }: WaveformProps) {
  const { data, channels, samples } = waveforms;
  const places = useMemo(() => channelPlaces(waveforms), [waveforms]);
  const [low, high] = useMemo(() => range ?? extent(data), [data, range]);
  const draw = (area: Area) => {
    const step = (0.86 * places.columnPitch * (area.x(1) - area.x(0))) / samples;
    const rowPixels = places.rowPitch * Math.abs(area.y(1) - area.y(0));
    const gain = (2.4 * rowPixels) / Math.max(1e-6, high - low);
    return strokes.units.map((unit, u) => {
      let path = '';
      for (let c = 0; c < channels.length; c++) {
        const at = (u * channels.length + c) * samples;
        const left = area.x(places.x[c]) - (step * samples) / 2;
        const middle = area.y(places.y[c]);
        path += linePath(
          samples,
          (t) => left + t * step,
          (t) => middle - gain * data[at + t],
        );
      }
      return <path key={unit} d={path} {...strokeOf(strokes, unit)} strokeLinejoin="round" />;
    });
  };
  return (
    <Plot
      title={`Waveforms on the probe, ${kind}`}
      name={`Waveforms_${kind}`}
      label={`Mean waveforms of ${strokes.units.length} units on ${channels.length} channels around the peak channel.`}
      height={height}
      x={{ label: places.known ? 'x (µm)' : undefined, domain: places.xDomain, hidden: !places.known }}
      y={{ label: places.known ? 'y (µm)' : undefined, domain: places.yDomain, hidden: !places.known }}
      table={() => waveformTable(waveforms, strokes)}
    >
      {draw}
    </Plot>
  );
}

function waveformTable({ data, channels, locations, samples }: UnitWaveforms, { units, session }: Strokes) {
  return {
    columns: [
      'unit',
      'session',
      'channel',
      'x_um',
      'y_um',
      ...Array.from({ length: samples }, (_, t) => `uV_${t}`),
    ],
    rows: units.flatMap((unit, u) =>
      Array.from(channels, (channel, c) => {
        const at = (u * channels.length + c) * samples;
        const place = [locations?.[2 * c], locations?.[2 * c + 1]];
        return [unit, session[unit], channel, ...place, ...data.subarray(at, at + samples)];
      }),
    ),
  };
}

/** Where channels stand; one above another where the probe is not known. */
function channelPlaces({ channels, locations }: UnitWaveforms) {
  const n = channels.length;
  const x = Array.from({ length: n }, (_, c) => (locations ? locations[2 * c] : c % 4));
  const y = Array.from({ length: n }, (_, c) => (locations ? locations[2 * c + 1] : -Math.floor(c / 4)));
  const columnPitch = gap(x) ?? 20;
  const rowPitch = gap(y) ?? 20;
  const [x0, x1] = extent(x);
  const [y0, y1] = extent(y);
  return {
    x,
    y,
    columnPitch,
    rowPitch,
    known: locations !== undefined,
    xDomain: [x0 - columnPitch * 0.55, x1 + columnPitch * 0.55] as const,
    yDomain: [y0 - rowPitch * 1.5, y1 + rowPitch * 1.5] as const,
  };
}

/** Smallest distance of two different values. */
function gap(values: readonly number[]): number | undefined {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((v, i) => v - sorted[i]);
  return gaps.length > 0 ? Math.min(...gaps) : undefined;
}

/** The waveforms on the channel where the first unit is largest. */
export function PeakWaveform({ waveforms, strokes, kind, height, keys }: WaveformProps) {
  const { data, channels, samples } = waveforms;
  const domain = useMemo(() => {
    const values = strokes.units.flatMap((_, u) => {
      const at = u * channels.length * samples;
      return [...data.subarray(at, at + samples)];
    });
    return padded(extent(values), 0.06);
  }, [data, channels, samples, strokes.units]);
  return (
    <Plot
      title={`Peak channel ${channels[0]}`}
      name={`PeakWaveform_${kind}`}
      label="Mean waveform of every unit on the peak channel."
      keys={keys}
      height={height}
      x={{ label: 'Sample', domain: [0, samples - 1], whole: true }}
      y={{ label: 'µV', domain }}
      table={() =>
        waveformTable(
          {
            ...waveforms,
            data: peakOnly(waveforms, strokes.units.length),
            channels: channels.subarray(0, 1),
          },
          strokes,
        )
      }
    >
      {(area) => (
        <>
          <path d={`M0 ${area.y(0)}H${area.width}`} stroke={ink('pale-grey')} />
          {strokes.units.map((unit, u) => {
            const at = u * channels.length * samples;
            return (
              <path
                key={unit}
                d={linePath(samples, area.x, (t) => area.y(data[at + t]))}
                {...strokeOf(strokes, unit)}
              />
            );
          })}
        </>
      )}
    </Plot>
  );
}

function peakOnly({ data, channels, samples }: UnitWaveforms, n: number): Float32Array {
  const peak = new Float32Array(n * samples);
  for (let u = 0; u < n; u++) {
    const at = u * channels.length * samples;
    peak.set(data.subarray(at, at + samples), u * samples);
  }
  return peak;
}

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
  data,
  ...common
}: Pick<LinesProps, 'strokes' | 'height' | 'keys'> & { data: NeuronData }) {
  return (
    <>
      {data.autoCorr && (
        <div className="card">
          <HistogramLines
            {...common}
            title="Autocorrelogram"
            name="Autocorrelogram"
            xLabel="Lag (ms)"
            histograms={data.autoCorr}
            fromZero
          />
        </div>
      )}
      {data.isi && (
        <div className="card">
          <HistogramLines
            {...common}
            title="Inter-spike intervals"
            name="ISI"
            xLabel="Interval (ms)"
            histograms={data.isi}
            fromZero
          />
        </div>
      )}
      {data.peth && (
        <div className="card">
          <HistogramLines {...common} title="PETH" name="PETH" xLabel="Time (ms)" histograms={data.peth} />
        </div>
      )}
    </>
  );
}

interface OverSessionsProps {
  readonly overview: Overview;
  readonly columns: UnitColumns;
  readonly members: readonly number[];
  readonly strokes: Strokes;
  readonly height: number;
  readonly keys?: readonly KeyEntry[];
}

/** Depth as it was found, as it is without motion, and where the motion would have taken the neuron. */
export function DepthOverSessions({ overview, columns, members, strokes, height }: OverSessionsProps) {
  const n = overview.sessions.length;
  const mean = members.reduce((sum, unit) => sum + columns.correctedY[unit], 0) / Math.max(1, members.length);
  const part =
    overview.parts.find(({ shankId }) => shankId === columns.shank[members[0]]) ?? overview.parts[0];
  const { linearScale, linear, constant } = part.motion;
  // The motion is one of the depth where the neuron appears: y = mean + motion(y), which is linear in y.
  const expected = Array.from({ length: n }, (_, s) => (mean + constant[s]) / (1 - linearScale * linear[s]));
  const domain = padded(
    extent([...expected, ...members.flatMap((unit) => [columns.y[unit], columns.correctedY[unit]])]),
    0.08,
  );
  return (
    <Plot
      title="Depth over sessions"
      name="DepthOverSessions"
      label="Position of every unit along the probe, and where the motion would have taken the neuron."
      height={height}
      x={sessionAxis(n, 8)}
      y={{ label: 'y (µm)', domain }}
      keys={[
        { name: 'found', colour: ink('blue') },
        { name: 'without motion', colour: ink('grey') },
        { name: 'expected', colour: ink('vermillion') },
      ]}
      table={() => ({
        columns: ['unit', 'session', 'y_um', 'without_motion_um', 'expected_um'],
        rows: members.map((u) => [
          u,
          columns.session[u],
          columns.y[u],
          columns.correctedY[u],
          expected[columns.session[u] - 1],
        ]),
      })}
    >
      {(area) => (
        <>
          <path
            d={linePath(
              n,
              (s) => area.x(s + 1),
              (s) => area.y(expected[s]),
            )}
            fill="none"
            stroke={ink('vermillion')}
            strokeWidth="1.2"
          />
          {members.map((unit) => (
            <g key={unit} opacity={strokeOf(strokes, unit).opacity}>
              <circle
                cx={area.x(columns.session[unit])}
                cy={area.y(columns.correctedY[unit])}
                r="2.4"
                fill={ink('grey')}
              />
              <circle
                cx={area.x(columns.session[unit])}
                cy={area.y(columns.y[unit])}
                r="3.4"
                fill={strokes.colour(unit)}
              >
                <title>{`Unit ${unit}, session ${columns.session[unit]}: ${formatNumber(columns.y[unit], 1)} µm`}</title>
              </circle>
            </g>
          ))}
        </>
      )}
    </Plot>
  );
}

export function AmplitudeOverSessions({
  overview,
  columns,
  members,
  strokes,
  height,
  keys,
}: OverSessionsProps) {
  const most = Math.max(1, ...members.map((unit) => columns.amplitude[unit]));
  return (
    <Plot
      title="Amplitude over sessions"
      name="AmplitudeOverSessions"
      label="Amplitude of every unit."
      keys={keys}
      height={height}
      x={sessionAxis(overview.sessions.length, 8)}
      y={{ label: 'µV', domain: [0, most * 1.08] }}
      table={() => ({
        columns: ['unit', 'session', 'amplitude_uV'],
        rows: members.map((unit) => [unit, columns.session[unit], columns.amplitude[unit]]),
      })}
    >
      {(area) => (
        <>
          <path
            d={linePath(
              members.length,
              (i) => area.x(columns.session[members[i]]),
              (i) => area.y(columns.amplitude[members[i]]),
            )}
            fill="none"
            stroke={ink('grey')}
          />
          {members.map((unit) => (
            <circle
              key={unit}
              cx={area.x(columns.session[unit])}
              cy={area.y(columns.amplitude[unit])}
              r="3.4"
              fill={strokes.colour(unit)}
              opacity={strokeOf(strokes, unit).opacity}
            >
              <title>{`Unit ${unit}, session ${columns.session[unit]}: ${formatNumber(columns.amplitude[unit], 1)} µV`}</title>
            </circle>
          ))}
        </>
      )}
    </Plot>
  );
}

interface MatrixProps {
  readonly measure: string;
  /** (units, units) */
  readonly values: Float32Array;
  readonly strokes: Strokes;
  readonly height: number;
  /** Fisher z of the last colour. */
  readonly most: number;
  /** How many units belong to the first of two neurons: a line stands between them. */
  readonly divided?: number;
}

/** Similarity of every unit with every other; a cell leads to the two side by side. */
export function PairMatrix({ measure, values, strokes, height, most, divided }: MatrixProps) {
  const { units, session } = strokes;
  const n = units.length;
  const paint = useMemo(
    () => (context: CanvasRenderingContext2D, area: Area, palette: Palette) => {
      const withoutDiagonal = values.map((v, i) => (Math.floor(i / n) === i % n ? Number.NaN : v));
      const cells = { columns: n, rows: n, values: withoutDiagonal };
      paintCells(context, area, cellPixels(cells, [0, most], packed(palette['pale-grey'])));
    },
    [values, n, most],
  );
  const every = Math.ceil(n / 9);
  const ticks = units.flatMap((unit, i) =>
    i % every === 0 ? [{ at: i + 0.5, text: String(session[unit]) }] : [],
  );
  return (
    <Plot
      title={`${measureTitle(measure)} similarity`}
      name={`PairSimilarity_${measure}`}
      label={`Similarity of ${n} units, from 0 (dark) to ${most} (bright) Fisher z.`}
      height={height}
      square
      x={{ label: 'Session', domain: [0, n], ticks }}
      y={{ domain: [n, 0], ticks, label: 'Session' }}
      paint={paint}
      right={38}
      colourScale={{ domain: [0, most], decimals: 1 }}
      table={() => ({
        columns: ['unit', 'session', ...units.map((unit) => `unit_${unit}`)],
        rows: units.map((unit, i) => [unit, session[unit], ...values.subarray(i * n, (i + 1) * n)]),
      })}
    >
      {(area) => (
        <>
          {divided !== undefined && (
            <path
              d={`M${area.x(divided)} 0V${area.height}M0 ${area.y(divided)}H${area.width}`}
              stroke={ink('vermillion')}
              strokeWidth="1.5"
            />
          )}
          <PairCells area={area} units={units} session={session} values={values} />
        </>
      )}
    </Plot>
  );
}

/** Writes the values where there is room, and tells them where there is none. */
function PairCells({
  area,
  units,
  session,
  values,
}: {
  area: Area;
  units: readonly number[];
  session: Int32Array;
  values: Float32Array;
}) {
  const n = units.length;
  const size = area.width / n;
  const at = (event: React.PointerEvent | React.MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const j = Math.min(n - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * n)));
    const i = Math.min(n - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * n)));
    return [i, j];
  };
  return (
    <>
      {size >= 25 &&
        Array.from({ length: n * n }, (_, cell) => {
          const [i, j] = [Math.floor(cell / n), cell % n];
          if (i === j) return null;
          return (
            <text
              key={`${i}-${j}`}
              x={(j + 0.5) * size}
              y={(i + 0.5) * size}
              dy="0.34em"
              textAnchor="middle"
              fontSize="10.5"
              fill={values[cell] > 2 ? '#222222' : '#ffffff'}
            >
              {formatNumber(values[cell], 1)}
            </text>
          );
        })}
      <rect
        width={area.width}
        height={area.height}
        fill="transparent"
        data-screen-only=""
        style={{ cursor: 'pointer' }}
        onPointerMove={(event) => {
          const [i, j] = at(event);
          const title = event.currentTarget.firstElementChild;
          if (!title) return;
          const names = [i, j].map((k) => `unit ${units[k]} (session ${session[units[k]]})`);
          title.textContent =
            i === j ? names[0] : `${names.join(' and ')}: ${formatNumber(values[i * n + j], 2)}`;
        }}
        onClick={(event) => {
          const [i, j] = at(event);
          if (i !== j) go(href(`candidates/unit/${units[i]}`, { with: units[j] }));
        }}
      >
        <title />
      </rect>
    </>
  );
}
