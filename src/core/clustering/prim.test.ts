import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomDistances } from '../../../test/support/distances.ts';
import { DisjointSets } from './disjoint-sets.ts';
import { primOverRows } from './prim.ts';

const treeOf = (distance: Float64Array, n: number) =>
  primOverRows(n, (i, row) => row.set(distance.subarray(i * n, (i + 1) * n)));

describe('primOverRows', () => {
  it('records edges from the unit added before, with the distance to the tree', () => {
    // On a line at 0, 10, 1, 12: 0 adds 2, then 1 at distance 9 (from 2), then 3 at distance 2 (from 1).
    const at = [0, 10, 1, 12];
    const distance = Float64Array.from({ length: 16 }, (_, k) => Math.abs(at[k >> 2] - at[k & 3]));
    const { from, to, weight } = treeOf(distance, 4);
    expect([...from]).toEqual([0, 2, 1]);
    expect([...to]).toEqual([2, 1, 3]);
    expect([...weight]).toEqual([1, 9, 2]);
  });

  it('names the unit added before even where another one is nearest', () => {
    // Unit 2 hangs on unit 0, but unit 1 was added last.
    const distance = Float64Array.of(0, 1, 2, 1, 0, 5, 2, 5, 0);
    expect([...treeOf(distance, 3).from]).toEqual([0, 1]);
    expect([...treeOf(distance, 3).weight]).toEqual([1, 2]);
  });

  it('adds the lower unit of equally near ones', () => {
    expect([...treeOf(new Float64Array(25).fill(1), 5).to]).toEqual([1, 2, 3, 4]);
  });

  it('asks once for the row of every unit but the last', () => {
    const asked: number[] = [];
    primOverRows(4, (i, row) => {
      asked.push(i);
      row.fill(1);
    });
    expect(asked).toEqual([0, 1, 2]);
  });

  it('reaches far units too, even infinitely far ones', () => {
    expect([...treeOf(new Float64Array(9).fill(Number.POSITIVE_INFINITY), 3).to]).toEqual([1, 2]);
  });

  it('weighs as much as the tree that Kruskal builds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 30 }), fc.boolean(), (seed, n, ties) => {
        const distance = randomDistances(seed, n, ties ? 4 : undefined);
        const edges: [number, number, number][] = [];
        for (let j = 0; j < n; j++) for (let i = 0; i < j; i++) edges.push([i, j, distance[i * n + j]]);
        edges.sort((x, y) => x[2] - y[2]);
        const sets = new DisjointSets(n);
        const kruskal: number[] = [];
        for (const [i, j, weight] of edges) {
          if (sets.find(i) === sets.find(j)) continue;
          sets.join(i, j);
          kruskal.push(weight);
        }
        expect([...treeOf(distance, n).weight].sort((x, y) => x - y)).toEqual(kruskal);
      }),
    );
  });

  it('takes no unit and a single one, and refuses what is no number of units', () => {
    expect(treeOf(new Float64Array(0), 0).to).toHaveLength(0);
    expect(treeOf(new Float64Array(1), 1).to).toHaveLength(0);
    expect(() => treeOf(new Float64Array(0), -1)).toThrow(RangeError);
    expect(() => treeOf(new Float64Array(0), Number.NaN)).toThrow(RangeError);
  });
});
