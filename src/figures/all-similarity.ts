/**
 * AllSimilarity: the similarity of all candidate pairs by each feature. Two units of one session are two neurons, so
 * pairs within a session show how similar different neurons look.
 */
import type { DrawableResult } from '../core/result.ts';
import { isNearbyMatrix } from '../core/similarity/nearby-matrix.ts';
import { type Bins, binsFor, countByClass } from './histogram.ts';
import { histogramPanel } from './histogram-panel.ts';
import { count, type Frame, messagePanel, page, panelWidth } from './panel.ts';
import { type AnyResult, pairValues, type Recording, recordingOf } from './recording.ts';
import { remembered } from './remembered.ts';
import { COLOURS, type FigureSpec, type Kinds, type View } from './theme.ts';

const KINDS = { names: ['same session', 'two sessions'], colours: [COLOURS.orange, COLOURS.blue] };

export interface FeatureHistograms {
  readonly feature: string;
  readonly bins: Bins;
  /** (bins,) pairs within one session, and between sessions. */
  readonly counts: readonly Float64Array[];
}

/** Histograms of each feature of the final clustering over the candidate pairs of all shanks; the bins are shared. */
export const allSimilarityHistograms = remembered(({ shanks }: Recording): FeatureHistograms[] => {
  const features = shanks[0]?.result.clustering.features ?? [];
  const values = features.map((_, f) => shanks.map(({ result }) => pairValues(result, f)));
  const between = shanks.map(({ result }) => areBetweenSessions(result));
  const bins = binsFor(...values.flat());
  return features.map((feature, f) => {
    const counts = [new Float64Array(bins.count), new Float64Array(bins.count)];
    for (let s = 0; s < shanks.length; s++) {
      countByClass(values[f][s], between[s], { bins, classes: 2 }).forEach((part, kind) => {
        for (let b = 0; b < bins.count; b++) counts[kind][b] += part[b];
      });
    }
    return { feature, bins, counts };
  });
});

/** (P,) 1 for pairs of two sessions. */
function areBetweenSessions({ sessions, clustering: { pairs, similarity } }: DrawableResult): Uint8Array {
  const between = new Uint8Array(pairs.count);
  // Nearby pairs of one session are no candidates.
  if (isNearbyMatrix(similarity)) return between.fill(1);
  for (let p = 0; p < pairs.count; p++)
    between[p] = sessions[pairs.units[2 * p]] === sessions[pairs.units[2 * p + 1]] ? 0 : 1;
  return between;
}

/** One feature in a panel; pairs within a session where there are any. */
export function featureSimilarityPanel(
  { feature, bins, counts }: FeatureHistograms,
  frame: Frame,
  kinds: Kinds = KINDS,
): View {
  const first = counts[0].some((n) => n > 0) ? 0 : 1;
  const shown = { names: kinds.names.slice(first), colours: kinds.colours.slice(first) };
  return histogramPanel(
    { counts: counts.slice(first), bins, kinds: shown, quantity: 'Similarity (Fisher z)' },
    { title: feature, ...frame },
  );
}

export function allSimilarityFigure(result: AnyResult): FigureSpec {
  const histograms = allSimilarityHistograms(recordingOf(result));
  const total = (kind: number) => histograms[0]?.counts[kind].reduce((sum, n) => sum + n, 0) ?? 0;
  const kinds = { ...KINDS, names: KINDS.names.map((name, k) => `${name} (${count(total(k), 'pair')})`) };
  const columns = Math.max(1, Math.min(histograms.length, histograms.length === 4 ? 2 : 3));
  const size = { width: Math.min(panelWidth(columns), 430), height: 150 };
  const panels = histograms.map((histogram, i) =>
    featureSimilarityPanel(
      histogram,
      { ...size, yTitle: i % columns === 0, xTitle: i + columns >= histograms.length },
      kinds,
    ),
  );
  return page(
    'Similarity of candidate pairs by feature',
    [
      `Pairs of units close enough in depth to be one neuron.${total(0) > 0 ? ' Two units of the same session are different neurons.' : ''}`,
      `Percent of each kind of pair in bins of ${histograms[0]?.bins.width ?? 0}.`,
    ],
    panels.length > 0 ? panels : [messagePanel('No features', size)],
    { columns },
  );
}
