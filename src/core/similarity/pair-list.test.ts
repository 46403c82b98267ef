import { describe, expect, it } from 'vitest';
import { nearbyLayout } from './nearby-layout.ts';
import { createNearbyMatrix, setCell } from './nearby-matrix.ts';
import { allPairs, comparedCandidates, pairValues, runsAlong, withinSessionPairs } from './pair-list.ts';

const sessions = Int32Array.of(1, 2, 1, 2, 3);
const depths = Float64Array.of(0, 5, 8, 9, 50);
const layout = nearbyLayout(10, sessions, depths);

/** Every pair has the value 10 a + b, a < b. */
function filled() {
  const matrix = createNearbyMatrix(layout, (length) => new Float32Array(length));
  for (let p = 0; p < layout.units; p++) {
    for (let q = p + 1; q < layout.end[p]; q++) {
      const [a, b] = [layout.order[p], layout.order[q]].sort();
      setCell(matrix, p, q, 10 * a + b);
    }
  }
  return matrix;
}

describe('pairs of a matrix of nearby ones', () => {
  it('have their values, those of one session too', () => {
    const matrix = filled();
    expect([...pairValues(matrix, 5, allPairs(layout))]).toEqual([1, 12, 3, 23]);
    const within = withinSessionPairs(layout);
    expect([...pairValues(matrix, 5, within)].sort()).toEqual([13, 2]);
  });

  it('have their values in whichever order they are listed', () => {
    const units = Int32Array.of(2, 3, 0, 1, 1, 2, 0, 3);
    expect([...pairValues(filled(), 5, { count: 4, units })]).toEqual([23, 1, 12, 3]);
    const runs = runsAlong(layout, { count: 4, units: Int32Array.of(0, 3, 2, 3, 0, 1, 0, 2) });
    // Unit 1 lies before unit 2, and that before unit 3.
    expect([...runs]).toEqual([
      [2, 3],
      [3, 4],
      [0, 2],
    ]);
  });

  it('are listed where they have a value', () => {
    const matrix = { ...filled(), gaps: true };
    const { position } = layout;
    setCell(matrix, Math.min(position[1], position[2]), Math.max(position[1], position[2]), Number.NaN);
    expect([...comparedCandidates(matrix, new Int32Array(5).fill(-1)).units]).toEqual([0, 1, 0, 3, 2, 3]);
  });
});
