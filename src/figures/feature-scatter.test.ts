import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smallResult } from '../../test/support/small-result.ts';
import { syntheticResult } from '../../test/support/tracking-results.ts';
import { featurePlanes, lineThroughBox, mainPlane, scatterPlane } from './feature-scatter.ts';

describe('scatterPlane', () => {
  test('every candidate pair is a point, unmatched ones first', () => {
    const { points, xName, yName } = scatterPlane(smallResult(), [0, 1]);
    expect([xName, yName]).toEqual(['Waveform', 'AutoCorr']);
    expect(points).toHaveLength(14);
    expect(points.slice(0, 10).every(({ kind, x, y }) => kind === 'unmatched' && x === 0.5 && y === 1)).toBe(
      true,
    );
    expect(points.slice(10).every(({ kind, x, y }) => kind === 'matched' && x === 2.5 && y === 1)).toBe(true);
  });

  test('the only feature stands against the distance in depth without motion', () => {
    const { points, yName, line } = scatterPlane(syntheticResult({ features: ['Waveform'] }), [0]);
    expect(yName).toBe('Distance in depth (µm)');
    expect(points.every(({ y }) => y >= 0 && y <= 100)).toBe(true);
    expect(line.map(({ x }) => x)).toEqual([1.5, 1.5]);
  });

  test('too many pairs are thinned out, and both kinds keep their share of the room', () => {
    const result = syntheticResult({ units: 400 });
    const { points } = scatterPlane(result, [0, 1], 300);
    const matched = points.filter(({ kind }) => kind === 'matched').length;
    expect(points.length).toBeLessThanOrEqual(300);
    expect(matched).toBe(150);
    expect(scatterPlane(result, [0, 1], 300)).toEqual(scatterPlane(result, [0, 1], 300));
  });

  test('points of the discriminant have the similarity of the threshold', () => {
    const { line } = scatterPlane(syntheticResult(), [0, 1]);
    expect(line).toHaveLength(2);
    for (const { x, y } of line) expect(0.75 * x + 0.25 * y).toBeCloseTo(1.5, 9);
  });

  test('without a threshold there is no line', () => {
    expect(scatterPlane(syntheticResult({ matches: 'none' }), [0, 1]).line).toEqual([]);
  });
});

test('a line ends on the border of the box and fulfils its equation, or does not cross the box', () => {
  const number = fc.double({ min: -5, max: 5, noNaN: true }).map((v) => Math.round(v * 100) / 100);
  fc.assert(
    fc.property(number, number, number, (a, b, c) => {
      const box = { x: [-1, 2], y: [0, 3] } as const;
      const ends = lineThroughBox([a, b], c, box);
      if (a === 0 && b === 0) expect(ends).toEqual([]);
      for (const { x, y } of ends) {
        expect(a * x + b * y).toBeCloseTo(c, 6);
        expect(x).toBeGreaterThanOrEqual(-1 - 1e-9);
        expect(x).toBeLessThanOrEqual(2 + 1e-9);
        expect(y).toBeGreaterThanOrEqual(0 - 1e-9);
        expect(y).toBeLessThanOrEqual(3 + 1e-9);
      }
      const corners = [-1, 2].flatMap((x) => [0, 3].map((y) => a * x + b * y - c));
      const crosses = Math.min(...corners) < -1e-9 && Math.max(...corners) > 1e-9;
      if (crosses) expect(ends).toHaveLength(2);
    }),
  );
});

test('planes are all couples of features, or the only feature', () => {
  expect(featurePlanes(1)).toEqual([[0]]);
  expect(featurePlanes(3)).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
});

test('the main plane has the two features of largest weight', () => {
  const result = syntheticResult({ features: ['Waveform', 'ISI', 'AutoCorr'] });
  const clustering = { ...result.clustering, weights: Float64Array.of(0.1, -0.4, 1.3) };
  expect(mainPlane([{ result: { ...result, clustering } }])).toEqual([1, 2]);
  expect(mainPlane([{ result: syntheticResult({ features: ['ISI'] }) }])).toEqual([0, undefined]);
});
