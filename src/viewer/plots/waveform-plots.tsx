/** Mean waveforms of the units of a neuron. */
import { useMemo } from 'react';
import { linePath } from '../charts/marks.tsx';
import { type Area, type KeyEntry, Plot } from '../charts/plot.tsx';
import { extent, padded } from '../charts/scale.ts';
import type { UnitWaveforms } from '../model/neuron-data.ts';
import { ink } from '../theme/palette.ts';
import { type Strokes, strokeOf } from './strokes.ts';

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
