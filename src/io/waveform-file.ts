/** `waveform_all.npy` as a source that is read piece by piece. */
import { subsetSource, type WaveformPiece, type WaveformSource, waveformSource } from '../core/dataset.ts';
import { InputError, throwIfStopped } from '../core/errors.ts';
import { pathIn, type Store } from './byte-source.ts';
import { concurrently } from './concurrently.ts';
import { firstNotFinite } from './not-finite.ts';
import { type NpyFile, openNpy, readNpyFileAs, readNpyRowsAs } from './npy.ts';

/** Bytes of a piece, about; one is read while the one before is worked on. */
const WAVEFORM_PIECE_BYTES = 64 << 20;

/**
 * @param file an array of shape (units, channels, samples)
 * @param pieceBytes bytes of a piece, about
 * @param which the units to read, ascending; all when left out
 */
export function waveformFile(
  file: NpyFile,
  pieceBytes = WAVEFORM_PIECE_BYTES,
  which?: Int32Array,
): WaveformSource {
  const [all, channels, samples] = file.shape;
  const units = which?.length ?? all;
  const size = channels * samples;
  const perPiece = Math.max(1, Math.min(units, Math.floor(pieceBytes / 4 / size)));
  /** Units before it hold finite numbers: that is looked at once, however often the file is read. */
  let checked = 0;
  return {
    units,
    channels,
    samples,
    some: (chosen) => waveformFile(file, pieceBytes, which ? chosen.map((unit) => which[unit]) : chosen),
    async *pieces(memory, signal) {
      const buffers = [memory.float32(perPiece * size), memory.float32(perPiece * size)];
      const read = async (firstUnit: number): Promise<WaveformPiece> => {
        throwIfStopped(signal);
        const count = Math.min(perPiece, units - firstUnit);
        const data = buffers[(firstUnit / perPiece) % 2].subarray(0, count * size);
        const runs = which ? runsOf(which.subarray(firstUnit, firstUnit + count)) : [[0, count]];
        const rowsOf = ([from, to]: readonly number[]) => data.subarray(from * size, to * size);
        const rowOf = ([from]: readonly number[]) => (which ? which[firstUnit + from] : firstUnit);
        await concurrently(runs.length, async (i) => {
          const [from, to] = runs[i];
          const row = rowOf(runs[i]);
          await readNpyRowsAs(file, row, row + to - from, 'float32', rowsOf(runs[i]));
        });
        for (const run of firstUnit < checked ? [] : runs) {
          const bad = firstNotFinite(rowsOf(run));
          if (bad >= 0) throw waveformNotFinite(file, rowsOf(run)[bad], rowOf(run) * size + bad);
        }
        checked = Math.max(checked, firstUnit + count);
        return { firstUnit, units: count, data };
      };
      let next: Promise<WaveformPiece> | undefined = read(0);
      next.catch(() => {});
      try {
        while (next) {
          const piece: WaveformPiece = await next;
          const end = piece.firstUnit + piece.units;
          next = end < units ? read(end) : undefined;
          // Told when the piece is asked for.
          next?.catch(() => {});
          yield piece;
        }
      } finally {
        await next?.catch(() => {});
        memory.release(...buffers);
      }
    },
  };
}

/** Where numbers that follow each other begin and end. */
function runsOf(numbers: Int32Array): [from: number, to: number][] {
  const runs: [number, number][] = [];
  numbers.forEach((number, i) => {
    if (i > 0 && number === numbers[i - 1] + 1) runs[runs.length - 1][1] = i + 1;
    else runs.push([i, i + 1]);
  });
  return runs;
}

/** The waveforms of units of a data folder, read when they are asked for; in Fortran order as a whole. */
export async function openWaveforms(store: Store): Promise<(units: Int32Array) => WaveformSource> {
  const source = await store.open('waveform_all.npy');
  if (!source) {
    throw new InputError({
      where: pathIn(store, 'waveform_all.npy'),
      found: 'no such file',
      expected: 'the waveforms of all units',
      remedy: 'Put it back, or give the right data folder.',
    });
  }
  const file = await openNpy(source);
  if (!file.fortranOrder) return (which) => waveformFile(file, WAVEFORM_PIECE_BYTES, which);
  const [units, channels, samples] = file.shape;
  const { data } = await readNpyFileAs(file, 'float32');
  const whole = waveformSource({ data, units, channels, samples });
  return (which) => subsetSource(whole, which);
}

/** @param index position of the value among all of the file */
export function waveformNotFinite({ source, shape }: NpyFile, value: number, index: number): InputError {
  const [, channels, samples] = shape;
  const unit = Math.floor(index / (channels * samples));
  const channel = Math.floor(index / samples) % channels;
  return notFinite(source.name, value, `unit ${unit}, channel ${channel}, sample ${index % samples}`);
}

/** A value that no file may hold. */
export function notFinite(
  where: string,
  value: number,
  place: string,
  remedy = 'Leave out or mend the units that hold it, and save all files again.',
): InputError {
  return new InputError({
    where,
    found: `${Number.isNaN(value) ? 'NaN' : 'an infinite or too large value'} at ${place}`,
    expected: 'finite numbers',
    remedy,
  });
}
