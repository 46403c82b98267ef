/** `waveform_all.npy` as a source that is read piece by piece. */
import type { WaveformPiece, WaveformSource } from '../core/dataset.ts';
import { InputError, throwIfStopped } from '../core/errors.ts';
import { firstNotFinite } from './not-finite.ts';
import { type NpyFile, readNpyRowsAs } from './npy.ts';

/** Bytes of a piece, about; one is read while the one before is worked on. */
export const WAVEFORM_PIECE_BYTES = 64 << 20;

/**
 * @param file an array of shape (units, channels, samples)
 * @param pieceBytes bytes of a piece, about
 */
export function waveformFile(file: NpyFile, pieceBytes = WAVEFORM_PIECE_BYTES): WaveformSource {
  const [units, channels, samples] = file.shape;
  const size = channels * samples;
  const perPiece = Math.max(1, Math.min(units, Math.floor(pieceBytes / 4 / size)));
  return {
    units,
    channels,
    samples,
    async *pieces(memory, signal) {
      const buffers = [memory.float32(perPiece * size), memory.float32(perPiece * size)];
      const read = async (firstUnit: number): Promise<WaveformPiece> => {
        throwIfStopped(signal);
        const count = Math.min(perPiece, units - firstUnit);
        const data = buffers[(firstUnit / perPiece) % 2].subarray(0, count * size);
        await readNpyRowsAs(file, firstUnit, firstUnit + count, 'float32', data);
        const bad = firstNotFinite(data);
        if (bad >= 0) throw waveformNotFinite(file, data[bad], firstUnit * size + bad);
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

/** @param index position of the value among all of the file */
export function waveformNotFinite({ source, shape }: NpyFile, value: number, index: number): InputError {
  const [, channels, samples] = shape;
  const unit = Math.floor(index / (channels * samples));
  const channel = Math.floor(index / samples) % channels;
  return notFinite(source.name, value, `unit ${unit}, channel ${channel}, sample ${index % samples}`);
}

/** A value that no file may hold. */
export function notFinite(where: string, value: number, place: string): InputError {
  return new InputError({
    where,
    found: `${Number.isNaN(value) ? 'NaN' : 'an infinite or too large value'} at ${place}`,
    expected: 'finite numbers',
    remedy: 'Leave out or mend the units that hold it, and save all files again.',
  });
}
