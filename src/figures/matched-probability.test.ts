import fc from 'fast-check';
import { expect, test } from 'vitest';
import { smallResult } from '../../test/support/small-result.ts';
import {
  matchedProbability,
  probabilityByLag,
  resultMatches,
  sessionMatches,
} from './matched-probability.ts';
import { recordingOf } from './recording.ts';

test('the units of a session with a match in another are counted', () => {
  const matches = resultMatches(recordingOf(smallResult()));
  expect([...matches.units]).toEqual([2, 2, 2]);
  expect([...matches.matched]).toEqual([0, 1, 2, 1, 0, 1, 2, 1, 0]);
});

test('a unit counts once however many matches it has in a session', () => {
  const sessions = Int32Array.of(1, 2, 2);
  const { matched } = sessionMatches([{ sessions, pairs: [0, 1, 0, 2, 1, 2] }], 2);
  expect([...matched]).toEqual([0, 1, 2, 0]);
});

test('probabilities are shares of the session in the row; there is none with itself or for an empty session', () => {
  const sessions = Int32Array.of(1, 1, 2);
  const matches = sessionMatches([{ sessions, pairs: [0, 2] }], 3);
  expect([...matchedProbability(matches)]).toEqual([
    Number.NaN,
    0.5,
    0,
    1,
    Number.NaN,
    0,
    ...Array(3).fill(Number.NaN),
  ]);
});

test('at each distance of sessions the units of all their pairs are pooled', () => {
  const { each, pooled } = probabilityByLag(resultMatches(recordingOf(smallResult())));
  expect(each).toEqual([
    { lag: 1, probability: 0.5 },
    { lag: 1, probability: 0.5 },
    { lag: 2, probability: 1 },
  ]);
  expect(pooled).toEqual([
    { lag: 1, probability: 0.5 },
    { lag: 2, probability: 1 },
  ]);
});

test('sessions without units leave no point', () => {
  const matches = sessionMatches([{ sessions: Int32Array.of(1, 1), pairs: [] }], 4);
  expect(probabilityByLag(matches).each.map(({ lag }) => lag)).toEqual([1, 2, 3]);
  expect(probabilityByLag(sessionMatches([], 4)).pooled).toEqual([]);
});

test('probabilities lie between 0 and 1 for any pairs', () => {
  const unitsAndPairs = fc
    .array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 20 })
    .chain((sessions) =>
      fc.tuple(fc.constant(sessions), fc.array(fc.nat(sessions.length - 1), { maxLength: 60 })),
    );
  fc.assert(
    fc.property(unitsAndPairs, ([sessions, pairs]) => {
      const matches = sessionMatches([{ sessions: Int32Array.from(sessions), pairs }], 5);
      const { each, pooled } = probabilityByLag(matches);
      const all = [...matchedProbability(matches), ...[...each, ...pooled].map((p) => p.probability)];
      expect(all.every((p) => Number.isNaN(p) || (p >= 0 && p <= 1))).toBe(true);
    }),
  );
});
