import { expect, test } from 'vitest';
import { smallResult } from '../../test/support/small-result.ts';
import { syntheticMultiShank } from '../../test/support/tracking-results.ts';
import {
  correctedDepths,
  pairMatches,
  pairValues,
  recordingOf,
  sessionTicks,
  shankTitle,
} from './recording.ts';

test('a result without named shanks is a recording of one shank without title', () => {
  const { shanks, unitCount, sessionCount } = recordingOf(smallResult());
  expect([shanks.length, unitCount, sessionCount]).toEqual([1, 6, 3]);
  expect(shankTitle(shanks[0])).toBe('');
});

test('the shanks of a recording keep their ids', () => {
  const { shanks, unitCount } = recordingOf(syntheticMultiShank([2, 7], { units: 20 }));
  expect(shanks.map(shankTitle)).toEqual(['Shank 2', 'Shank 7']);
  expect(unitCount).toBe(40);
});

test('a pair is matched when curation left both units in one cluster; unmatched units match nothing', () => {
  const result = smallResult();
  const { units } = result.clustering.pairs;
  const matched = [...pairMatches(result)].flatMap((m, p) =>
    m ? [`${units[2 * p]}-${units[2 * p + 1]}`] : [],
  );
  expect(matched).toEqual(['0-2', '0-4', '2-4', '1-5']);
});

test('pair values are read from the matrix in the order of the pairs', () => {
  const result = smallResult();
  const expected = [...pairMatches(result)].map((m) => (m ? 2.5 : 0.5));
  expect([...pairValues(result, 0)]).toEqual(expected);
});

test('corrected depths have the motion of their session taken away', () => {
  expect([...correctedDepths(smallResult())]).toEqual([100, 150, 102, 290, 98, 151]);
});

test('session ticks are few, round and within the sessions', () => {
  expect(sessionTicks(5, 10)).toEqual([1, 2, 3, 4, 5]);
  expect(sessionTicks(7, 4)).toEqual([1, 3, 5, 7]);
  expect(sessionTicks(18, 6)).toEqual([1, 5, 10, 15]);
  expect(sessionTicks(1, 3)).toEqual([1]);
  for (const sessions of [2, 13, 40, 90, 400]) {
    const ticks = sessionTicks(sessions, 12);
    expect(ticks.length).toBeLessThanOrEqual(13);
    expect(ticks.at(-1)).toBeLessThanOrEqual(sessions);
  }
});
