import { describe, expect, it } from 'vitest';
import { type CondensedTree, condenseTree } from './condensed-tree.ts';

const rowsOf = ({ parent, child, lambda, childSize }: CondensedTree) =>
  Array.from(parent, (_, row) => [parent[row], child[row], lambda[row], childSize[row]]);

/** Units 0 to 5: (0,1) at 1, (2,3) at 1.25, 4 joins these two at 2, all join at 4 where 5 comes last at 5. */
const linkage = {
  left: Int32Array.of(0, 2, 7, 6, 9),
  right: Int32Array.of(1, 3, 4, 8, 5),
  distance: Float64Array.of(1, 1.25, 2, 4, 5),
  size: Int32Array.of(2, 2, 3, 5, 6),
};

describe('condenseTree', () => {
  it('drops single units and begins two clusters where both sides have two units', () => {
    const tree = condenseTree(linkage, 6);
    expect(tree.clusterCount).toBe(3);
    expect(rowsOf(tree)).toEqual([
      [6, 5, 0.2, 1],
      [6, 7, 0.25, 2],
      [6, 8, 0.25, 3],
      [7, 0, 1, 1],
      [7, 1, 1, 1],
      [8, 4, 0.5, 1],
      [8, 2, 0.8, 1],
      [8, 3, 0.8, 1],
    ]);
  });

  it('drops a side that is too small all at once', () => {
    const tree = condenseTree(linkage, 6, 3);
    expect(rowsOf(tree)).toEqual([
      [6, 5, 0.2, 1],
      [6, 0, 0.25, 1],
      [6, 1, 0.25, 1],
      [6, 2, 0.5, 1],
      [6, 3, 0.5, 1],
      [6, 4, 0.5, 1],
    ]);
  });

  it('leaves a cluster at infinite λ where units are in the same place', () => {
    const pair = {
      left: Int32Array.of(0),
      right: Int32Array.of(1),
      distance: Float64Array.of(0),
      size: Int32Array.of(2),
    };
    expect(rowsOf(condenseTree(pair, 2))).toEqual([
      [2, 0, Number.POSITIVE_INFINITY, 1],
      [2, 1, Number.POSITIVE_INFINITY, 1],
    ]);
  });

  it('is empty for no unit and for a single one', () => {
    const none = {
      left: new Int32Array(0),
      right: new Int32Array(0),
      distance: new Float64Array(0),
      size: new Int32Array(0),
    };
    expect(condenseTree(none, 0).parent).toHaveLength(0);
    expect(condenseTree(none, 1).parent).toHaveLength(0);
  });

  it('refuses a smallest cluster of fewer than two units', () => {
    expect(() => condenseTree(linkage, 6, 1)).toThrow(RangeError);
    expect(() => condenseTree(linkage, 6, Number.NaN)).toThrow(RangeError);
  });
});
