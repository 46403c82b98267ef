/** The work of `dant batch`: look at every job, run those that are to be run, keep a record of each. */
import type { RunEvent } from '../../core/context.ts';
import { StoppedError } from '../../core/errors.ts';
import { encodeCsv } from '../../io/csv.ts';
import { thisProcess } from '../../io/node/sign-of-life.ts';
import { formatCount, formatDuration } from '../ui/text.ts';
import { type ChildOutcome, runDant } from './child.ts';
import {
  type EveryRun,
  type Inspection,
  inspectJob,
  isProblem,
  mergeInputs,
  type Problem,
  runArguments,
} from './inspect.ts';
import type { Job } from './plan.ts';
import { fingerprintOfResult, type JobRecord, type JobState, type Records } from './records.ts';
import { runScheduled } from './schedule.ts';

/** How a job stands, for the table at the end and for `--json`. */
export interface JobReport {
  readonly name: string;
  readonly row?: number;
  readonly state: JobState;
  /** Whether another command has written the result since it was done; the numbers are then not known. */
  readonly rewritten: boolean;
  readonly data?: string;
  readonly output: string;
  readonly shank?: number;
  /** For a merge, the names of the jobs whose shanks it puts together. */
  readonly after: readonly string[];
  /** Files that the result depends on. */
  readonly inputs: readonly string[];
  readonly units?: number;
  readonly sessions?: number;
  readonly neurons?: number;
  readonly pairs?: number;
  readonly seconds?: number;
  /** Bytes. */
  readonly peakMemory?: number;
  readonly warnings: readonly string[];
  readonly error?: Problem;
  readonly log: string;
}

export interface BatchOptions {
  readonly every: EveryRun;
  readonly records: Records;
  readonly parallel: number;
  readonly threads: number;
  /** Bytes. */
  readonly memoryLimit: number;
  /** Whether jobs that are done are left as they are. */
  readonly resume: boolean;
  readonly onEvent: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  /** Called with how many jobs of this call are done so far, and of how many. */
  readonly onDone: (done: number, total: number) => void;
}

type Inspected = ReadonlyMap<Job, Inspection | Problem>;

/** Looks at jobs without running them. */
export async function inspectJobs(
  jobs: readonly Job[],
  every: EveryRun,
  signal: AbortSignal,
): Promise<Inspected> {
  const inspected = new Map<Job, Inspection | Problem>();
  for (const job of jobs) {
    if (signal.aborted) throw new StoppedError();
    inspected.set(job, await inspectJob(job, every));
  }
  return inspected;
}

/** How jobs stand by their records. */
export async function reportJobs(
  jobs: readonly Job[],
  inspected: Inspected,
  records: Records,
): Promise<JobReport[]> {
  const reports: JobReport[] = [];
  for (const job of jobs) {
    const inspection = inspected.get(job) as Inspection | Problem;
    const record = await records.read(job);
    const state = await records.stateOf(job, record, await inputsOf(job, inspection));
    const rewritten = state === 'done' && record !== undefined && (await records.isRewritten(job, record));
    const current = rewritten ? { ...record, result: undefined, seconds: undefined } : record;
    reports.push({ ...describeJob(job, inspection, current, state, records.logOf(job)), rewritten });
  }
  return reports;
}

/**
 * Runs jobs to their ends, in processes of their own. A failure ends no other job.
 *
 * @param jobs those to run, a merge after its shanks; how each ended is kept in `options.records`
 * @throws StoppedError when the signal is aborted, after all that was running has ended
 */
export async function runBatch(
  jobs: readonly Job[],
  inspected: Inspected,
  options: BatchOptions,
): Promise<void> {
  const { records, onEvent, signal, resume } = options;
  const log = (text: string) => onEvent({ kind: 'log', text });
  let done = 0;
  const toRun: Job[] = [];
  const states = new Map<Job, JobState>();
  for (const job of jobs) {
    const inspection = inspected.get(job) as Inspection | Problem;
    const record = await records.read(job);
    const state = await records.stateOf(job, record, await inputsOf(job, inspection));
    const rewritten = record !== undefined && (await records.isRewritten(job, record));
    const warn = (text: string) => onEvent({ kind: 'warning', text: `${job.name}: ${text}` });
    if (resume && state === 'done' && !job.after.some((shank) => toRun.includes(shank))) {
      if (rewritten) warn(`${job.folder} was written by another command since; left alone.`);
      else log(`${job.name}: done already.`);
      states.set(job, 'done');
      done++;
    } else if (state === 'running') {
      warn('another process is at it; left alone.');
      states.set(job, 'running');
    } else if (isProblem(inspection)) {
      // Its record stays: what was done is still done once its data are at hand again.
      states.set(job, 'failed');
      warnOfFailure(job, inspection);
    } else {
      if (rewritten) warn(`${job.folder} was written by another command since; it is replaced.`);
      toRun.push(job);
    }
  }
  options.onDone(done, jobs.length);

  function warnOfFailure(job: Job, { message }: Problem): void {
    onEvent({ kind: 'warning', text: `${job.name} failed: ${message}` });
  }

  async function finish(job: Job, inputs: string, began: number, outcome: ChildOutcome): Promise<void> {
    states.set(job, outcome.state);
    await records.write({
      ...newRecord(job, inputs, began, outcome.state),
      seconds: (Date.now() - began) / 1000,
      ...(outcome.state === 'done' && { result: outcome.result, written: await fingerprintOfResult(job) }),
      ...(outcome.state === 'failed' && { error: outcome.error }),
    });
    if (outcome.state === 'failed') {
      warnOfFailure(job, outcome.error);
    } else if (outcome.state === 'done') {
      options.onDone(++done, jobs.length);
      const { clusters, matches } = outcome.result as { clusters?: number; matches?: number };
      const seconds = formatDuration((Date.now() - began) / 1000);
      log(
        `${job.name}: ${formatCount(clusters ?? 0)} neurons, ${formatCount(matches ?? 0)} matched pairs, ${seconds} (${done} of ${jobs.length}).`,
      );
    }
  }

  async function outcomeOf(job: Job, threads: number, inputs: string, began: number): Promise<ChildOutcome> {
    const unfinished = await unfinishedShanks(job, states, records);
    if (unfinished.length > 0) {
      const message = `Not merged: ${unfinished.join(', ')} ${unfinished.length > 1 ? 'are' : 'is'} not done.`;
      return { state: 'failed', error: { kind: 'input', message } };
    }
    await records.write(newRecord(job, inputs, began, 'running'));
    const stopSigns = records.keepAlive(job);
    log(`${job.name}: started with ${threads} thread${threads > 1 ? 's' : ''}.`);
    try {
      return await runDant(argumentsOf(job, inspected.get(job) as Inspection, threads, options), {
        log: records.logOf(job),
        onLine: occasionally((line) => log(`${job.name}: ${line}`)),
        onProblem: (text) => onEvent({ kind: 'warning', text: `${job.name}: ${text}` }),
        signal,
      });
    } finally {
      stopSigns();
    }
  }

  /** Other jobs go on whatever befalls this one, also when nothing can be written about it. */
  async function run(job: Job, threads: number): Promise<void> {
    const began = Date.now();
    try {
      const inputs = (await inputsOf(job, inspected.get(job) as Inspection)) ?? '';
      const failed = (error: unknown): ChildOutcome => ({ state: 'failed', error: problemOf(error) });
      await finish(job, inputs, began, await outcomeOf(job, threads, inputs, began).catch(failed));
    } catch (error) {
      warnOfFailure(job, problemOf(error));
    }
  }

  await runScheduled(toRun, {
    ...options,
    memoryOf: (job) => (inspected.get(job) as Inspection).memory,
    afterOf: (job) => job.after,
    run,
  });
  if (signal.aborted) throw new StoppedError();
}

/** The table of a batch: one row for each job. */
export function summaryTable(reports: readonly JobReport[]): Uint8Array {
  const columns = [
    'name',
    'state',
    'units',
    'sessions',
    'neurons',
    'pairs',
    'seconds',
    'peak_memory',
    'output',
    'error',
  ];
  const rows = reports.map((job) =>
    [
      job.name,
      job.state,
      job.units,
      job.sessions,
      job.neurons,
      job.pairs,
      job.seconds?.toFixed(1),
      job.peakMemory,
      job.output,
      job.error?.message,
    ].map((value) => String(value ?? '')),
  );
  return encodeCsv({ columns, rows });
}

function argumentsOf(
  job: Job,
  inspection: Inspection,
  share: number,
  { every, resume }: BatchOptions,
): string[] {
  if (job.after.length > 0) return ['merge', job.output, ...(every.figures ? [] : ['--no-figures'])];
  const threads = inspection.threads < 0 ? share : Math.min(share, Math.max(1, inspection.threads));
  return [...runArguments(job, every), '--set', `n_jobs=${threads}`, ...(resume ? ['--resume'] : [])];
}

async function inputsOf(job: Job, inspection: Inspection | Problem): Promise<string | undefined> {
  if (isProblem(inspection)) return undefined;
  return job.after.length > 0 ? mergeInputs(job) : inspection.inputs;
}

const problemOf = (error: unknown): Problem => ({
  kind: 'fault',
  message: error instanceof Error ? error.message : String(error),
});

/** Names of the shanks of a merge that are not done. */
async function unfinishedShanks(
  { after }: Job,
  states: ReadonlyMap<Job, JobState>,
  records: Records,
): Promise<string[]> {
  const names: string[] = [];
  for (const shank of after) {
    const state = states.get(shank) ?? (await records.read(shank))?.state;
    if (state !== 'done') names.push(shank.name);
  }
  return names;
}

function newRecord(job: Job, inputs: string, began: number, state: JobRecord['state']): JobRecord {
  return {
    name: job.name,
    state,
    data: job.data,
    folder: job.folder,
    inputs,
    started: new Date(began).toISOString(),
    ...thisProcess(),
  };
}

function describeJob(
  job: Job,
  inspection: Inspection | Problem,
  record: JobRecord | undefined,
  state: JobState,
  log: string,
): Omit<JobReport, 'rewritten'> {
  const result = (record?.result ?? {}) as Readonly<Record<string, unknown>>;
  const number = (key: string) => (typeof result[key] === 'number' ? result[key] : undefined);
  const problem = isProblem(inspection) ? inspection : undefined;
  return {
    name: job.name,
    row: job.row,
    state: problem && state === 'missing' ? 'failed' : state,
    data: job.data,
    output: job.folder,
    shank: job.shank,
    after: job.after.map(({ name }) => name),
    inputs: problem ? [] : (inspection as Inspection).files,
    units: number('units'),
    sessions: number('sessions'),
    neurons: number('clusters'),
    pairs: number('matches'),
    seconds: record?.seconds,
    peakMemory: number('peakMemory'),
    warnings: Array.isArray(result.warnings) ? result.warnings : [],
    error: problem ?? record?.error,
    log,
  };
}

/** Seconds between two lines of one recording. */
const LINE_INTERVAL = 10;

/** Passes a line on when the last one is long enough ago. */
function occasionally(pass: (line: string) => void): (line: string) => void {
  let last = performance.now();
  return (line) => {
    const now = performance.now();
    if (now - last < 1000 * LINE_INTERVAL) return;
    last = now;
    // The child counts seconds of its own.
    pass(line.replace(/^\[ *[\d.]+ s\] /, ''));
  };
}
