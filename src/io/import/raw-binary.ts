/** Mean waveforms from a raw recording: int16 samples, channels interleaved, as acquisition systems write them. */
import { InputError, throwIfStopped } from '../../core/errors.ts';
import { plainSnippetSums, type SnippetSums } from '../../core/kernels/snippet-sums.ts';
import type { ByteSource } from '../byte-source.ts';
import type { ImportContext } from './sorted-session.ts';

/** A recording that may be cut into several files. */
export interface RawBinary {
  readonly files: readonly ByteSource[];
  /** Channels in the files. */
  readonly channels: number;
  /** Bytes before the first sample of each file. */
  readonly offset: number;
}

/** Bytes read at once: enough for the speed of the disk, few enough to stay in the cache of a processor. */
const PIECE_BYTES = 4 << 20;
/** Pieces in memory: one that is worked on, the one before, and those being read. */
const BUFFERS = 6;
/** A gap between snippets that is longer is skipped, not read. */
const SKIP_BYTES = 1 << 20;
/** Sums of this many int16 fit in int32. */
export const MOST_SPIKES = 65_535;

/** Whole samples of each file. @throws InputError when a file holds none */
export function sampleCounts({ files, channels, offset }: RawBinary): number[] {
  return files.map((file) => {
    const samples = Math.floor((file.size - offset) / (2 * channels));
    if (samples > 0) return samples;
    throw new InputError({
      where: file.name,
      found: `${file.size} bytes${offset > 0 ? ` with an offset of ${offset}` : ''}`,
      expected: `samples of ${channels} channels (n_channels_dat), 2 bytes each`,
      remedy:
        'Correct n_channels_dat, offset or dat_path in params.py, or copy the file again: it may be cut off.',
    });
  });
}

/** What is to be said of files that end within a sample: a recording that was cut off, or another number of channels. */
export function partialSamples({ files, channels, offset }: RawBinary): string[] {
  return files.flatMap((file) => {
    const rest = (file.size - offset) % (2 * channels);
    if (rest === 0) return [];
    return `${file.name}: its last ${rest} bytes are no whole sample of ${channels} channels and are left out. If n_channels_dat in params.py is wrong, so are the waveforms: correct it.`;
  });
}

/** A snippet to be added to the sum of its unit. */
export interface SnippetList {
  /** (snippets,) first sample of each over all files, ascending. */
  readonly starts: Float64Array;
  /** (snippets,) place of the unit. */
  readonly units: Int32Array;
}

interface Piece {
  readonly file: number;
  /** Samples of the file, and of the recording at which the file begins. */
  readonly from: number;
  readonly to: number;
  readonly fileStart: number;
  /** Snippets `first .. end - 1`. */
  readonly first: number;
  readonly end: number;
}

/**
 * Adds up the snippets of every unit. The recording is read once, forwards, in pieces of 4 MiB, and where no snippet lies for long it is
 * skipped; the next pieces are on their way while one is worked on. A few are in memory, whatever the length of the recording.
 *
 * @param snippets none may go on from one file into the next
 * @param samples length of a snippet
 * @throws InputError as `sampleCounts`; StoppedError when the signal is aborted
 */
export async function sumSnippets(
  binary: RawBinary,
  snippets: SnippetList,
  samples: number,
  units: number,
  { onEvent, signal, createSnippetSums = plainSnippetSums }: ImportContext = {},
): Promise<SnippetSums> {
  const { channels } = binary;
  const pieces = planPieces(binary, snippets, samples);
  const sums = createSnippetSums({
    units,
    snippet: samples * channels,
    pieces: BUFFERS,
    piece: pieces.reduce((most, { from, to }) => Math.max(most, (to - from) * channels), 0),
  });
  const total = pieces.reduce((sum, { from, to }) => sum + (to - from) * 2 * channels, 0);
  let done = 0;
  for await (const p of readPieces(binary, pieces, sums.pieces)) {
    throwIfStopped(signal);
    const { from, to, fileStart, first, end } = pieces[p];
    for (let s = first; s < end; s++) {
      sums.add(snippets.units[s], p % BUFFERS, (snippets.starts[s] - fileStart - from) * channels);
    }
    done += (to - from) * 2 * channels;
    onEvent?.({ kind: 'progress', stage: 'read', step: 'raw recording', done, total });
  }
  return sums;
}

/** Which piece is in its memory, one after the other, with the next ones being read. What a piece shares with the one before is copied, not read. */
async function* readPieces(
  { files, channels, offset }: RawBinary,
  pieces: readonly Piece[],
  memory: readonly Int16Array[],
): AsyncGenerator<number> {
  const bytesPerSample = 2 * channels;
  const bytesOf = ({ from, to }: Piece) => (to - from) * bytesPerSample;
  const whole = (p: number) => {
    const { buffer, byteOffset } = memory[p % memory.length];
    return new Uint8Array(buffer, byteOffset, bytesOf(pieces[p]));
  };
  const shared = (p: number) =>
    p > 0 && pieces[p - 1].file === pieces[p].file
      ? Math.max(0, pieces[p - 1].to - pieces[p].from) * bytesPerSample
      : 0;
  const read = async (p: number) => {
    const own = whole(p).subarray(shared(p));
    const { file, from } = pieces[p];
    const bytes = await files[file].read(offset + from * bytesPerSample + shared(p), own.length, own);
    if (bytes !== own) own.set(bytes);
  };
  const reading: Promise<void>[] = [];
  for (let p = 0; p < pieces.length; p++) {
    // The memory of the piece before is still needed.
    while (reading.length < Math.min(p + memory.length - 1, pieces.length)) {
      const next = read(reading.length);
      // Told to whoever waits for the piece.
      next.catch(() => {});
      reading.push(next);
    }
    await reading[p];
    const known = shared(p);
    if (known > 0) whole(p).set(whole(p - 1).subarray(bytesOf(pieces[p - 1]) - known));
    yield p;
  }
}

function planPieces(binary: RawBinary, { starts }: SnippetList, samples: number): Piece[] {
  const bytesPerSample = 2 * binary.channels;
  const longest = Math.max(samples, Math.floor(PIECE_BYTES / bytesPerSample));
  const gap = SKIP_BYTES / bytesPerSample;
  const pieces: Piece[] = [];
  let fileStart = 0;
  let first = 0;
  for (const [file, length] of sampleCounts(binary).entries()) {
    while (first < starts.length && starts[first] < fileStart + length) {
      const from = starts[first] - fileStart;
      let to = from + samples;
      let end = first + 1;
      for (; end < starts.length; end++) {
        const start = starts[end] - fileStart;
        if (start >= length || start + samples - from > longest || start - to > gap) break;
        to = start + samples;
      }
      pieces.push({ file, from, to, fileStart, first, end });
      first = end;
    }
    fileStart += length;
  }
  return pieces;
}

function int16Of(bytes: Uint8Array): Int16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Int16Array(aligned.buffer, aligned.byteOffset, aligned.length >> 1);
}

/** Places at which the recording is looked at, and samples at each. */
const LOOKS = 8;
const LOOK_SAMPLES = 1500;

/**
 * Whether a recording looks whitened: as good as no correlation between neighbouring channels, and the same standard deviation
 * on all of them. Channels that share a common signal, as those of every probe do, are not.
 *
 * @param channelMap channels that lie beside each other, as they stand in the file
 */
export async function looksWhitened(binary: RawBinary, channelMap: Int32Array): Promise<boolean> {
  const { files, channels, offset } = binary;
  const [length] = sampleCounts(binary);
  const count = Math.min(LOOK_SAMPLES, length);
  const n = channelMap.length;
  if (n < 8) return false;
  const sums = { x: new Float64Array(n), xx: new Float64Array(n), xy: new Float64Array(n) };
  let samples = 0;
  for (let look = 0; look < LOOKS; look++) {
    const start = Math.floor(((length - count) * look) / (LOOKS - 1));
    const values = int16Of(await files[0].read(offset + start * 2 * channels, count * 2 * channels));
    for (let t = 0; t < count; t++) {
      for (let c = 0; c < n; c++) {
        const value = values[t * channels + channelMap[c]];
        sums.x[c] += value;
        sums.xx[c] += value * value;
        sums.xy[c] += value * values[t * channels + channelMap[(c + 1) % n]];
      }
    }
    samples += count;
  }
  const deviation = sums.x.map((sum, c) =>
    Math.sqrt(Math.max(0, sums.xx[c] / samples - (sum / samples) ** 2)),
  );
  const mean = deviation.reduce((a, b) => a + b, 0) / n;
  if (mean === 0) return false;
  const spread = Math.sqrt(deviation.reduce((sum, d) => sum + (d - mean) ** 2, 0) / n) / mean;
  let correlation = 0;
  for (let c = 0; c < n - 1; c++) {
    const covariance = sums.xy[c] / samples - (sums.x[c] * sums.x[c + 1]) / samples ** 2;
    correlation += Math.abs(covariance / Math.max(1e-9, deviation[c] * deviation[c + 1])) / (n - 1);
  }
  return correlation < 0.1 && spread < 0.15;
}
