/** What `dant add` says at its end. */
import { formatBytes } from '../../core/format-bytes.ts';
import type { AddSummary } from '../../stages/stage-options.ts';
import { describeSeconds, formatTable, formatWarnings } from './summary.ts';
import { formatNumber, formatNumberOf } from './text.ts';

export function formatAddition(summary: AddSummary): string {
  const { newUnits, newSessions, joined, newNeurons, unmatched, units, sessions, clusters, matches } =
    summary;
  const { curation } = summary;
  return [
    `Added ${formatNumberOf(newUnits, 'unit')} of ${formatNumberOf(newSessions, 'session')}: ${joined} joined neurons that were known, ${newNeurons} new neurons, ${unmatched} unmatched.`,
    '',
    ...formatTable([
      ['Now', `${formatNumberOf(units, 'unit')} of ${formatNumberOf(sessions, 'session')}`],
      ['Neurons', `${formatNumberOf(clusters, 'neuron')}, ${formatNumberOf(matches, 'matched pair')}`],
      ...summary.motion.map(({ shank, constant }): [string, string] => [
        shank === undefined ? 'Motion' : `Motion, shank ${shank}`,
        `${constant.map((motion) => formatNumber(motion, 1)).join(', ')} µm in the new sessions`,
      ]),
      ...(curation
        ? [
            [
              'Curation',
              `${formatNumberOf(curation.operations, 'operation')} by hand carried over, ${formatNumberOf(curation.confirmAgain, 'neuron')} to confirm again`,
            ] as [string, string],
          ]
        : []),
      ['Time', describeSeconds(summary)],
      ['Memory', `${formatBytes(summary.peakMemory)} at most`],
      ['Computed by', `${summary.kernels} kernels, ${formatNumberOf(summary.threads, 'thread')}`],
    ]),
    '',
    `Results in ${summary.outputFolder}, all sessions in ${summary.dataFolder}`,
    ...formatWarnings(summary.warnings),
  ].join('\n');
}
