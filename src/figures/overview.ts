/** Overview: the whole result on one page. */
import { allSimilarityHistograms, featureSimilarityPanel } from './all-similarity.ts';
import { mainPlane, scatterPanel, scatterPlane } from './feature-scatter.ts';
import { probabilityByLagPanel, probabilityMatrixPanel, resultMatches } from './matched-probability.ts';
import { neuronPresence, neuronPresencePanel } from './neuron-presence.ts';
import { count, page, panelWidth, row } from './panel.ts';
import { type AnyResult, type Recording, recordingOf } from './recording.ts';
import { lettered, sessionRow } from './session-row.ts';
import { weightedSimilarityPanel } from './similarity-distribution.ts';
import { MAX_CELLS, similarityMatrixPanel } from './similarity-matrix.ts';
import type { FigureSpec, View } from './theme.ts';
import { MAX_POINTS_LOW } from './unit-locations.ts';

const MAX_SCATTER_POINTS = 2000;

export function overviewFigure(result: AnyResult): FigureSpec {
  const recording = recordingOf(result);
  const { shanks, sessionCount } = recording;
  const several = shanks.length > 1;
  const small = { width: panelWidth(3), height: 110, key: 'panel' as const };
  const presence = neuronPresence(recording);
  const matches = resultMatches(recording);
  const histograms = allSimilarityHistograms(recording);
  const axes = mainPlane(shanks);
  const most = Math.max(200, Math.floor(MAX_SCATTER_POINTS / shanks.length));
  const planes = shanks.map((shank) => {
    const plane = scatterPlane(shank.result, axes, most);
    return several ? { ...plane, line: [] } : plane;
  });

  const titled = lettered();
  const rows: View[][] = [
    sessionRow(recording, titled, small),
    [
      neuronPresencePanel(
        presence,
        titled('Sessions in which each neuron was found', { width: 240, height: 270 }),
      ),
      similarityMatrixPanel(
        recording,
        titled(several ? 'Similarity, by shank, session and depth' : 'Similarity, by session and depth', {
          width: 270,
          height: 270,
        }),
      ),
    ],
    [
      probabilityMatrixPanel(matches, titled('Matched probability', { ...small, width: 110 })),
      probabilityByLagPanel(matches, titled('… by distance of sessions', small)),
      weightedSimilarityPanel(shanks, titled('Similarity of pairs', small)),
    ],
    [
      scatterPanel(planes, titled('Pairs by feature', small)),
      ...axes.flatMap((f) => {
        const histogram = f === undefined ? undefined : histograms[f];
        return histogram
          ? [featureSimilarityPanel(histogram, titled(`${histogram.feature} similarity`, small))]
          : [];
      }),
    ],
  ];
  return page(
    `${count(presence.neurons, 'neuron')} tracked over ${count(sessionCount, 'session')}`,
    captions(recording),
    rows.map(row),
    { columns: 1, legends: 'own' },
  );
}

function captions({ shanks, unitCount }: Recording): string[] {
  const pairs = shanks.reduce((n, { result: { curation } }) => n + curation.matchedPairs.length / 2, 0);
  const several = shanks.length > 1;
  const places = unitCount > MAX_POINTS_LOW ? ` b: about ${count(MAX_POINTS_LOW)} of them.` : '';
  const found = `${count(unitCount, 'unit')}${several ? ` on ${count(shanks.length, 'shank')}` : ''}, ${count(pairs, 'matched pair')}.`;
  const motion = several
    ? 'c: half way along the pairs of each shank.'
    : 'c: with its 95 % band where it was estimated.';
  const matrix = unitCount > MAX_CELLS ? ' e: the largest similarity in each cell.' : '';
  const lines = several ? 'Lines: thresholds of the shanks.' : 'Lines: threshold (h) and discriminant (i).';
  return [
    `${found}${places} ${motion}${matrix}`,
    `h to k: candidate pairs, as percent of each kind. ${lines}`,
  ];
}
