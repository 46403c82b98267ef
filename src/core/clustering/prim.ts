/** Prim's algorithm on a dense graph: the readable oracle of the spanning-tree kernels. */
import type { SpanningTree } from '../kernels/kernels.ts';

/**
 * Minimum spanning tree of a complete graph (Prim 1957), grown from unit 0. The edge of a new unit is recorded from the
 * unit that was added before it, with its distance to the tree; among equal distances the lower unit is added.
 *
 * @param n number of units
 * @param fillRow writes the distances from unit i to all n units into `row`; called once per unit, all but the last added
 * @throws RangeError when n is not a whole number of at least 0
 */
export function primOverRows(n: number, fillRow: (i: number, row: Float64Array) => void): SpanningTree {
  if (!(Number.isInteger(n) && n >= 0)) {
    throw new RangeError(`primOverRows: got ${n} units, expected a whole number of at least 0`);
  }
  const edges = Math.max(0, n - 1);
  const from = new Int32Array(edges);
  const to = new Int32Array(edges);
  const weight = new Float64Array(edges);

  const row = new Float64Array(n);
  const toTree = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const outside = new Uint8Array(n).fill(1);
  let added = 0;
  for (let edge = 0; edge < edges; edge++) {
    outside[added] = 0;
    fillRow(added, row);
    let nearest = -1;
    for (let j = 0; j < n; j++) {
      if (!outside[j]) continue;
      if (row[j] < toTree[j]) toTree[j] = row[j];
      if (nearest < 0 || toTree[j] < toTree[nearest]) nearest = j;
    }
    from[edge] = added;
    to[edge] = nearest;
    weight[edge] = toTree[nearest];
    added = nearest;
  }
  return { from, to, weight };
}
