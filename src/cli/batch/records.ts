/** What became of every job of a list: one small JSON file each, beside the log of its run. */
import { existsSync } from 'node:fs';
import { stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { FileStore, openFile } from '../../io/node/file-store.ts';
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
  readonly error?: Problem;
}

/**
 * How a job stands: `missing` was never run, or its result is gone; `changed` is done, but its data, settings or output folder
 * have changed since; `killed` began and did not end; otherwise as its last run ended.
 */
export type JobState = 'missing' | 'running' | 'killed' | 'stopped' | 'failed' | 'changed' | 'done';

/** How often a running job gives a sign of life, and after how long without one it counts as killed, ms. */
const SIGN_OF_LIFE_MS = 20_000;
const SILENCE_MS = 180_000;

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

  /** The record of a job; undefined when there is none, or none that can be read. */
  async read({ name }: Job): Promise<JobRecord | undefined> {
    const file = await openFile(path.join(this.folder, `${name}.json`));
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
    const file = path.join(this.folder, `${name}.json`);
    const timer = setInterval(
      () => void utimes(file, new Date(), new Date()).catch(() => {}),
      SIGN_OF_LIFE_MS,
    );
    return () => clearInterval(timer);
  }

  /**
   * @param inputs fingerprint of data and settings as they are now
   */
  async stateOf(job: Job, record: JobRecord | undefined, inputs: string | undefined): Promise<JobState> {
    if (!record) return 'missing';
    if (record.state === 'running') return (await this.isAlive(record)) ? 'running' : 'killed';
    if (record.state !== 'done') return record.state;
    if (!existsSync(path.join(job.folder, 'Output.npz'))) return 'missing';
    return record.folder === job.folder && record.inputs === inputs ? 'done' : 'changed';
  }

  private async isAlive(record: JobRecord): Promise<boolean> {
    // A process that has its number may be another one.
    if (record.host === hostname() && !processExists(record.process)) return false;
    const { mtimeMs } = await stat(path.join(this.folder, `${record.name}.json`));
    return Date.now() - mtimeMs < SILENCE_MS;
  }
}

function processExists(id: number): boolean {
  if (id === process.pid) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
