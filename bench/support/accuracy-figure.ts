/** The figure of docs/accuracy.md. */
import { colourOf, type Frame, page, panelOf } from '../../src/figures/panel.ts';
import { COLOURS, type FigureSpec, type Kinds, type View } from '../../src/figures/theme.ts';
import type { Row } from './accuracy-tables.ts';

const WIDTH = 235;
const frame = (title: string): Frame => ({ width: WIDTH, height: 200, title, key: 'panel' });

/** F1 of both presets, reliability, and the error rates in their intervals, for every recording. */
export function accuracyFigure(rows: readonly Row[]): FigureSpec {
  const recommended = rows.filter(({ variant }) => variant === 'recommended');
  const names = recommended.map(({ recording }) => recording);
  return page(
    'Accuracy on simulated recordings',
    [`${names.length} recordings whose neurons are known; preset recommended unless said otherwise.`],
    [
      scorePanel(
        rows.filter(({ variant }) => ['reference', 'recommended'].includes(variant)),
        names,
      ),
      reliabilityPanel(recommended),
      ratePanel('False matches', recommended, names, (r) => [1 - r.precision, r.falsePositives]),
      ratePanel('Missed pairs', recommended, names, (r) => [1 - r.recall, r.falseNegatives]),
    ],
    { columns: 2, legends: 'own' },
  );
}

const along = (field: string, title: string, domain: readonly [number, number]) => ({
  field,
  type: 'quantitative' as const,
  title,
  scale: { domain: [...domain], nice: false, zero: false },
  axis: { tickCount: 5 },
});
const byRecording = (names: readonly string[]) => ({
  field: 'recording',
  type: 'nominal' as const,
  title: null,
  sort: [...names],
});

function scorePanel(rows: readonly Row[], names: readonly string[]): View {
  const kinds: Kinds = { names: ['reference', 'recommended'], colours: [COLOURS.grey, COLOURS.blue] };
  const own = frame('F1 of the pairs');
  const least = Math.floor(10 * Math.min(...rows.map(({ f1 }) => f1)) - 0.2) / 10;
  return panelOf(
    own,
    [
      {
        data: { values: rows.map(({ recording, variant, f1 }) => ({ recording, variant, f1 })) },
        mark: { type: 'circle', size: 45, opacity: 1 },
        encoding: {
          x: along('f1', 'F1', [least, 1]),
          y: byRecording(names),
          color: colourOf('variant', kinds, own),
        },
      },
    ],
    kinds,
  );
}

function reliabilityPanel(rows: readonly Row[]): View {
  const axis = (field: string, title: string) => along(field, title, [0, 1]);
  const values = rows.flatMap(({ recording, reliability }) =>
    reliability.map(({ predicted, observed, count }) => ({ recording, predicted, observed, count })),
  );
  const diagonal = [0, 1].map((value) => ({ predicted: value, observed: value }));
  const [x, y] = [axis('predicted', 'Probability of a match'), axis('observed', 'Share that is one neuron')];
  return panelOf(frame('Reliability of the match probabilities'), [
    {
      data: { values: diagonal },
      mark: { type: 'line', color: COLOURS.grey, strokeDash: [3, 3], strokeWidth: 1 },
      encoding: { x, y },
    },
    {
      data: { values },
      mark: { type: 'circle', color: COLOURS.blue, opacity: 0.6 },
      encoding: {
        x,
        y,
        size: {
          field: 'count',
          type: 'quantitative',
          legend: null,
          scale: { type: 'sqrt', range: [4, 220] },
        },
      },
    },
  ]);
}

function ratePanel(
  title: string,
  rows: readonly Row[],
  names: readonly string[],
  of: (row: Row) => [number, { readonly low: number; readonly high: number }],
): View {
  const kinds: Kinds = { names: ['interval by decoys', 'truth'], colours: [COLOURS.sky, COLOURS.vermillion] };
  const own = frame(title);
  const values = rows.map((row) => {
    const [truth, { low, high }] = of(row);
    return { recording: row.recording, truth, low, high, interval: 'interval by decoys', kind: 'truth' };
  });
  const most = Math.max(...values.map(({ truth, high }) => Math.max(truth, high)));
  const x = (field: string) => along(field, 'Share', [0, Math.ceil(10 * most) / 10]);
  const y = byRecording(names);
  return panelOf(
    own,
    [
      {
        data: { values },
        mark: { type: 'rule', strokeWidth: 5 },
        encoding: { x: x('low'), x2: { field: 'high' }, y, color: colourOf('interval', kinds, own) },
      },
      {
        data: { values },
        mark: { type: 'circle', size: 40, opacity: 1 },
        encoding: { x: x('truth'), y, color: colourOf('kind', kinds, own) },
      },
    ],
    kinds,
  );
}
