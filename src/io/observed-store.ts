/** A folder that remembers which of its files were opened, and as what they were found. */
import type { ByteSource, Chunks, Store } from './byte-source.ts';

/** By what a change of a file shows: its length in bytes and its times, ms since 1970. */
export interface FileState {
  readonly size: number;
  readonly written: number;
  readonly changed: number;
}

/** The state of a file that was opened; of one that is not there the size is -1. */
export function fileState(source: ByteSource | undefined): FileState {
  return {
    size: source?.size ?? -1,
    written: source?.times?.written ?? 0,
    changed: source?.times?.changed ?? 0,
  };
}

export class ObservedStore implements Store {
  readonly name: string;
  /** What every file was when it was opened first, by name. */
  readonly opened = new Map<string, FileState>();
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
    this.name = store.name;
  }

  async open(name: string): Promise<ByteSource | undefined> {
    const source = await this.store.open(name);
    if (!this.opened.has(name)) this.opened.set(name, fileState(source));
    return source;
  }

  write(name: string, chunks: Chunks): Promise<void> {
    return this.store.write(name, chunks);
  }

  list(folder?: string): Promise<readonly string[]> {
    return this.store.list(folder);
  }

  remove(name: string): Promise<void> {
    return this.store.remove(name);
  }

  rename(from: string, to: string): Promise<void> {
    return this.store.rename(from, to);
  }
}
