/** SimilarityDistribution: matched and unmatched candidate pairs, by each feature and weighted. */
import { type Bins, binsFor, countByClass } from './histogram.ts';
import { histogramPanel } from './histogram-panel.ts';
import { count, type Frame, fisherZ, messagePanel, page, panelWidth } from './panel.ts';
import {
  type AnyResult,
  pairMatches,
  pairValues,
  type RecordedShank,
  recordingOf,
  shankTitle,
} from './recording.ts';
import { remembered } from './remembered.ts';
import { type FigureSpec, MATCH_KINDS, type View } from './theme.ts';

/** Similarities of the candidate pairs of some shanks, split by match. */
export interface SimilarityDistribution {
  readonly bins: Bins;
  /** Per feature: (bins,) unmatched and matched pairs. */
  readonly byFeature: readonly { readonly feature: string; readonly counts: readonly Float64Array[] }[];
  /** Per shank: (bins,) unmatched and matched pairs by weighted similarity. */
  readonly weighted: readonly (readonly Float64Array[])[];
  readonly unmatchedPairs: number;
  readonly matchedPairs: number;
}

/** Histograms over the candidate pairs of the final clustering; a pair is matched when curation left it so. */
export const similarityDistribution = remembered(
  (shanks: readonly RecordedShank[]): SimilarityDistribution => {
    const features = shanks[0]?.result.clustering.features ?? [];
    const matched = shanks.map(({ result }) => pairMatches(result));
    const weighted = shanks.map(({ result }) => pairValues(result));
    const single = features.map((_, f) => shanks.map(({ result }) => pairValues(result, f)));
    const bins = binsFor(...weighted, ...single.flat());
    const split = (values: Float64Array, shank: number) =>
      countByClass(values, matched[shank], { bins, classes: 2 });
    const pairs = shanks.reduce((n, { result: { clustering } }) => {
      const { count, sampledFrom = count } = clustering.pairs;
      return n + sampledFrom;
    }, 0);
    const matchedPairs = matched.reduce((n, part) => n + part.reduce((sum, m) => sum + m, 0), 0);
    return {
      bins,
      byFeature: features.map((feature, f) => ({ feature, counts: addCounts(single[f].map(split), bins) })),
      weighted: weighted.map(split),
      unmatchedPairs: pairs - matchedPairs,
      matchedPairs,
    };
  },
);

/** Sum over shanks of (bins,) unmatched and matched counts. */
function addCounts(parts: readonly (readonly Float64Array[])[], bins: Bins): Float64Array[] {
  const sum = [new Float64Array(bins.count), new Float64Array(bins.count)];
  for (const part of parts) {
    part.forEach((counts, kind) => {
      for (let b = 0; b < bins.count; b++) sum[kind][b] += counts[b];
    });
  }
  return sum;
}

/** Weighted similarity of all shanks in one panel, with their thresholds. */
export function weightedSimilarityPanel(shanks: readonly RecordedShank[], frame: Frame): View {
  const { bins, weighted } = similarityDistribution(shanks);
  const content = {
    counts: addCounts(weighted, bins),
    bins,
    kinds: MATCH_KINDS,
    quantity: 'Weighted similarity (Fisher z)',
    thresholds: shanks.map(({ result }) => result.clustering.threshold),
  };
  return histogramPanel(content, frame);
}

export function similarityDistributionFigure(result: AnyResult): FigureSpec {
  const { shanks } = recordingOf(result);
  const { bins, byFeature, weighted, unmatchedPairs, matchedPairs } = similarityDistribution(shanks);
  const kinds = {
    ...MATCH_KINDS,
    names: [`unmatched (${count(unmatchedPairs, 'pair')})`, `matched (${count(matchedPairs, 'pair')})`],
  };
  const panelCount = byFeature.length + weighted.length;
  const columns = Math.max(1, Math.min(panelCount, panelCount === 4 ? 2 : 3));
  const size = { width: Math.min(panelWidth(columns), 430), height: columns < 3 ? 150 : 125 };
  const frameOf = (i: number) => ({ ...size, yTitle: i % columns === 0 });
  const panels = byFeature.map(({ feature, counts }, f) => {
    const weight = fisherZ(shanks[0].result.clustering.weights[f]);
    return histogramPanel(
      { counts, bins, kinds, quantity: 'Similarity (Fisher z)' },
      { ...frameOf(f), title: feature, subtitle: [shanks.length === 1 ? `weight ${weight}` : 'all shanks'] },
    );
  });
  weighted.forEach((counts, s) => {
    const { features, weights, threshold } = shanks[s].result.clustering;
    const shares = features.map((feature, f) => `${feature} ${fisherZ(weights[f])}`);
    const weightLines = [shares.slice(0, 2), shares.slice(2)].map((line) => line.join(', ')).filter(Boolean);
    panels.push(
      histogramPanel(
        { counts, bins, kinds, quantity: 'Weighted similarity (Fisher z)', thresholds: [threshold] },
        {
          ...frameOf(byFeature.length + s),
          title: ['Weighted', shankTitle(shanks[s])].filter(Boolean).join(', '),
          subtitle: shanks.length === 1 ? [thresholdText(threshold)] : weightLines,
        },
      ),
    );
  });
  return page(
    'Similarity of matched and unmatched pairs',
    [
      'Candidate pairs by whether they are matched after curation, as percent of each kind.',
      'Line: threshold of the weighted similarity, above which the discriminant calls a pair matched.',
    ],
    panels.length > 0 ? panels : [messagePanel('No pairs', size)],
    { columns },
  );
}

function thresholdText(threshold: number): string {
  if (threshold === Number.POSITIVE_INFINITY) return 'no threshold: nothing matched';
  if (threshold === Number.NEGATIVE_INFINITY) return 'no threshold: everything matched';
  return `threshold ${fisherZ(threshold)}`;
}
