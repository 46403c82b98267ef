import { describe, expect, it } from 'vitest';
import { singleLinkage } from './single-linkage.ts';

const tree = (...edges: [number, number, number][]) => ({
  from: Int32Array.from(edges, ([from]) => from),
  to: Int32Array.from(edges, ([, to]) => to),
  weight: Float64Array.from(edges, ([, , weight]) => weight),
});

describe('singleLinkage', () => {
  it('joins clusters in the order of the weights, the first end of the edge left', () => {
    const linkage = singleLinkage(tree([0, 2, 3], [2, 1, 1], [1, 3, 2]), 4);
    expect([...linkage.left]).toEqual([2, 4, 0]);
    expect([...linkage.right]).toEqual([1, 3, 5]);
    expect([...linkage.distance]).toEqual([1, 2, 3]);
    expect([...linkage.size]).toEqual([2, 3, 4]);
  });

  it('leaves edges of equal weight in the order of the tree', () => {
    const linkage = singleLinkage(tree([2, 3, 1], [1, 0, 1], [0, 2, 1]), 4);
    expect([...linkage.left]).toEqual([2, 1, 5]);
    expect([...linkage.right]).toEqual([3, 0, 4]);
  });

  it('takes no unit and a single one, and refuses a tree of another size', () => {
    expect(singleLinkage(tree(), 0).size).toHaveLength(0);
    expect(singleLinkage(tree(), 1).size).toHaveLength(0);
    expect(() => singleLinkage(tree([0, 1, 1]), 3)).toThrow(RangeError);
  });
});
