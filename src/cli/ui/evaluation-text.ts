/** What `dant evaluate` and `dant compare` tell people. */
import type { TrackingComparison } from '../../core/evaluation/compare-trackings.ts';
import type { Estimate } from '../../core/evaluation/error-rates.ts';
import type { FolderEvaluation } from '../../stages/evaluate.ts';
import { formatTable } from './summary.ts';
import { formatCount, formatNumber, formatNumberOf } from './text.ts';

const percent = (value: number) => `${formatNumber(100 * value, 1)} %`;
const range = ({ estimate, low, high }: Estimate) =>
  `${percent(estimate)}, between ${percent(low)} and ${percent(high)}`;

/** @param figures whether they were drawn */
export function formatEvaluation({ shanks, used, outputFolder }: FolderEvaluation, figures: boolean): string {
  const lines = shanks.flatMap(({ shank, evaluation }) => {
    const { errorRates, functional, excluded, truth } = evaluation;
    const { decoys, depth, halves } = errorRates;
    const rows: [string, string][] = [
      ['Mean match probability', formatNumber(evaluation.meanProbability, 3)],
      ['False matches (decoys)', range(decoys.falsePositives)],
    ];
    if (depth) rows.push(['False matches (depth)', range(depth.falsePositives)]);
    if (decoys.falseNegatives) rows.push(['Missed pairs (decoys)', range(decoys.falseNegatives)]);
    if (halves?.rates) {
      rows.push(
        ['False matches (halves)', range(halves.rates.falsePositives)],
        ['Missed pairs (halves)', range(halves.rates.falseNegatives)],
      );
    } else if (halves) {
      rows.push(
        ['Halves not found', `${range(halves.notFound)}; both halves have one waveform`],
        ['Halves wrongly joined', range(halves.wronglyJoined)],
      );
    }
    if (truth) {
      rows.push(
        ['False matches (truth)', percent(truth.falsePositives)],
        ['Missed pairs (truth)', percent(truth.falseNegatives)],
        ['Calibration error', formatNumber(truth.calibrationError, 3)],
      );
    }
    for (const { feature, auc, standardError, byDays, bySessions } of functional) {
      const [steps, unit] = byDays.length > 0 ? [byDays, 'days'] : [bySessions, 'sessions'];
      const over = steps
        .slice(0, 12)
        .map((step) => `${formatNumber(step.auc, 2)} at ${step.distance}`)
        .join(', ');
      rows.push([
        `AUC ${feature}`,
        `${formatNumber(auc, 3)} ± ${formatNumber(standardError, 3)}${over ? `; by ${unit}: ${over}` : ''}`,
      ]);
    }
    for (const { feature, reason } of excluded) rows.push([`No check by ${feature}`, reason]);
    return [
      `${shank === undefined ? '' : `Shank ${shank}: `}${formatNumberOf(evaluation.matchedPairs, 'matched pair')}, ${formatNumberOf(evaluation.neurons, 'neuron')}`,
      ...formatTable(rows),
      '',
      ...evaluation.warnings.map((text) => `Warning: ${text}`),
      ...(evaluation.warnings.length > 0 ? [''] : []),
    ];
  });
  return [
    ...lines,
    `Matching and motion used ${used.join(', ')}.`,
    `Results in ${outputFolder}: Evaluation.json${figures ? ', Figures/Evaluation.png' : ''}`,
  ].join('\n');
}

export function formatComparison({
  pairs,
  neurons,
  movedUnits,
  differing,
  units,
}: TrackingComparison): string {
  const named = differing
    .slice(0, 10)
    .map(
      ({ neuron, units: members, inSecond }) =>
        `  neuron ${neuron} (units ${members.join(', ')}): ${[...new Set(inSecond)].map((label) => (label < 0 ? 'unmatched' : `neuron ${label}`)).join(' and ')} in the second`,
    );
  return [
    'Two results of one recording',
    ...formatTable([
      [
        'Matched pairs',
        `${formatCount(pairs.both)} in both, ${formatCount(pairs.onlyFirst)} in the first alone, ${formatCount(pairs.onlySecond)} in the second alone`,
      ],
      ['Agreement', `${formatNumber(pairs.jaccard, 3)} of all pairs are in both`],
      [
        'Neurons',
        `${formatCount(neurons.first)} and ${formatCount(neurons.second)}, ${formatCount(neurons.same)} of them the same`,
      ],
      ['Moved units', `${formatCount(movedUnits.length)} of ${formatCount(units)}`],
    ]),
    ...(named.length > 0
      ? ['', `Neurons that differ${differing.length > 10 ? ` (10 of ${differing.length})` : ''}`]
      : []),
    ...named,
  ].join('\n');
}
