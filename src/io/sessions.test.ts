import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../core/errors.ts';
import { checkSessions } from './sessions.ts';

describe('checkSessions', () => {
  it('counts sessions in any order and refuses any that are left out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 20 }), fc.integer({ min: 1, max: 20 }), (n, left) => {
        const all = Int32Array.from({ length: 3 * n }, (_, i) => ((i * 7) % n) + 1).reverse();
        const present = new Set(all).size;
        fc.pre(present === n);
        expect(checkSessions(all, 'x')).toBe(n);
        if (left < n)
          expect(() =>
            checkSessions(
              all.filter((s) => s !== left),
              'x',
            ),
          ).toThrow(InputError);
      }),
    );
  });

  it.each([
    [[0, 1], 'from 0 to 1'],
    [[-3, 1], 'from -3 to 1'],
    [[1, 3], 'no unit of session 2'],
    [[1, 1], 'one session'],
  ])('refuses %j', (sessions, found) => {
    expect(() => checkSessions(Int32Array.from(sessions), 'session_index.npy')).toThrow(found);
  });
});
