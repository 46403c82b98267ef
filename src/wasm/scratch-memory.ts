/**
 * The memory of a WebAssembly instance as scratch. Arrays of the size of the data stay outside and are copied in piece by piece
 * (12 GB/s): they may be larger than a WebAssembly memory, and one build serves shared and unshared arrays.
 */

/** A piece of scratch memory. Its views become invalid when more memory is allocated. */
export class Region {
  private asFloat32?: Float32Array<ArrayBuffer>;
  private asFloat64?: Float64Array<ArrayBuffer>;
  private asInt32?: Int32Array<ArrayBuffer>;

  constructor(
    private readonly memory: WebAssembly.Memory,
    readonly pointer: number,
    readonly bytes: number,
  ) {}

  get float32(): Float32Array<ArrayBuffer> {
    const buffer = this.memory.buffer as ArrayBuffer;
    if (this.asFloat32?.buffer !== buffer) {
      this.asFloat32 = new Float32Array(buffer, this.pointer, this.bytes >>> 2);
    }
    return this.asFloat32;
  }

  get float64(): Float64Array<ArrayBuffer> {
    const buffer = this.memory.buffer as ArrayBuffer;
    if (this.asFloat64?.buffer !== buffer) {
      this.asFloat64 = new Float64Array(buffer, this.pointer, this.bytes >>> 3);
    }
    return this.asFloat64;
  }

  get int32(): Int32Array<ArrayBuffer> {
    const buffer = this.memory.buffer as ArrayBuffer;
    if (this.asInt32?.buffer !== buffer) {
      this.asInt32 = new Int32Array(buffer, this.pointer, this.bytes >>> 2);
    }
    return this.asInt32;
  }

  /** The part of it that starts at a byte. */
  from(byte: number): Region {
    if (!(byte >= 0 && byte <= this.bytes)) {
      throw new RangeError(`Region.from: got byte ${byte}, expected 0 to ${this.bytes}`);
    }
    return new Region(this.memory, this.pointer + byte, this.bytes - byte);
  }
}

const PAGE = 65536;

/** Hands out pieces of a memory, one after the other, above the first page. */
export class ScratchMemory {
  private top = PAGE;

  constructor(private readonly memory: WebAssembly.Memory) {}

  /** Takes back everything that was allocated. */
  reset(): void {
    this.top = PAGE;
  }

  /** @throws RangeError when the engine has no more memory to give */
  allocate(bytes: number): Region {
    const { memory } = this;
    const pointer = this.top;
    const top = pointer + Math.ceil(bytes / 64) * 64;
    const pages = Math.ceil(top / PAGE) - memory.buffer.byteLength / PAGE;
    if (pages > 0) memory.grow(pages);
    this.top = top;
    return new Region(memory, pointer, bytes);
  }

  float32(length: number): Region {
    return this.allocate(length * 4);
  }

  float64(length: number): Region {
    return this.allocate(length * 8);
  }

  int32(length: number): Region {
    return this.allocate(length * 4);
  }
}
