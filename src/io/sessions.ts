/** The session of every unit. */
import { InputError } from '../core/errors.ts';

/**
 * Checks that sessions are 1..N without gaps and enough; N.
 * @param where what errors call them
 * @param least how many there must be
 * @throws InputError when they are not
 */
export function checkSessions(sessions: Int32Array, where: string, least = 2): number {
  const present = new Set(sessions);
  const numbers = [...present].sort((a, b) => a - b);
  const [lowest] = numbers;
  const highest = numbers[numbers.length - 1];
  const fail = (found: string, expected: string, remedy: string) => {
    throw new InputError({ where, found, expected, remedy });
  };
  const renumber =
    'Number the sessions 1, 2, 3, …: numpy.unique(session_index, return_inverse=True)[1] + 1, in MATLAB the third output of unique.';
  if (lowest !== 1) fail(`sessions from ${lowest} to ${highest}`, 'sessions numbered from 1', renumber);
  if (highest !== numbers.length) {
    let gap = 1;
    while (present.has(gap)) gap++;
    fail(
      `sessions up to ${highest} but no unit of session ${gap}`,
      'sessions numbered without gaps',
      renumber,
    );
  }
  if (numbers.length < least) {
    fail(
      'one session',
      'at least 2',
      'Tracking compares sessions: put the units of all of them in one folder.',
    );
  }
  return numbers.length;
}
