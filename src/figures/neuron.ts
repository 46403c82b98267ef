/** One neuron over all sessions: waveforms on the probe, histograms, depth with the motion, similarities. */

import { heatMapPanel, VIRIDIS } from './heat-map.ts';
import { finiteExtent } from './histogram.ts';
import { count, type Frame, messagePanel, page, panelOf, panelWidth, row } from './panel.ts';
import { sessionTicks } from './recording.ts';
import { COLOURS, type FigureSpec, type Layer, type View } from './theme.ts';
import { sessionScale } from './unit-locations.ts';

/** (units, bins) in one array; NaN marks a missing bin. */
export interface UnitCurves {
  readonly values: Float32Array;
  readonly bins: number;
  /** Centre of the first bin and distance of the bins, ms; without them bins are numbered from 1. */
  readonly startMs?: number;
  readonly stepMs?: number;
}

/** What the page of a neuron is drawn from. Units stand in the order of their sessions; arrays are (units,) unless said. */
export interface NeuronPage {
  readonly title: string;
  readonly units: readonly number[];
  readonly sessions: readonly number[];
  readonly sessionCount: number;
  readonly waveforms?: {
    /** (units, channels, samples) µV; NaN on sites that a session did not record. */
    readonly values: Float32Array;
    readonly channels: number;
    readonly samples: number;
    /** (channels, 2) µm; without it only the first channel is drawn. */
    readonly locations?: Float32Array;
    readonly kind: 'raw' | 'corrected';
  };
  readonly autoCorr?: UnitCurves;
  readonly isi?: UnitCurves;
  readonly peth?: UnitCurves;
  /** µm */
  readonly y: readonly number[];
  /** µV */
  readonly amplitude: readonly number[];
  /** (sessions,) where the neuron would be by the motion alone, µm. */
  readonly expectedY: readonly number[];
  /** Per measure (units, units) Fisher z; the diagonal does not matter. */
  readonly similarity: readonly { readonly measure: string; readonly values: Float32Array }[];
}

/** From the first session to the last; the pale end of the scale is left out, it is hard to see on paper. */
const SESSION_COLOURS = VIRIDIS.slice(0, 9);
const LINE_OPACITY = 0.75;

export function neuronFigure(neuron: NeuronPage): FigureSpec {
  const { similarity, autoCorr, isi, peth } = neuron;
  const third = { width: panelWidth(3), height: 110 };
  const matrices = similarity.slice(0, 4);
  const side = Math.min(panelWidth(matrices.length), 120);
  const histograms = [
    autoCorr && curvesPanel(neuron, autoCorr, { ...third, title: 'Autocorrelogram' }, 'Lag (ms)'),
    isi && curvesPanel(neuron, isi, { ...third, title: 'Inter-spike intervals' }, 'Interval (ms)'),
    peth && curvesPanel(neuron, peth, { ...third, title: 'Peri-event time histogram' }, 'Bin'),
  ].filter((panel) => panel !== undefined);
  const over = { width: panelWidth(2) - 40, height: 105 };
  const rows: View[] = [
    row([
      waveformPanel(neuron, { width: panelWidth(2), height: 270, title: 'Waveforms on the probe' }),
      {
        vconcat: [
          depthPanel(neuron, { ...over, title: 'Depth, and the motion of the probe' }),
          amplitudePanel(neuron, { ...over, title: 'Amplitude' }),
        ],
        spacing: 16,
      },
    ]),
    ...(histograms.length > 0 ? [row(histograms)] : []),
    ...(matrices.length > 0
      ? [row(matrices.map((m) => similarityPanel(neuron, m, { width: side, height: side })))]
      : []),
  ];
  return page(neuron.title, captions(neuron), rows, { columns: 1, legends: 'own' });
}

function captions({ units, sessions, sessionCount, waveforms }: NeuronPage): string[] {
  const where = `${count(units.length, 'unit')} in ${count(new Set(sessions).size)} of ${count(sessionCount, 'session')}.`;
  const kind = waveforms
    ? ` Waveforms ${waveforms.kind === 'raw' ? 'as recorded' : 'with the motion corrected'}.`
    : '';
  return [`${where}${kind} Colours: sessions.`];
}

/** Colour of a session; the legend stands once on the page. */
const sessionColour = (sessionCount: number, legend: boolean) => ({
  field: 'session',
  type: 'quantitative' as const,
  scale: { domain: [1, Math.max(2, sessionCount)], range: [...SESSION_COLOURS], interpolate: 'rgb' as const },
  legend: legend
    ? {
        title: 'Session',
        orient: 'right' as const,
        gradientLength: 90,
        gradientThickness: 8,
        values: sessionTicks(sessionCount, 6),
        format: 'd',
        offset: 8,
        titlePadding: 6,
      }
    : null,
});

/** Every channel at its place, sessions on top of each other. */
function waveformPanel(neuron: NeuronPage, frame: Frame): View {
  const { waveforms, sessions, sessionCount } = neuron;
  if (!waveforms) return messagePanel('No waveforms in this folder', frame);
  const { values, samples, locations } = waveforms;
  const channels = locations ? waveforms.channels : 1;
  const place = (c: number, axis: 0 | 1) => locations?.[2 * c + axis] ?? 0;
  const all = Array.from({ length: channels }, (_, c) => c);
  const pitch = [0, 1].map((axis) => gap(all.map((c) => place(c, axis as 0 | 1)))) as [number, number];
  const { low, high } = finiteExtent(values);
  // The largest deflection reaches one and a half rows of sites.
  const gain = (1.5 * pitch[1]) / Math.max(1e-9, high, -low);
  const width = 0.85 * pitch[0];
  const points: { x: number; y: number; session: number; line: string }[] = [];
  for (const [u, session] of sessions.entries()) {
    for (const c of all) {
      const origin = (u * waveforms.channels + c) * samples;
      for (let t = 0; t < samples; t++) {
        const value = values[origin + t];
        if (!Number.isFinite(value)) break;
        points.push({
          x: place(c, 0) + width * (t / Math.max(1, samples - 1) - 0.5),
          y: place(c, 1) + gain * value,
          session,
          line: `${u} ${c}`,
        });
      }
    }
  }
  const axis = (title: string) => ({ title, axis: { tickCount: 5 } });
  const lines: Layer = {
    data: { values: points },
    mark: { type: 'line', strokeWidth: 0.9, opacity: LINE_OPACITY, clip: false },
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        scale: { zero: false, nice: false, padding: 4 },
        ...axis('Position x (µm)'),
      },
      y: {
        field: 'y',
        type: 'quantitative',
        scale: { zero: false, nice: false, padding: 4 },
        ...axis('Position y (µm)'),
      },
      detail: { field: 'line' },
      color: sessionColour(sessionCount, false),
    },
  };
  return panelOf({ ...frame, subtitle: [scaleText(gain, pitch[1])] }, [lines]);
}

/** What a distance along y means in µV. */
function scaleText(gain: number, pitch: number): string {
  const round = Number((pitch / gain).toPrecision(1));
  return `Vertically, ${count(Math.round(round * gain))} µm are ${count(Math.round(round))} µV`;
}

/** Smallest distance between different values; 20 µm when there is none. */
function gap(values: readonly number[]): number {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < sorted.length; i++) least = Math.min(least, sorted[i] - sorted[i - 1]);
  return least < Number.POSITIVE_INFINITY ? least : 20;
}

/** One line per session. */
function curvesPanel(neuron: NeuronPage, curves: UnitCurves, frame: Frame, xTitle: string): View {
  const { sessions, sessionCount } = neuron;
  const { values, bins, startMs = 1, stepMs = 1 } = curves;
  const points = sessions.flatMap((session, u) =>
    Array.from({ length: bins }, (_, b) => ({
      x: startMs + b * stepMs,
      y: values[u * bins + b],
      session,
      line: u,
    })).filter(({ y }) => Number.isFinite(y)),
  );
  if (points.length === 0) return messagePanel('None', frame);
  return panelOf(frame, [
    {
      data: { values: points },
      mark: { type: 'line', strokeWidth: 0.9, opacity: LINE_OPACITY },
      encoding: {
        x: {
          field: 'x',
          type: 'quantitative',
          title: xTitle,
          scale: { zero: false, nice: false },
          axis: { tickCount: 5 },
        },
        y: { field: 'y', type: 'quantitative', title: null, axis: { tickCount: 4, format: '~g' } },
        detail: { field: 'line' },
        color: sessionColour(sessionCount, false),
      },
    },
  ]);
}

function depthPanel({ sessions, sessionCount, y, expectedY }: NeuronPage, frame: Frame): View {
  const x = { field: 'session', type: 'quantitative' as const, ...sessionScale(sessionCount, frame.width) };
  const vertical = {
    field: 'y',
    type: 'quantitative' as const,
    title: 'y (µm)',
    scale: { zero: false, nice: true },
    axis: { tickCount: 4 },
  };
  return panelOf(frame, [
    {
      data: { values: expectedY.map((value, s) => ({ session: s + 1, y: value })) },
      mark: { type: 'line', color: COLOURS.grey, strokeWidth: 1 },
      encoding: { x, y: vertical },
    },
    {
      data: { values: sessions.map((session, u) => ({ session, y: y[u] })) },
      mark: { type: 'circle', size: 30, opacity: 1 },
      encoding: { x, y: vertical, color: sessionColour(sessionCount, true) },
    },
  ]);
}

function amplitudePanel({ sessions, sessionCount, amplitude }: NeuronPage, frame: Frame): View {
  const x = { field: 'session', type: 'quantitative' as const, ...sessionScale(sessionCount, frame.width) };
  return panelOf(frame, [
    {
      data: { values: sessions.map((session, u) => ({ session, y: amplitude[u] })) },
      mark: { type: 'circle', size: 30, opacity: 1 },
      encoding: {
        x,
        y: {
          field: 'y',
          type: 'quantitative',
          title: 'Amplitude (µV)',
          scale: { zero: true, nice: true },
          axis: { tickCount: 4 },
        },
        color: sessionColour(sessionCount, false),
      },
    },
  ]);
}

function similarityPanel(
  { sessions }: NeuronPage,
  { measure, values }: NeuronPage['similarity'][number],
  frame: Frame,
): View {
  const n = sessions.length;
  const off = Float64Array.from(values, (value, i) => (Math.floor(i / n) === i % n ? Number.NaN : value));
  const { low, high } = finiteExtent(off.filter(Number.isFinite));
  const step = Math.max(1, Math.ceil(n / (frame.width / 16)));
  const labels = sessions
    .map((session, i) => ({ at: i + 0.5, text: String(session) }))
    .filter((_, i) => i % step === 0);
  return heatMapPanel(
    {
      map: { width: n, height: n, values: off },
      colours: { domain: low < high ? [low, high] : [low - 0.5 || 0, (high || 0) + 0.5], stops: VIRIDIS },
      x: { title: 'Session', labels },
      y: { title: null, labels },
      legend: 'z',
      legendFormat: '.1f',
    },
    { ...frame, title: measure === 'weighted' ? 'Weighted similarity' : `${measure} similarity` },
  );
}
