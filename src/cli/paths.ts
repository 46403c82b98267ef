/** Paths that options and arguments give. */
import path from 'node:path';
import { requireUsablePath } from '../core/usable-path.ts';

/**
 * The path, absolute.
 * @param where the option or argument that gives it
 * @throws InputError when it is empty or begins with `~`
 */
export function resolvePath(where: string, text: string): string {
  requireUsablePath(text, where);
  return path.resolve(text);
}

/** The same of an option that may be left out. */
export const resolveIfGiven = (where: string, text: string | undefined): string | undefined =>
  text === undefined ? undefined : resolvePath(where, text);
