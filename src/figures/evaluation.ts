/** Evaluation: what is known of how good a tracking is. */
import type { Evaluation } from '../core/evaluation/evaluation.ts';
import type { AucByDistance } from '../core/evaluation/functional-checks.ts';
import { colourOf, count, type Frame, messagePanel, page, panelOf, panelWidth } from './panel.ts';
import { COLOURS, type FigureSpec, type Kinds, type View } from './theme.ts';

const FEATURE_COLOURS: Readonly<Record<string, string>> = {
  AutoCorr: COLOURS.green,
  ISI: COLOURS.blue,
  PETH: COLOURS.purple,
  FiringRate: COLOURS.orange,
  PopulationCoupling: COLOURS.vermillion,
};

/** One page: reliability (with known identities) or yield, ROC, AUC over time, survival. */
export function evaluationFigure(evaluation: Evaluation): FigureSpec {
  const { functional, excluded, errorRates, matchedPairs, neurons, truth } = evaluation;
  const width = panelWidth(3);
  const frame = (title: string): Frame => ({ width, height: 170, title, key: 'panel' });
  const wide = (title: string): Frame => ({ ...frame(title), key: 'page' });
  const kinds: Kinds = {
    names: functional.map(({ feature }) => feature),
    colours: functional.map(({ feature }) => FEATURE_COLOURS[feature]),
  };
  const overDays = functional.some(({ byDays }) => byDays.length > 0);
  const percent = ({ estimate, low, high }: { estimate: number; low: number; high: number }) =>
    `${(100 * estimate).toFixed(1)} % (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
  const { decoys, depth, halves } = errorRates;
  const out = excluded.map(({ feature, reason }) => `${feature} (${reason})`).join(', ');
  return page(
    'How good the tracking is',
    [
      `${count(matchedPairs, 'matched pair')}, ${count(neurons, 'neuron')}. False matches: ${percent(decoys.falsePositives)} by decoys${depth ? `, ${percent(depth.falsePositives)} by depth` : ''}.` +
        (decoys.falseNegatives ? ` Missed pairs: ${percent(decoys.falseNegatives)} by decoys.` : ''),
      ...(halves
        ? [
            halves.rates
              ? `By halves of units: false matches ${percent(halves.rates.falsePositives)}, missed pairs ${percent(halves.rates.falseNegatives)}.`
              : `Halves of units, with one waveform for both: not found ${percent(halves.notFound)}, wrongly joined ${percent(halves.wronglyJoined)}.`,
          ]
        : []),
      `Functional checks compare matched with neighbouring unmatched pairs. ${out ? `Left out: ${out}.` : ''}`,
    ],
    [
      ...(truth ? [reliabilityPanel(evaluation, wide('Reliability'))] : []),
      rocPanel(evaluation, kinds, frame('ROC')),
      aucPanel(
        functional.flatMap(({ feature, bySessions }) => bySessions.map((p) => ({ ...p, feature }))),
        kinds,
        'Δ session',
        frame('AUC over sessions'),
      ),
      ...(overDays
        ? [
            aucPanel(
              functional.flatMap(({ feature, byDays }) => byDays.map((p) => ({ ...p, feature }))),
              kinds,
              'Δ days',
              frame('AUC over days'),
            ),
          ]
        : []),
      survivalPanel(evaluation, wide('Survival of units')),
      yieldPanel(evaluation, wide('Yield against threshold')),
    ],
    { columns: 3, legends: 'own' },
  );
}

const unitAxis = (field: string, title: string, domain: readonly [number, number] = [0, 1]) => ({
  field,
  type: 'quantitative' as const,
  title,
  scale: { domain: [...domain], nice: false, zero: false },
  axis: { tickCount: 5 },
});

/** Of sessions or days, from 0. */
const wholeAxis = (field: string, title: string, most: number) => ({
  ...unitAxis(field, title, [0, most]),
  axis: { tickCount: 5, tickMinStep: 1, format: 'd' },
});

const diagonal = {
  data: {
    values: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
  },
  mark: { type: 'line' as const, color: COLOURS.grey, strokeDash: [3, 3], strokeWidth: 1 },
};

function reliabilityPanel({ truth }: Evaluation, frame: Frame): View {
  if (!truth || truth.reliability.length === 0) return messagePanel('No matched pairs', frame);
  const x = (field: string) => unitAxis(field, 'Probability');
  const y = (field: string) => unitAxis(field, 'Share that is one neuron');
  return panelOf({ ...frame, subtitle: [`calibration error ${truth.calibrationError.toFixed(3)}`] }, [
    { ...diagonal, encoding: { x: x('x'), y: y('y') } },
    {
      data: { values: [...truth.reliability] },
      mark: { type: 'circle', color: COLOURS.blue, opacity: 0.9 },
      encoding: {
        x: x('predicted'),
        y: y('observed'),
        size: {
          field: 'count',
          type: 'quantitative',
          legend: null,
          scale: { type: 'sqrt', range: [10, 160] },
        },
      },
    },
  ]);
}

function rocPanel({ functional }: Evaluation, kinds: Kinds, frame: Frame): View {
  const points = functional.flatMap(({ feature, roc }) => roc.map((p, i) => ({ ...p, i, feature })));
  if (points.length === 0) return messagePanel('No feature was held out', frame);
  const x = (field: string) => unitAxis(field, 'Neighbouring unmatched pairs');
  const y = (field: string) => unitAxis(field, 'Matched pairs');
  return panelOf(
    frame,
    [
      { ...diagonal, encoding: { x: x('x'), y: y('y') } },
      {
        data: { values: points },
        mark: { type: 'line', strokeWidth: 1.4 },
        encoding: {
          x: x('falsePositiveRate'),
          y: y('truePositiveRate'),
          order: { field: 'i', type: 'quantitative' },
          color: colourOf('feature', kinds, frame),
        },
      },
    ],
    shortened(kinds),
  );
}

/** Names short enough for the key of a narrow panel. */
function shortened({ names, colours }: Kinds): Kinds {
  const short: Record<string, string> = { FiringRate: 'Rate', PopulationCoupling: 'Coupling' };
  return { names: names.map((name) => short[name] ?? name), colours };
}

function aucPanel(
  points: readonly (AucByDistance & { readonly feature: string })[],
  kinds: Kinds,
  title: string,
  frame: Frame,
): View {
  if (points.length === 0) return messagePanel('No feature was held out', frame);
  const values = points.map((p) => ({
    ...p,
    low: Math.max(0, p.auc - 1.96 * p.standardError),
    high: Math.min(1, p.auc + 1.96 * p.standardError),
  }));
  const most = Math.max(...points.map(({ distance }) => distance));
  const x = wholeAxis('distance', title, most * 1.06);
  const least = Math.min(0.4, Math.floor(10 * Math.min(...values.map(({ low }) => low))) / 10);
  const color = colourOf('feature', kinds, frame);
  return panelOf(
    frame,
    [
      {
        data: { values: [{ half: 0.5 }] },
        mark: { type: 'rule', color: COLOURS.grey, strokeDash: [3, 3] },
        encoding: { y: unitAxis('half', 'AUC', [least, 1]) },
      },
      {
        data: { values },
        mark: { type: 'rule', strokeWidth: 1 },
        encoding: { x, y: unitAxis('low', 'AUC', [least, 1]), y2: { field: 'high' }, color },
      },
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.4, point: { size: 18, filled: true } },
        encoding: { x, y: unitAxis('auc', 'AUC', [least, 1]), color },
      },
    ],
    shortened(kinds),
  );
}

function survivalPanel({ survival, sessions }: Evaluation, frame: Frame): View {
  if (survival.length === 0) return messagePanel('One session only', frame);
  return panelOf(frame, [
    {
      data: { values: [...survival] },
      mark: {
        type: 'line',
        color: COLOURS.blue,
        strokeWidth: 1.4,
        point: { size: 18, filled: true, color: COLOURS.blue },
      },
      encoding: {
        x: wholeAxis('lag', 'Sessions later', sessions),
        y: unitAxis('share', 'Share of units still found'),
      },
    },
  ]);
}

function yieldPanel({ yield: points, matchedPairs }: Evaluation, frame: Frame): View {
  if (matchedPairs === 0) return messagePanel('No matched pairs', frame);
  const values = points.flatMap(({ threshold, matches, falseShare }) => [
    { threshold, value: matches / matchedPairs, kind: 'kept pairs' },
    { threshold, value: falseShare, kind: 'false among them' },
  ]);
  const kinds: Kinds = {
    names: ['kept pairs', 'false among them'],
    colours: [COLOURS.blue, COLOURS.vermillion],
  };
  const own: Frame = { ...frame, key: 'panel' };
  return panelOf(
    own,
    [
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.4 },
        encoding: {
          x: unitAxis('threshold', 'Least probability'),
          y: unitAxis('value', 'Share'),
          color: colourOf('kind', kinds, own),
        },
      },
    ],
    kinds,
  );
}
