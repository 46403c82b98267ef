/** A result on one page as it can be told from a folder of any size: without its matrices. */
import { binsFor, countByClass } from './histogram.ts';
import { histogramPanel } from './histogram-panel.ts';
import { probabilityByLagPanel, probabilityMatrixPanel, resultMatches } from './matched-probability.ts';
import { neuronPresence, neuronPresencePanel } from './neuron-presence.ts';
import { count, page, panelWidth, row } from './panel.ts';
import type { Recording } from './recording.ts';
import { lettered, sessionRow } from './session-row.ts';
import { type FigureSpec, MATCH_KINDS } from './theme.ts';

/** Candidate pairs, or a sample of them. */
export interface SummaryPairs {
  /** (n,) weighted similarity, Fisher z. */
  readonly weighted: Float32Array;
  /** (n,) 1 when both units are one neuron. */
  readonly matched: Uint8Array;
  readonly thresholds: readonly number[];
}

export function trackedSummaryFigure(recording: Recording, pairs: SummaryPairs, title: string): FigureSpec {
  const { sessionCount, unitCount } = recording;
  const small = { width: panelWidth(3), height: 120, key: 'panel' as const };
  const matches = resultMatches(recording);
  const bins = binsFor(pairs.weighted);
  const titled = lettered();
  const rows = [
    row(sessionRow(recording, titled, small)),
    row([
      probabilityMatrixPanel(matches, titled('Matched probability', { ...small, width: 110 })),
      probabilityByLagPanel(matches, titled('… by distance of sessions', small)),
      histogramPanel(
        {
          counts: countByClass(pairs.weighted, pairs.matched, { bins, classes: 2 }),
          bins,
          kinds: MATCH_KINDS,
          quantity: 'Weighted similarity (Fisher z)',
          thresholds: pairs.thresholds,
        },
        titled('Similarity of pairs', small),
      ),
    ]),
    neuronPresencePanel(
      neuronPresence(recording),
      titled('Sessions in which each neuron was found', { width: panelWidth(1), height: 240 }),
    ),
  ];
  return page(
    title,
    [
      `${count(unitCount, 'unit')} in ${count(sessionCount, 'session')}. f: candidate pairs, as percent of each kind.`,
    ],
    rows,
    { columns: 1, legends: 'own' },
  );
}
