import { expect, test } from 'vitest';
import { smallResult } from '../../test/support/small-result.ts';
import { depthRange, sessionUnits, unitPoints } from './unit-locations.ts';

const shanks = [{ result: smallResult() }];

test('units are counted per session, matched and unmatched apart', () => {
  expect(sessionUnits(shanks, 3).map(({ session, kind, units }) => [session, kind, units])).toEqual([
    [1, 'matched', 2],
    [1, 'unmatched', 0],
    [2, 'matched', 1],
    [2, 'unmatched', 1],
    [3, 'matched', 2],
    [3, 'unmatched', 0],
  ]);
});

test('every unit is a point at its depth within the column of its session, unmatched ones first', () => {
  const points = unitPoints(shanks);
  expect(points.map(({ y }) => y)).toEqual([300, 100, 150, 112, 88, 141]);
  expect(points.map(({ x }) => Math.round(x))).toEqual([2, 1, 1, 2, 3, 3]);
  expect(points[0].kind).toBe('unmatched');
});

test('within a session, points stand as across the probe', () => {
  const [first, second] = unitPoints(shanks).filter(({ x }) => Math.round(x) === 1);
  expect(first.x).toBeCloseTo(0.65, 12);
  expect(second.x).toBeCloseTo(0.65 + 0.7 / 5, 12);
});

test('units without a location are left out', () => {
  const result = smallResult();
  const locations = result.features.locations.slice();
  locations[1] = Number.NaN;
  const points = unitPoints([{ result: { ...result, features: { ...result.features, locations } } }]);
  expect(points).toHaveLength(5);
});

test('the depth range holds all units', () => {
  const [low, high] = depthRange(shanks);
  expect(low).toBeLessThan(88);
  expect(high).toBeGreaterThan(300);
  expect(depthRange([])).toEqual([0, 1]);
});
