/** SimilarityThresholdForCorrection: per motion round, the similarity of the pairs and which of them were used. */
import type { MotionRound, MovedResult } from '../core/result.ts';
import { type Bins, binsFor, countByClass } from './histogram.ts';
import { histogramPanel } from './histogram-panel.ts';
import { count, type Frame, messagePanel, page, panelWidth } from './panel.ts';
import { type Recording, shankTitle } from './recording.ts';
import { type FigureSpec, MATCH_KINDS, type View } from './theme.ts';

export interface RoundSimilarity {
  readonly bins: Bins;
  /** (bins,) unmatched and matched candidate pairs. */
  readonly counts: readonly Float64Array[];
  readonly threshold: number;
  readonly matches: number;
  /** Pairs from which the motion was estimated. */
  readonly used: number;
}

/** Histograms of the weighted similarity of one motion round. */
export function roundSimilarity(round: MotionRound, bins = similarityBins([round])): RoundSimilarity {
  return {
    bins,
    counts: countByClass(round.pairSimilarity, round.pairMatched, { bins, classes: 2 }),
    threshold: round.threshold,
    matches: round.matches,
    used: round.pairUsed.reduce((sum, used) => sum + used, 0),
  };
}

function similarityBins(rounds: readonly MotionRound[]): Bins {
  return binsFor(...rounds.map((round) => round.pairSimilarity));
}

/** One motion round; the subtitle tells how many pairs were used. */
function roundSimilarityPanel(round: MotionRound, frame: Frame, bins = similarityBins([round])): View {
  const { counts, threshold, matches, used } = roundSimilarity(round, bins);
  const subtitle = [round.features.join(' + '), usedText(used, matches, threshold)];
  return histogramPanel(
    { counts, bins, kinds: MATCH_KINDS, quantity: 'Weighted similarity (Fisher z)', thresholds: [threshold] },
    { subtitle, ...frame },
  );
}

function usedText(used: number, matches: number, threshold: number): string {
  if (threshold === Number.POSITIVE_INFINITY) return 'no pair matched, none used';
  const without = threshold === Number.NEGATIVE_INFINITY ? ', no threshold' : '';
  return `${count(used)} of ${count(matches, 'matched pair')} used${without}`;
}

/** All rounds of one shank, or the last round of each of several. */
export function similarityThresholdFigure({ shanks }: Recording<MovedResult>): FigureSpec {
  const panels =
    shanks.length > 1
      ? shanks.flatMap((shank) => {
          const { rounds } = shank.result;
          const last = rounds.at(-1);
          return last ? [{ round: last, name: `${shankTitle(shank)}, round ${rounds.length}` }] : [];
        })
      : shanks.flatMap(({ result: { rounds } }) =>
          rounds.map((round, i) => ({ round, name: `Round ${i + 1} of ${rounds.length}` })),
        );
  return thresholdPage(panels);
}

/** One motion round. */
export function roundThresholdFigure(
  round: MotionRound,
  { roundNumber }: { roundNumber: number },
): FigureSpec {
  return thresholdPage([{ round, name: `Round ${roundNumber}` }]);
}

function thresholdPage(rounds: readonly { round: MotionRound; name: string }[]): FigureSpec {
  const columns = Math.max(1, Math.min(rounds.length, rounds.length === 4 ? 2 : 3));
  const size = { width: Math.min(panelWidth(columns), 430), height: columns < 3 ? 150 : 110 };
  const bins = similarityBins(rounds.map(({ round }) => round));
  const panels = rounds.map(({ round, name }, i) => {
    const titles = { yTitle: i % columns === 0, xTitle: i + columns >= rounds.length };
    return roundSimilarityPanel(round, { ...size, title: name, ...titles }, bins);
  });
  return page(
    'Pairs used to estimate the motion',
    [
      'Weighted similarity of candidate pairs in the motion rounds, as percent of the unmatched and of the matched.',
      'Used: matched pairs of two sessions above the threshold (line).',
    ],
    panels.length > 0 ? panels : [messagePanel('No motion round was run.', size)],
    { columns },
  );
}
