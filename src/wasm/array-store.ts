/** Large arrays that can be handed to tasks and used again. */

export class ArrayStore {
  /** Buffers that were given back, by size. */
  private readonly free = new Map<number, ArrayBufferLike[]>();
  private readonly known = new WeakSet<ArrayBufferLike>();

  /** @param shared whether arrays lie in shared memory */
  constructor(private readonly shared: boolean) {}

  /** @param zeroed whether a used array is to be filled with zeros */
  float32(length: number, zeroed = true): Float32Array {
    return new Float32Array(this.take(length * 4, zeroed));
  }

  float64(length: number, zeroed = true): Float64Array {
    return new Float64Array(this.take(length * 8, zeroed));
  }

  /** Takes arrays of this store back, if they are whole. */
  release(...arrays: readonly (Float32Array | Float64Array)[]): void {
    for (const { buffer, byteLength } of arrays) {
      if (!this.known.has(buffer) || byteLength !== buffer.byteLength) continue;
      const same = this.free.get(byteLength) ?? [];
      if (!same.includes(buffer)) this.free.set(byteLength, [...same, buffer]);
    }
  }

  /** Lets go of everything that was given back. */
  clear(): void {
    this.free.clear();
  }

  private take(bytes: number, zeroed: boolean): ArrayBufferLike {
    const used = this.free.get(bytes)?.pop();
    if (used) {
      if (zeroed) new Uint8Array(used).fill(0);
      return used;
    }
    const buffer = this.shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
    this.known.add(buffer);
    return buffer;
  }
}
