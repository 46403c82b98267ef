/** The condensed cluster tree of HDBSCAN. */
import type { SingleLinkage } from './single-linkage.ts';

/**
 * One row for everything that leaves a cluster: a unit that falls out or a cluster that splits off. Clusters are numbered
 * from n, the root, in the order in which they appear, so every cluster has a higher number than its parent.
 */
export interface CondensedTree {
  /** Cluster that is left. */
  readonly parent: Int32Array;
  /** Unit (below n) or cluster (above n) that leaves it. */
  readonly child: Int32Array;
  /** λ = 1 / distance at which it leaves; +∞ at distance 0. */
  readonly lambda: Float64Array;
  /** Units of the child. */
  readonly childSize: Int32Array;
  /** Number of clusters, the root included. */
  readonly clusterCount: number;
}

/**
 * Condenses a single-linkage tree (Campello et al. 2013; McInnes & Healy 2017): breadth-first from the root, a node whose
 * two sides both have at least `minClusterSize` units begins two new clusters, left first; otherwise the cluster lives
 * on in the larger side and the units of a smaller side fall out.
 *
 * What is joined at distance ∞ is not joined at all: the parts between hang side by side under the root.
 *
 * @param n number of units
 * @throws RangeError when minClusterSize is not a whole number of at least 2
 */
export function condenseTree(linkage: SingleLinkage, n: number, minClusterSize = 2): CondensedTree {
  if (!(Number.isInteger(minClusterSize) && minClusterSize >= 2)) {
    throw new RangeError(
      `condenseTree: got minClusterSize ${minClusterSize}, expected a whole number from 2`,
    );
  }
  const parent: number[] = [];
  const child: number[] = [];
  const lambda: number[] = [];
  const childSize: number[] = [];
  const leave = (cluster: number, node: number, at: number, size: number) => {
    parent.push(cluster);
    child.push(node);
    lambda.push(at);
    childSize.push(size);
  };
  const sizeOf = (node: number) => (node < n ? 1 : linkage.size[node - n]);
  const dropUnits = (cluster: number, top: number, at: number) => {
    for (const node of breadthFirst(linkage, n, top)) if (node < n) leave(cluster, node, at, 1);
  };

  let clusterCount = 1;
  const root = 2 * n - 2;
  /** Nodes whose inside is still to be looked at, with the cluster each of them is. */
  const nodes: number[] = [];
  const clusters: number[] = [];
  const parts = n > 1 ? finiteParts(linkage, n, root) : [];
  for (const part of parts) {
    if (parts.length === 1) {
      nodes.push(part);
      clusters.push(n);
    } else if (sizeOf(part) < minClusterSize) {
      dropUnits(n, part, 0);
    } else {
      nodes.push(part);
      clusters.push(n + clusterCount);
      leave(n, n + clusterCount++, 0, sizeOf(part));
    }
  }
  for (let next = 0; next < nodes.length; next++) {
    const cluster = clusters[next];
    const row = nodes[next] - n;
    const sides = [linkage.left[row], linkage.right[row]];
    const at = linkage.distance[row] > 0 ? 1 / linkage.distance[row] : Number.POSITIVE_INFINITY;
    const splits = sides.every((side) => sizeOf(side) >= minClusterSize);
    for (const side of sides) {
      const size = sizeOf(side);
      if (size < minClusterSize) {
        dropUnits(cluster, side, at);
        continue;
      }
      nodes.push(side);
      if (!splits) clusters.push(cluster);
      else {
        const born = n + clusterCount++;
        clusters.push(born);
        leave(cluster, born, at, size);
      }
    }
  }
  return {
    parent: Int32Array.from(parent),
    child: Int32Array.from(child),
    lambda: Float64Array.from(lambda),
    childSize: Int32Array.from(childSize),
    clusterCount,
  };
}

/** The highest nodes that are not joined at distance ∞, left before right. */
function finiteParts(linkage: SingleLinkage, n: number, root: number): number[] {
  const parts: number[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node >= n && linkage.distance[node - n] === Number.POSITIVE_INFINITY) {
      open.push(linkage.right[node - n], linkage.left[node - n]);
    } else {
      parts.push(node);
    }
  }
  return parts;
}

/** A node and everything below it, level by level, left before right. */
function breadthFirst(linkage: SingleLinkage, n: number, top: number): number[] {
  const nodes = [top];
  for (let next = 0; next < nodes.length; next++) {
    const row = nodes[next] - n;
    if (row >= 0) nodes.push(linkage.left[row], linkage.right[row]);
  }
  return nodes;
}
