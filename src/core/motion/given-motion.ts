/** A motion that is known from elsewhere, as an array. */
import { InputError } from '../errors.ts';
import type { NdArray } from '../ndarray.ts';
import { Motion } from './motion.ts';

/**
 * Reads a motion from an array. (N,), (1, N) and (N, 1) are the constant of each session in µm; (2, N) and (N, 2) are linear
 * (µm per mm) and constant. With two sessions a (2, 2) array is taken as (N, 2): one row per session.
 *
 * @param where file or argument, for the error
 * @throws InputError when the shape is another, or a value is not finite
 */
export function motionFromArray(
  array: NdArray<ArrayLike<number>>,
  sessionCount: number,
  where: string,
): Motion {
  const { data, shape } = array;
  const n = sessionCount;
  const values = Array.from(data);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new InputError({
      where,
      found: `the value ${values[bad]} at position ${bad}`,
      expected: 'finite numbers',
      remedy: 'Write 0 for a session whose motion is not known.',
    });
  }
  switch (shape.join()) {
    case `${n}`:
    case `1,${n}`:
    case `${n},1`:
      return new Motion(n, { constant: values });
    case `${n},2`:
      return new Motion(n, {
        linear: values.filter((_, i) => i % 2 === 0),
        constant: values.filter((_, i) => i % 2 === 1),
      });
    case `2,${n}`:
      return new Motion(n, { linear: values.slice(0, n), constant: values.slice(n) });
    default:
      throw new InputError({
        where,
        found: `an array of shape (${shape.join(', ')}${shape.length === 1 ? ',' : ''})`,
        expected: `(${n},), (1, ${n}) or (${n}, 1) for constant motion, or (2, ${n}) or (${n}, 2) for linear and constant, as there are ${n} sessions`,
        remedy: 'Give one value, or two, for each session.',
      });
  }
}
