/** Looking at a job before it runs: whether it can, how much memory it takes, and what its result will depend on. */
import path from 'node:path';
import type { Store } from '../../io/byte-source.ts';
import { fingerprint } from '../../io/node/fingerprint.ts';
import { openRecording } from '../../stages/open-recording.ts';
import type { ShankMode } from '../../stages/stage-options.ts';
import { type RunInput, readInput } from '../input.ts';
import { describeFailure, type FailureDocument } from '../ui/exit.ts';
import type { Job } from './plan.ts';

/** Options of `dant batch` that hold for every recording. */
export interface EveryRun {
  readonly preset?: string;
  readonly set?: readonly string[];
  readonly shanks: ShankMode;
  readonly figures: boolean;
}

export interface Inspection {
  /** Bytes a run is estimated to take. */
  readonly memory: number;
  /** The setting n_jobs. */
  readonly threads: number;
  /** Fingerprint of data and settings. */
  readonly inputs: string;
  /** Files and folders that the result depends on, as far as they exist; for workflow engines. */
  readonly files: readonly string[];
}

/** What is wrong with a job that cannot run. */
export type Problem = FailureDocument['error'];

const FILES = [
  'waveform_all.npy',
  'session_index.npy',
  'channel_locations.npy',
  'channel_shanks.npy',
  'channel_recorded.npy',
  'peth.npy',
  'units.csv',
];

/** What `dant run` would be called with, without threads. */
export function runArguments({ data, settings, output, shank }: Job, every: EveryRun): string[] {
  const args = ['run', (settings ?? data) as string, '--output', output];
  if (settings !== undefined && data !== undefined) args.push('--set', `path_to_data=${data}`);
  if (every.preset !== undefined) args.push('--preset', every.preset);
  for (const assignment of every.set ?? []) args.push('--set', assignment);
  args.push(...(shank === undefined ? ['--shanks', every.shanks] : ['--shank', String(shank)]));
  if (!every.figures) args.push('--no-figures');
  return args;
}

/** Reads settings and headers as the run will. Never throws. */
export async function inspectJob(job: Job, every: EveryRun): Promise<Inspection | Problem> {
  try {
    const input = await inputOf(job, every);
    const { settings, data, output, memory } = await openRecording(input.userSettings, {
      ...input,
      shanks: every.shanks,
      shank: job.shank,
      figures: every.figures,
    });
    await output.checkWritable();
    const { n_jobs, output_folder: _output, path_to_data: _data, ...rest } = settings;
    const spikes = (await data.list('spike_times')).map((name) => `spike_times/${name}`);
    const motion = settings.waveformCorrection.path_to_motion;
    const files = [...FILES, ...spikes].map((name) => path.join(data.name, name));
    if (motion !== '') files.push(motion);
    const values = [rest, job.shank ?? every.shanks];
    const present = await presentFiles(data);
    return {
      memory: memory.total,
      threads: n_jobs,
      inputs: await fingerprint(values, files),
      files: job.settings ? [job.settings, ...present] : present,
    };
  } catch (error) {
    return describeFailure(error, '', false).document.error;
  }
}

export const isProblem = (inspected: Inspection | Problem): inspected is Problem => 'kind' in inspected;

/** Fingerprint of the shanks that a merge puts together. */
export function mergeInputs(job: Job): Promise<string> {
  return fingerprint(
    job.after.map(({ shank }) => shank),
    job.after.map(({ folder }) => path.join(folder, 'Output.npz')),
  );
}

function inputOf({ data, settings, output }: Job, { preset, set = [] }: EveryRun): Promise<RunInput> {
  const ownData = settings !== undefined && data !== undefined ? [`path_to_data=${data}`] : [];
  return readInput(settings ?? data, { output, preset, set: [...ownData, ...set] });
}

async function presentFiles(data: Store): Promise<string[]> {
  const names = new Set(await data.list());
  return FILES.filter((name) => names.has(name)).map((name) => path.join(data.name, name));
}
