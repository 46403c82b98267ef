/** A panel of overlaid, normalised histograms with an optional threshold. */
import { type Bins, binEdge, outline } from './histogram.ts';
import { colourOf, countAxis, type Frame, fisherZ, messagePanel, panelOf } from './panel.ts';
import { type Kinds, type Layer, THRESHOLD_COLOUR, type View } from './theme.ts';

export interface HistogramContent {
  /** (bins,) counts of each kind. */
  readonly counts: readonly Float64Array[];
  readonly bins: Bins;
  readonly kinds: Kinds;
  /** Title of the x axis. */
  readonly quantity: string;
  /** Values marked by a line; infinite ones are left out. */
  readonly thresholds?: readonly number[];
}

/** Histograms as percent of each kind, so that rare kinds stay visible. */
export function histogramPanel(content: HistogramContent, frame: Frame): View {
  const { counts, bins, kinds, quantity, thresholds = [] } = content;
  const { width, height, xTitle = true, yTitle = true } = frame;
  const points = kinds.names.flatMap((name, k) => outline(counts[k], bins, name));
  if (points.length === 0) return messagePanel('No pairs', frame);
  const x = {
    type: 'quantitative' as const,
    title: xTitle ? quantity : null,
    scale: { domain: [binEdge(bins, 0), binEdge(bins, bins.count)], nice: false, zero: false },
    axis: { tickCount: Math.max(3, Math.round(width / 35)) },
  };
  const y = {
    type: 'quantitative' as const,
    title: yTitle ? 'Pairs per bin (%)' : null,
    ...countAxis(Math.max(...points.map((point) => point.share)), height, { headroom: LABEL_ROOM }),
  };
  const layers: Layer[] = [
    {
      data: { values: points },
      mark: {
        type: 'area',
        interpolate: 'step-after',
        fillOpacity: 0.35,
        line: { strokeWidth: 1.1, interpolate: 'step-after' },
      },
      encoding: {
        x: { field: 'x', ...x },
        y: { field: 'share', stack: null, ...y },
        color: colourOf('kind', kinds, frame),
      },
    },
    ...thresholdLayers(thresholds.filter(Number.isFinite), { x, bins, height }),
  ];
  return panelOf(frame, layers, kinds);
}

/** A line at every threshold; the value of a single one is written where the line leaves more room. */
function thresholdLayers(
  thresholds: readonly number[],
  { x, bins, height }: { x: object; bins: Bins; height: number },
): Layer[] {
  const place = (threshold: number) => (threshold / bins.width - bins.first) / bins.count;
  const inside = thresholds.filter((threshold) => place(threshold) >= 0 && place(threshold) <= 1);
  if (inside.length === 0) return [];
  const encoding = { x: { field: 'threshold', ...x } };
  const lines: Layer = {
    data: { values: inside.map((threshold) => ({ threshold })) },
    mark: { type: 'rule', color: THRESHOLD_COLOUR, strokeWidth: 1.3, y: 0, y2: height },
    encoding,
  };
  if (inside.length > 1) return [lines];
  const isRight = place(inside[0]) > 0.5;
  const value: Layer = {
    data: { values: [{ threshold: inside[0], text: fisherZ(inside[0]) }] },
    mark: {
      type: 'text',
      color: THRESHOLD_COLOUR,
      align: isRight ? 'right' : 'left',
      dx: isRight ? -3 : 3,
      y: LABEL_ROOM / 2,
      baseline: 'middle',
    },
    encoding: { ...encoding, text: { field: 'text' } },
  };
  return [lines, value];
}

/** Kept free above the histograms for the value of the threshold, px. */
const LABEL_ROOM = 14;
