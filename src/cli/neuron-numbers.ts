/** Lists of neurons on the command line. */
import { InputError } from '../core/errors.ts';

/**
 * `1,5,9` → numbers from 1.
 * @throws InputError when it is something else
 */
export function readNumbers(option: string, text: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.every((part) => /^[1-9]\d{0,8}$/.test(part))) return parts.map(Number);
  throw new InputError({
    where: option,
    found: `"${text}"`,
    expected: 'numbers of neurons from 1, with commas between them',
    remedy: `Write for example ${option} 1,5,9.`,
  });
}
