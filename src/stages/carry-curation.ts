/** A curation by hand goes on when sessions are added to the result that it belongs to. */
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { carryOver } from '../core/curation/carry-over.ts';
import { replay } from '../core/curation/replay.ts';
import { InputError } from '../core/errors.ts';
import type { Store } from '../io/byte-source.ts';
import { CURATION_LOG, EMPTY_LOG, logHead, logLine } from '../io/curation-log.ts';
import { resultFingerprint } from '../io/fingerprint.ts';
import { asideName, CurationLogFile } from '../io/node/curation-log-file.ts';
import type { FileStore } from '../io/node/file-store.ts';
import { earlierCurated, writeCuratedFiles } from '../io/write-curated.ts';
import type { AddSummary } from './stage-options.ts';

/** The units of a result before sessions are added: labels count from 1, -1 is unmatched. */
export interface OldUnits {
  readonly labels: Int32Array;
  readonly peakChannels: Int32Array;
}

/** The same with its new sessions. */
export interface GrownUnits extends OldUnits {
  readonly sessions: Int32Array;
  /** (new units,) as of `carryOver`. */
  readonly followed: Int32Array;
}

/** What another program appends to the log meanwhile is then in the one that is kept, where the disk allows links. */
async function keepReplaced(target: FileStore, staging: Store, name: string): Promise<void> {
  const replaced = await target.open(CURATION_LOG);
  if (!replaced) return;
  const linked = link(replaced.name, join(staging.name, name));
  await linked.catch(async () => staging.write(name, await replaced.read(0, replaced.size)));
}

/** The log of a result, from before sessions are added until the files of the grown result are in place. */
export class CarriedCuration {
  private constructor(
    private readonly log: CurationLogFile,
    private readonly old: OldUnits,
    /** Whether curated files were written. */
    private readonly applied: boolean,
  ) {}

  /**
   * @param store the folder of the old result
   * @param warn told when there is a log that cannot be carried over: it stays as it is
   * @returns undefined when nothing was curated
   */
  static async open(
    store: FileStore,
    old: OldUnits,
    warn: (text: string) => void,
  ): Promise<CarriedCuration | undefined> {
    if (!(await store.open(CURATION_LOG))) return undefined;
    const fingerprint = await resultFingerprint(old.labels, old.peakChannels);
    const log = new CurationLogFile(store.name, { labels: old.labels, fingerprint });
    try {
      const { entries } = (await log.current()).log;
      if (entries.length === 0) return undefined;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      warn(`The curation by hand is not carried over. ${error.message}`);
      return undefined;
    }
    return new CarriedCuration(log, old, (await earlierCurated(store)).length > 0);
  }

  /**
   * Writes the log of the grown result, and the curated files anew, where there were any; the log that it replaces is kept under another
   * name.
   * @param target where the grown result will be
   * @param staging where its files wait
   * @returns what there is to tell
   */
  async write(grown: GrownUnits, target: FileStore, staging: Store): Promise<AddSummary['curation']> {
    const { labels, sessions, followed } = grown;
    // What was done meanwhile counts too.
    const { entries } = (await this.log.current()).log;
    const time = new Date().toISOString();
    const carried = carryOver({ entries, oldLabels: this.old.labels, labels, followed, time });
    const fingerprint = await resultFingerprint(labels, grown.peakChannels);
    const lines = [logHead(fingerprint, labels.length, time), ...carried];
    const text = lines.map((line) => logLine(line, EMPTY_LOG)).join('');
    await keepReplaced(target, staging, asideName(time));
    await staging.write(CURATION_LOG, new TextEncoder().encode(text));
    const { state, version } = replay(labels, carried);
    const again = carried.at(-1);
    if (this.applied) {
      const curated = { state, version, fingerprint, automatic: labels, sessions, sparse: true };
      await writeCuratedFiles(staging, curated);
    }
    return {
      operations: entries.length,
      confirmAgain: again?.operation === 'confirm' && again.time === time ? again.units.length : 0,
    };
  }
}
