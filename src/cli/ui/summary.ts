/** What a command tells people at its end. */
import type { Stage } from '../../core/context.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import type { TrackingScore } from '../../core/simulation/score.ts';
import type { ExportSummary } from '../../stages/export.ts';
import type { PethSummary } from '../../stages/peth.ts';
import type { SimulationSummary } from '../../stages/simulate.ts';
import type { CheckSummary, MergeSummary, RunSummary } from '../../stages/stage-options.ts';
import { STAGE_TITLES } from './progress.ts';
import { formatCount, formatDuration, formatEstimate, formatNumber, formatNumberOf } from './text.ts';

type Row = readonly [label: string, value: string];

/**
 * @param options.figures whether the run drew figures
 */
export function formatRunSummary(summary: RunSummary, options: { readonly figures: boolean }): string {
  const { units, sessions, clusters, matches, outputFolder } = summary;
  const lines = [
    `Found ${formatNumberOf(clusters, 'neuron')} in more than one session: ${formatNumberOf(matches, 'matched pair')} among ${formatNumberOf(units, 'unit')} of ${formatNumberOf(sessions, 'session')}.`,
    '',
    ...formatTable([
      ['Recording', describeRecording(summary)],
      ['Preset', summary.settings.preset],
      ...weightRows(summary),
      ['Threshold', summary.thresholds.map((threshold) => formatNumber(threshold, 3)).join(', ')],
      ['Motion', `${summary.motionRange.map((motion) => formatNumber(motion, 1)).join(' to ')} µm`],
      ['Time', describeSeconds(summary)],
      ['Memory', `${formatBytes(summary.peakMemory)} at most`],
      ['Computed by', `${summary.kernels} kernels, ${formatNumberOf(summary.threads, 'thread')}`],
    ]),
    '',
    `Results in ${outputFolder}`,
    ...formatTable([
      ...(options.figures
        ? [['Figures/Overview.png', 'all figures on one page: look at this first'] as const]
        : []),
      ['IdxCluster.npy', 'the neuron of every unit; -1 where it has no match'],
      ['MatchedPairs.npy', 'pairs of units that are one neuron'],
      ['Output.npz', 'everything'],
    ]),
    ...formatWarnings(summary.warnings),
  ];
  return lines.join('\n');
}

export function formatCheckSummary(summary: CheckSummary): string {
  const { unitsPerSession, shankIds } = summary;
  const average = summary.units > 0 ? summary.spikes / summary.units : 0;
  const lines = [
    `${summary.dataFolder} can be tracked.`,
    '',
    ...formatTable([
      ['Recording', describeRecording({ ...summary, shanks: shankIds.length })],
      ...(shankIds.length > 1 ? [['Shanks', shankIds.join(', ')] as const] : []),
      ['Spikes', `${formatCount(summary.spikes)} (${formatCount(average)} per unit)`],
      ['PETH', summary.hasPeth ? 'yes' : 'none'],
      ['Memory of a run', `about ${formatBytes(summary.memory)}`],
      ['Time of a run', `about ${formatEstimate(summary.seconds)}`],
    ]),
    '',
    'Units per session',
    ...formatSessions(unitsPerSession),
    ...formatWarnings(summary.warnings),
  ];
  return lines.join('\n');
}

export function formatMerge(summary: MergeSummary): string {
  const { shankIds, units, sessions, clusters, matches, outputFolder } = summary;
  return [
    `Merged shanks ${shankIds.join(', ')}: ${formatNumberOf(clusters, 'neuron')} in more than one session, ${formatNumberOf(matches, 'matched pair')} among ${formatNumberOf(units, 'unit')} of ${formatNumberOf(sessions, 'session')}.`,
    '',
    `Results in ${outputFolder}`,
    ...formatWarnings(summary.warnings),
  ].join('\n');
}

export function formatSimulation(summary: SimulationSummary): string {
  const { dataFolder, neurons } = summary;
  return [
    `Simulated ${formatNumberOf(neurons, 'neuron')}: ${describeRecording(summary)}.`,
    '',
    ...formatTable([
      ['Data', dataFolder],
      ['Truth', 'neuron_id.npy and true_motion.npy, for dant score'],
    ]),
  ].join('\n');
}

export function formatExport({ folder, files, units, neurons, curated }: ExportSummary): string {
  return [
    `Exported ${formatNumberOf(neurons, 'neuron')} of ${formatNumberOf(units, 'unit')}, as curated ${curated ? 'by hand; --automatic exports those from before' : 'automatically'}.`,
    '',
    `Files in ${folder}`,
    ...files.map((file) => `  ${file}`),
  ].join('\n');
}

export function formatPeth(summary: PethSummary): string {
  const { file, units, bins, binsPerType, types, warnings } = summary;
  return [
    `PETHs of ${formatNumberOf(units, 'unit')}: ${formatNumberOf(bins, 'bin')} in ${file}.`,
    '',
    ...formatTable(
      types.map(({ type, firstBin, events, missingSessions }) => [
        type,
        [
          `${formatNumberOf(events, 'event')}, bins ${firstBin} to ${firstBin + binsPerType - 1}`,
          ...(missingSessions.length > 0 ? [`missing (NaN) in session ${missingSessions.join(', ')}`] : []),
        ].join('; '),
      ]),
    ),
    ...formatWarnings(warnings),
  ].join('\n');
}

export function formatScore({ pairs, ari, motionError }: TrackingScore): string {
  const rows: Row[] = [
    [
      'Precision',
      `${formatNumber(pairs.precision, 3)}  ${formatCount(pairs.correct)} of ${formatNumberOf(pairs.found, 'matched pair')} are true`,
    ],
    [
      'Recall',
      `${formatNumber(pairs.recall, 3)}  ${formatCount(pairs.correct)} of ${formatNumberOf(pairs.true, 'true pair')} are found`,
    ],
    ['F1', formatNumber(pairs.f1, 3)],
    ['Adjusted Rand index', formatNumber(ari, 3)],
  ];
  if (motionError) {
    const { rms, max } = motionError;
    rows.push([
      'Motion error',
      `${formatNumber(rms, 2)} µm (root mean square), ${formatNumber(max, 2)} µm at most`,
    ]);
  }
  return ['Compared with the truth', ...formatTable(rows)].join('\n');
}

/** Two columns, indented. */
export function formatTable(rows: readonly Row[]): string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
}

export function formatWarnings(warnings: readonly string[]): string[] {
  if (warnings.length === 0) return [];
  return ['', formatNumberOf(warnings.length, 'Warning'), ...warnings.map((text) => `  ${text}`)];
}

function describeRecording(recording: {
  readonly units: number;
  readonly sessions: number;
  readonly channels: number;
  readonly samples: number;
  readonly shanks?: number;
}): string {
  const { units, sessions, channels, samples, shanks = 1 } = recording;
  const parts = [
    formatNumberOf(units, 'unit'),
    formatNumberOf(sessions, 'session'),
    `${formatNumberOf(channels, 'channel')} × ${formatNumberOf(samples, 'sample')}`,
  ];
  if (shanks > 1) parts.push(formatNumberOf(shanks, 'shank'));
  return parts.join(', ');
}

/** One row per shank. */
function weightRows({ weights }: RunSummary): Row[] {
  const shanks = [...new Set(weights.map((weight) => weight.shank))];
  return shanks.map((shank) => {
    const own = weights.filter((weight) => weight.shank === shank);
    const text = own.map(({ feature, weight }) => `${feature} ${formatNumber(weight, 3)}`).join(', ');
    return [shank === undefined ? 'Weights' : `Weights, shank ${shank}`, text];
  });
}

export function describeSeconds({
  totalSeconds,
  seconds,
}: Pick<RunSummary, 'totalSeconds' | 'seconds'>): string {
  const stages = Object.entries(seconds) as [Stage, number][];
  const worthTelling = stages.filter(([, own]) => own >= 0.05);
  const parts = worthTelling.map(
    ([stage, own]) => `${STAGE_TITLES[stage].toLowerCase()} ${formatDuration(own)}`,
  );
  const total = formatDuration(totalSeconds);
  return parts.length > 0 ? `${total} (${parts.join(', ')})` : total;
}

/** Most characters of a bar of units. */
const BAR_WIDTH = 40;

function formatSessions(unitsPerSession: readonly number[]): string[] {
  const most = Math.max(1, ...unitsPerSession);
  const numberWidth = formatCount(most).length;
  const sessionWidth = String(unitsPerSession.length).length;
  return unitsPerSession.map((units, i) => {
    const bar = '▇'.repeat(Math.max(1, Math.round((BAR_WIDTH * units) / most)));
    return `  ${String(i + 1).padStart(sessionWidth)}  ${formatCount(units).padStart(numberWidth)}  ${bar}`;
  });
}
