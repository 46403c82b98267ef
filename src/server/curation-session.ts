/** The curation of one folder while it is served: the log, who is told of it, and the curated files. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Operation } from '../core/curation/operations.ts';
import type { Replayed } from '../core/curation/replay.ts';
import { InputError } from '../core/errors.ts';
import { CurationLogFile } from '../io/node/curation-log-file.ts';
import type { TrackedFolder } from '../io/tracked-folder.ts';
import { appliedVersion, type CuratedSummary } from '../io/write-curated.ts';
import { writeCuration } from '../stages/curate.ts';
import type { AppendRequest, CurationReply, ServerEvent } from './protocol.ts';

/** How often the log is looked at for what other programs did, ms. */
const LOOK_EVERY_MS = 1000;

export type AppendOutcome =
  | { readonly kind: 'appended' | 'conflict'; readonly reply: CurationReply }
  | { readonly kind: 'impossible'; readonly problem: string };

export class CurationSession {
  private readonly folder: string;
  private readonly tracked: TrackedFolder;
  private readonly log: CurationLogFile;
  private readonly listeners = new Set<(event: ServerEvent) => void>();
  private readonly identity: Promise<string>;
  private timer?: NodeJS.Timeout;
  private toldVersion = -1;
  private applying: Promise<unknown> = Promise.resolve();

  constructor(folder: string, tracked: TrackedFolder) {
    this.folder = folder;
    this.tracked = tracked;
    this.log = new CurationLogFile(folder, tracked);
    this.identity = this.resultIdentity();
  }

  /** What holds now, other programs' work included. */
  async replayed(): Promise<Replayed> {
    return (await this.log.current()).replayed;
  }

  async reply(after: number): Promise<CurationReply> {
    const { log, replayed } = await this.log.current();
    return {
      version: replayed.version,
      entries: log.entries.slice(after),
      warnings: log.warnings,
      appliedVersion: await appliedVersion(this.tracked.store, this.tracked.fingerprint),
    };
  }

  /** @throws InputError when the log cannot be written, or the result has been replaced */
  async append(
    { after, id }: Omit<AppendRequest, 'operation'>,
    operation: Operation,
  ): Promise<AppendOutcome> {
    await this.checkResult();
    const appended = await this.log.append(operation, { after, id, time: new Date().toISOString() });
    if (appended.outcome === 'impossible') return { kind: 'impossible', problem: appended.problem };
    const reply = await this.reply(after);
    this.tell(reply.version);
    return { kind: appended.outcome, reply };
  }

  /** Writes the curated files, one time after another. */
  apply(): Promise<CuratedSummary> {
    const written = this.applying.then(async () => {
      await this.checkResult();
      const summary = await writeCuration(this.folder, this.tracked, await this.replayed());
      for (const listener of this.listeners) listener({ kind: 'applied', version: summary.version });
      return summary;
    });
    this.applying = written.catch(() => {});
    return written;
  }

  /** Tells of everything that happens from now on, until the returned function is called. */
  listen(listener: (event: ServerEvent) => void): () => void {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.timer.unref();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.close();
    };
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async look(): Promise<void> {
    try {
      this.tell((await this.replayed()).version);
    } catch {
      // Whoever asks for the log is told what is wrong with it.
    }
  }

  private tell(version: number): void {
    if (version === this.toldVersion) return;
    this.toldVersion = version;
    for (const listener of this.listeners) listener({ kind: 'curation', version });
  }

  private async checkResult(): Promise<void> {
    if ((await this.resultIdentity()) === (await this.identity)) return;
    throw new InputError({
      where: this.folder,
      found: 'another result than the one that is shown',
      expected: 'the same files as before',
      remedy: 'The recording was tracked again: end `dant view` and start it anew.',
    });
  }

  private async resultIdentity(): Promise<string> {
    const { size, mtimeMs, ino } = await stat(join(this.folder, 'IdxCluster.npy'));
    return `${size} ${mtimeMs} ${ino}`;
  }
}
