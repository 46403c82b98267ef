/** Single linkage from a minimum spanning tree. */
import type { SpanningTree } from '../kernels/kernels.ts';
import { DisjointSets } from './disjoint-sets.ts';

/**
 * A binary merge tree over n units. Row r joins two nodes into node n + r; nodes below n are units. Distances ascend
 * when the tree comes from `singleLinkage`.
 */
export interface SingleLinkage {
  /** (n - 1,) */
  readonly left: Int32Array;
  /** (n - 1,) */
  readonly right: Int32Array;
  /** (n - 1,) distance at which the two are joined. */
  readonly distance: Float64Array;
  /** (n - 1,) units below the joined node. */
  readonly size: Int32Array;
}

/**
 * Single-linkage tree: the edges of the spanning tree, sorted stably by weight, join the clusters of their two ends; the
 * cluster of the edge's first end goes left (Gower & Ross 1969).
 *
 * @param n number of units
 * @throws RangeError when the tree does not have n - 1 edges
 */
export function singleLinkage(tree: SpanningTree, n: number): SingleLinkage {
  const edges = Math.max(0, n - 1);
  if (tree.weight.length !== edges || tree.from.length !== edges || tree.to.length !== edges) {
    throw new RangeError(`singleLinkage: got ${tree.weight.length} edges, expected ${edges} for ${n} units`);
  }
  const order = Int32Array.from({ length: edges }, (_, e) => e);
  order.sort((a, b) => tree.weight[a] - tree.weight[b] || a - b);

  const left = new Int32Array(edges);
  const right = new Int32Array(edges);
  const distance = new Float64Array(edges);
  const size = new Int32Array(edges);
  const sizeOf = (node: number) => (node < n ? 1 : size[node - n]);
  const sets = new DisjointSets(n + edges);
  for (let r = 0; r < edges; r++) {
    const edge = order[r];
    left[r] = sets.find(tree.from[edge]);
    right[r] = sets.find(tree.to[edge]);
    distance[r] = tree.weight[edge];
    size[r] = sizeOf(left[r]) + sizeOf(right[r]);
    sets.attach(left[r], n + r);
    sets.attach(right[r], n + r);
  }
  return { left, right, distance, size };
}
