/** What became of every job of a list: one small JSON file each, beside the log of its run. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { FileStore, openFile } from '../../io/node/file-store.ts';
import { fingerprint } from '../../io/node/fingerprint.ts';
import { isAlive, keepAlive } from '../../io/node/sign-of-life.ts';
import type { Problem } from './inspect.ts';
import type { Job } from './plan.ts';

export interface JobRecord {
  readonly name: string;
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  readonly data?: string;
  readonly folder: string;
  /** Fingerprint of data and settings. */
  readonly inputs: string;
  /** ISO 8601. */
  readonly started: string;
  readonly host: string;
  readonly process: number;
  readonly seconds?: number;
  /** What `dant run --json` or `dant merge --json` brought back. */
  readonly result?: unknown;
  /** Fingerprint of `Output.npz` as the job left it. */
  readonly written?: string;
  readonly error?: Problem;
}

/**
 * How a job stands: `missing` was never run, or its result is gone; `changed` is done, but its data, settings or output folder
 * have changed since; what another command has written since is `done`; `killed` began and did not end; otherwise as its last run ended.
 */
export type JobState = 'missing' | 'running' | 'killed' | 'stopped' | 'failed' | 'changed' | 'done';

export class Records {
  readonly folder: string;
  private readonly store: FileStore;

  /** @param folder its path; made when the first record is written */
  constructor(folder: string) {
    this.folder = folder;
    this.store = new FileStore(folder);
  }

  logOf(job: Job): string {
    return path.join(this.folder, `${job.name}.log`);
  }

  private fileOf(name: string): string {
    return path.join(this.folder, `${name}.json`);
  }

  /** The record of a job; undefined when there is none, or none that can be read. */
  async read({ name }: Job): Promise<JobRecord | undefined> {
    const file = await openFile(this.fileOf(name));
    if (!file) return undefined;
    try {
      return JSON.parse(new TextDecoder().decode(await file.read(0, file.size))) as JobRecord;
    } catch {
      return undefined;
    }
  }

  async write(record: JobRecord): Promise<void> {
    const text = JSON.stringify(record, null, 2);
    await this.store.write(`${record.name}.json`, new TextEncoder().encode(`${text}\n`));
  }

  async writeTable(table: Uint8Array): Promise<void> {
    await this.store.write('summary.csv', table);
  }

  /** Gives signs of life in the name of a running job, until the function that comes back is called. */
  keepAlive({ name }: Job): () => void {
    return keepAlive(this.fileOf(name));
  }

  /**
   * @param inputs fingerprint of data and settings as they are now
   */
  async stateOf(job: Job, record: JobRecord | undefined, inputs: string | undefined): Promise<JobState> {
    if (!record) return 'missing';
    if (record.state === 'running')
      return (await isAlive(this.fileOf(record.name), record)) ? 'running' : 'killed';
    if (record.state !== 'done') return record.state;
    if (!existsSync(resultOf(job))) return 'missing';
    if (inputs !== undefined && (await this.isRewritten(job, record))) return 'done';
    return record.folder === job.folder && record.inputs === inputs ? 'done' : 'changed';
  }

  /** Whether another command has written the result of a job since, such as `dant add`: a run would replace it. */
  async isRewritten(job: Job, { state, folder, written }: JobRecord): Promise<boolean> {
    if (state !== 'done' || folder !== job.folder || written === undefined) return false;
    return existsSync(resultOf(job)) && (await fingerprintOfResult(job)) !== written;
  }
}

const resultOf = ({ folder }: Job) => path.join(folder, 'Output.npz');

/** Changes when `Output.npz` is written. */
export const fingerprintOfResult = (job: Job): Promise<string> => fingerprint([], [resultOf(job)]);
