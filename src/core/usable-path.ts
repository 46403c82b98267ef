/** Paths as people write them, before anything makes them absolute. */
import { InputError } from './errors.ts';

/** Whether a path is neither empty, as an unset variable of the shell leaves it, nor begins with a `~` that no shell has expanded. */
export const isUsablePath = (path: string): boolean => path.trim() !== '' && !/^~(?:[/\\]|$)/.test(path);

/**
 * @param where what errors call it
 * @throws InputError for a path that is not usable: absolute, it would be a place that nobody meant
 */
export function requireUsablePath(path: string, where: string): void {
  if (isUsablePath(path)) return;
  if (path.trim() === '') {
    throw new InputError({
      where,
      found: 'an empty path',
      expected: 'the path of a file or folder',
      remedy: 'Give it, "." for the current folder; a variable of the shell may not be set.',
    });
  }
  throw new InputError({
    where,
    found: `"${path}", which the shell did not expand`,
    expected: 'a path without ~',
    remedy: 'Write the path of the home folder, or leave out the quotes around ~.',
  });
}
