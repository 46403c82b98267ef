/** Whether the inputs of something that was computed are still what they were. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { concurrently } from '../concurrently.ts';

/**
 * A text that changes when a value does, or the size or time of modification of a file. The contents of files are not read.
 *
 * @param values anything that JSON can hold
 * @param files paths; one that does not exist counts as such
 */
export async function fingerprint(values: unknown, files: readonly string[]): Promise<string> {
  const sizes = new Array<string>(files.length);
  await concurrently(files.length, async (i) => {
    sizes[i] = await stat(files[i]).then(
      ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
      () => 'none',
    );
  });
  return createHash('sha256')
    .update(JSON.stringify([values, sizes]))
    .digest('hex')
    .slice(0, 32);
}
