/** Files in memory: for tests and for browsers. */
import { type ByteSource, type Chunks, collectBytes, pathIn, type Store } from './byte-source.ts';

/**
 * Bytes in memory as a source. What `read` gives is a view of them.
 */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    async read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) {
        throw new RangeError(
          `${name}: got a read of ${length} bytes at ${offset}, expected it within ${bytes.length} bytes`,
        );
      }
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** A folder in memory. */
export class MemoryStore implements Store {
  readonly name: string;
  readonly files = new Map<string, Uint8Array>();

  constructor(name = 'memory') {
    this.name = name;
  }

  async open(name: string): Promise<ByteSource | undefined> {
    const bytes = this.files.get(name);
    return bytes && memorySource(pathIn(this, name), bytes);
  }

  async write(name: string, chunks: Chunks): Promise<void> {
    this.files.set(name, await collectBytes(chunks));
  }

  async list(folder = ''): Promise<readonly string[]> {
    const prefix = folder === '' ? '' : `${folder}/`;
    const entries = new Set<string>();
    for (const path of this.files.keys()) {
      if (!path.startsWith(prefix)) continue;
      const [entry, inner] = path.slice(prefix.length).split('/', 2);
      entries.add(inner === undefined ? entry : `${entry}/`);
    }
    return [...entries].sort();
  }

  async remove(name: string): Promise<void> {
    for (const path of [...this.files.keys()]) {
      if (path === name || path.startsWith(`${name}/`)) this.files.delete(path);
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const moved = [...this.files].filter(([path]) => path === from || path.startsWith(`${from}/`));
    if (moved.length === 0) throw new RangeError(`MemoryStore.rename: got ${from}, expected what exists`);
    for (const [path, bytes] of moved) {
      this.files.delete(path);
      this.files.set(to + path.slice(from.length), bytes);
    }
  }
}
