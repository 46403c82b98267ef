/** Which channels each session recorded, when not all recorded the same. */
import { InputError } from '../core/errors.ts';
import { type NpyFile, readNpy } from './npy.ts';

/** (sessions, channels) bool. */
export const RECORDED_FILE = 'channel_recorded.npy';

/**
 * Reads the table.
 * @returns (sessions, channels) 1 where a session recorded a channel; undefined when every session recorded all
 * @throws InputError when its shape is wrong, or a session recorded nothing
 */
export async function readRecorded(
  file: NpyFile,
  sessions: number,
  channels: number,
): Promise<Uint8Array | undefined> {
  const where = file.source.name;
  const fail = (found: string, expected: string): never => {
    throw new InputError({
      where,
      found,
      expected,
      remedy: 'Import the sessions again; docs/files.md says what the file holds.',
    });
  };
  if (file.shape.join() !== `${sessions},${channels}`) {
    fail(
      `an array of shape (${file.shape.join(', ')})`,
      `(${sessions}, ${channels}), sessions × channels, true where a session recorded a channel`,
    );
  }
  const array = await readNpy(file.source);
  if (array.dtype === 'unicode') return fail('an array of text', 'an array of True and False');
  const recorded = Uint8Array.from(array.data as ArrayLike<number>, (value) => (Number(value) !== 0 ? 1 : 0));
  for (let s = 0; s < sessions; s++) {
    if (recorded.subarray(s * channels, (s + 1) * channels).includes(1)) continue;
    fail(`no channel for session ${s + 1}`, 'at least one recorded channel in every session');
  }
  return recorded.includes(0) ? recorded : undefined;
}
