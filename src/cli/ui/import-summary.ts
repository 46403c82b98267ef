/** What `dant import` says at its end. */
import { REPORT_FILE } from '../../io/import/import-report.ts';
import type { ImportSummary } from '../../stages/import-sessions.ts';
import { formatTable, formatWarnings } from './summary.ts';
import { formatCount, formatNumberOf } from './text.ts';

export function formatImport(summary: ImportSummary): string {
  const { sessions, sampling, taken, left, dataFolder, units } = summary;
  const reasons = new Map<string, number>();
  for (const { taken: isTaken, reason, unwanted, label } of units) {
    if (isTaken) continue;
    const why = unwanted ? `labelled ${label || 'nothing'}` : reason;
    reasons.set(why, (reasons.get(why) ?? 0) + 1);
  }
  const why = [...reasons]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`);
  const rate = sampling.sampleRateHz.toLocaleString('en-US', { maximumFractionDigits: 3 });
  return [
    `Imported ${formatNumberOf(taken, 'unit')} of ${formatNumberOf(sessions.length, 'session')}.`,
    '',
    ...formatTable([
      ['Data', dataFolder],
      ['Sites', formatCount(summary.sites)],
      ['Waveforms', `${sampling.samples} samples at ${rate} Hz, trough at sample ${sampling.trough}`],
      [
        'Left out',
        left === 0 ? 'none' : `${formatCount(left)} (${why.join(', ')}${reasons.size > 4 ? ', …' : ''})`,
      ],
      ['Every unit', REPORT_FILE],
    ]),
    '',
    'Sessions',
    ...sessions.flatMap(({ session, folder, date, format, taken: own, clusters, waveforms, alignment }) => [
      `  ${session}  ${date === '' ? '' : `${date}  `}${folder}`,
      `     ${format}: ${formatCount(own)} of ${formatNumberOf(clusters, 'cluster')}; ${waveforms}`,
      ...(alignment === undefined ? [] : [`     ${alignment}`]),
    ]),
    ...formatWarnings(summary.warnings),
  ].join('\n');
}
