/** What a recording is to the method: arrays in memory, spike trains on demand. */

/** Mean waveforms, µV, C order (units, channels, samples). */
export interface Waveforms {
  readonly data: Float32Array;
  readonly units: number;
  readonly channels: number;
  readonly samples: number;
}

/** Waveforms of some units that follow each other. */
export interface WaveformPiece {
  readonly firstUnit: number;
  readonly units: number;
  /** (units, channels, samples) µV; used again once the next piece has been asked for. */
  readonly data: Float32Array;
}

/** Mean waveforms that are read piece by piece: they may be larger than memory. */
export interface WaveformSource {
  readonly units: number;
  readonly channels: number;
  readonly samples: number;
  /**
   * All units from the first to the last, as often as it is called.
   * @throws InputError when they cannot be read; StoppedError when the signal is aborted
   */
  pieces(memory: PieceMemory, signal?: AbortSignal): AsyncIterable<WaveformPiece>;
  /** Some of the units as a source, where they can be read without the others. @param which ascending */
  some?(which: Int32Array): WaveformSource;
}

/** Where pieces get their memory, such as `Kernels`. */
export interface PieceMemory {
  float32(length: number): Float32Array;
  release(...arrays: readonly Float32Array[]): void;
}

/** Waveforms in memory as a source. @param pieceUnits units of a piece */
export function waveformSource(
  { data, units, channels, samples }: Waveforms,
  pieceUnits = units,
): WaveformSource {
  const size = channels * samples;
  return {
    units,
    channels,
    samples,
    async *pieces() {
      for (let firstUnit = 0; firstUnit < units; firstUnit += pieceUnits) {
        const count = Math.min(pieceUnits, units - firstUnit);
        const all = count === units;
        yield {
          firstUnit,
          units: count,
          data: all ? data : data.subarray(firstUnit * size, (firstUnit + count) * size),
        };
      }
    },
  };
}

/** The waveforms of some units of a source. @param which ascending */
export function subsetSource(source: WaveformSource, which: Int32Array): WaveformSource {
  if (source.some) return source.some(which);
  const { channels, samples } = source;
  const size = channels * samples;
  return {
    units: which.length,
    channels,
    samples,
    async *pieces(memory, signal) {
      let next = 0;
      for await (const { firstUnit, units, data } of source.pieces(memory, signal)) {
        const first = next;
        while (next < which.length && which[next] < firstUnit + units) next++;
        if (next === first) continue;
        const chosen = memory.float32(units * size);
        for (let i = first; i < next; i++) {
          const from = (which[i] - firstUnit) * size;
          chosen.set(data.subarray(from, from + size), (i - first) * size);
        }
        yield { firstUnit: first, units: next - first, data: chosen.subarray(0, (next - first) * size) };
        memory.release(chosen);
      }
    },
  };
}

/** The units of two sources, those of the second after those of the first. */
export function joinSources(first: WaveformSource, second: WaveformSource): WaveformSource {
  const { channels, samples } = first;
  return {
    units: first.units + second.units,
    channels,
    samples,
    async *pieces(memory, signal) {
      yield* first.pieces(memory, signal);
      for await (const piece of second.pieces(memory, signal))
        yield { ...piece, firstUnit: first.units + piece.firstUnit };
    },
  };
}

/** Positions and shanks of the recording sites. */
export interface Probe {
  readonly channels: number;
  /** (channels, 2) x, y in µm; y runs along the probe. */
  readonly locations: Float64Array;
  /** (channels,) shank id of each channel; all 1 when the input names none. */
  readonly shanks: Int32Array;
  /** Whether the input named the shanks. */
  readonly hasShanks: boolean;
  /**
   * (sessions, channels) 1 where a session recorded a channel; undefined when every session recorded all. Waveforms are NaN on
   * channels that their session did not record.
   */
  readonly recorded?: Uint8Array;
}

/** All sessions of one recording. */
export interface Dataset {
  readonly units: number;
  /** Number of sessions N. */
  readonly sessionCount: number;
  /** (units,) session number of each unit, 1..N. */
  readonly sessions: Int32Array;
  readonly waveforms: Waveforms;
  readonly probe: Probe;
  /** Spike times of one unit, ms, as they stand in the file (neither sorted nor shifted). */
  spikeTimes(unit: number): Promise<Float64Array>;
  /** (units, bins); NaN marks a missing bin. */
  readonly peth?: { readonly data: Float64Array; readonly bins: number };
}

/** A recording whose waveforms are read piece by piece. */
export interface StreamedDataset extends Omit<Dataset, 'waveforms'> {
  readonly waveforms: WaveformSource;
}
