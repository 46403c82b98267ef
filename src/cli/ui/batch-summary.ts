/** What `dant batch` tells people at its end. */
import { formatBytes } from '../../core/format-bytes.ts';
import type { JobReport } from '../batch/run-batch.ts';
import { formatCount, formatDuration, formatNumberOf } from './text.ts';

const STATES: Readonly<Record<JobReport['state'], string>> = {
  missing: 'not run',
  running: 'running',
  killed: 'killed',
  stopped: 'stopped',
  failed: 'failed',
  changed: 'outdated',
  done: 'done',
};

const REASONS: Readonly<Partial<Record<JobReport['state'], string>>> = {
  killed:
    'The process did not end: it was killed, for example when memory or time ran out, or its machine went down.',
  stopped: 'It was stopped.',
  changed: 'Data, settings or output folder have changed since it was done.',
};

const COLUMNS = ['name', 'state', 'units', 'sessions', 'neurons', 'pairs', 'time', 'memory'] as const;

/** A row for each job, then what is wrong with those that are not done, by name. */
export function formatBatch(jobs: readonly JobReport[]): string {
  const count = (value: number | undefined) => (value === undefined ? '' : formatCount(value));
  const rows = jobs.map((job) => [
    job.name,
    job.rewritten ? 'rewritten' : STATES[job.state],
    count(job.units),
    count(job.sessions),
    count(job.neurons),
    count(job.pairs),
    job.seconds === undefined || job.state === 'failed' ? '' : formatDuration(job.seconds),
    job.peakMemory === undefined ? '' : formatBytes(job.peakMemory),
  ]);
  const table = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, c) => Math.max(...table.map((row) => row[c].length)));
  const lines = table.map((row) =>
    row
      .map((cell, c) => (c < 2 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
      .join('  ')
      .trimEnd(),
  );
  const troubled = jobs.filter(
    ({ state, error }) => REASONS[state] !== undefined || (state === 'failed' && error),
  );
  const done = jobs.filter(({ state }) => state === 'done').length;
  return [
    `${formatCount(done)} of ${formatNumberOf(jobs.length, 'job')} done.`,
    '',
    ...lines.map((line) => `  ${line}`),
    ...troubled.flatMap(describeTrouble),
    ...jobs
      .filter(({ rewritten }) => rewritten)
      .flatMap(({ name, output }) => [
        '',
        `${name} was written by another command since it was done`,
        `  ${output} is left alone with --resume, and replaced without.`,
      ]),
    ...jobs
      .filter(({ state, warnings }) => state === 'done' && warnings.length > 0)
      .flatMap(({ name, warnings }) => [
        '',
        `${name}: ${formatNumberOf(warnings.length, 'warning')}`,
        ...warnings.map((w) => `  ${w}`),
      ]),
  ].join('\n');
}

function describeTrouble({ name, state, error, log }: JobReport): string[] {
  const head = ['', `${name} ${state === 'failed' ? 'failed' : `is not done (${STATES[state]})`}`];
  if (state !== 'failed' || !error) return [...head, `  ${REASONS[state]}`, `  log: ${log}`];
  if (error.where === undefined) return [...head, `  ${error.message}`, `  log: ${log}`];
  return [
    ...head,
    `  in        ${error.where}`,
    `  found:    ${error.found}`,
    `  expected: ${error.expected}`,
    `  to do:    ${error.remedy}`,
  ];
}

/** Ascending whole numbers as Slurm takes them: 1-3,7. */
export function formatRanges(values: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const value of values) {
    const last = ranges.at(-1);
    if (last && value === last[1] + 1) last[1] = value;
    else ranges.push([value, value]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
