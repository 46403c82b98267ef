/** Answers that were asked for already. */
import type { Pack } from '../../server/protocol.ts';

interface Entry {
  readonly value: Promise<Pack>;
  /** 0 until it is there. */
  bytes: number;
}

export class KeptPacks {
  private readonly most: number;
  /** Least recently used first. */
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;

  /** @param most bytes that are kept; the last answer is kept whatever its size */
  constructor(most: number) {
    this.most = most;
  }

  /** @param ask fetches the answer when there is none; one that failed is asked for anew */
  get(path: string, ask: () => Promise<Pack>): Promise<Pack> {
    const old = this.entries.get(path);
    if (old) {
      this.entries.delete(path);
      this.entries.set(path, old);
      return old.value;
    }
    const entry: Entry = { value: ask(), bytes: 0 };
    this.entries.set(path, entry);
    entry.value.then(
      ({ arrays }) => {
        entry.bytes = Object.values(arrays).reduce((sum, array) => sum + (array?.byteLength ?? 0), 0);
        this.bytes += entry.bytes;
        this.makeRoom(entry);
      },
      () => this.entries.delete(path),
    );
    return entry.value;
  }

  /** What is on its way has no size yet, and stays. */
  private makeRoom(last: Entry): void {
    for (const [path, entry] of this.entries) {
      if (this.bytes <= this.most) return;
      if (entry === last || entry.bytes === 0) continue;
      this.entries.delete(path);
      this.bytes -= entry.bytes;
    }
  }
}
