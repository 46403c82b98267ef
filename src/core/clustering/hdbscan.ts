/** HDBSCAN on a spanning tree of distances. */
import type { SpanningTree } from '../kernels/kernels.ts';
import { type CondensedTree, condenseTree } from './condensed-tree.ts';
import { type SingleLinkage, singleLinkage } from './single-linkage.ts';

export interface HdbscanOptions {
  /** Clusters with more units than this are broken into their children. */
  readonly maxClusterSize: number;
  /** Smallest number of units that is a cluster; 2 unless given. */
  readonly minClusterSize?: number;
}

export interface HdbscanResult {
  /** (n,) cluster of each unit from 0, in the order of the condensed tree; -1 noise. */
  readonly labels: Int32Array;
  readonly clusterCount: number;
  readonly linkage: SingleLinkage;
  readonly condensedTree: CondensedTree;
}

/**
 * Density-based clusters by excess of mass, never the root alone, with min_samples 1: the mutual reachability distance is
 * then the distance itself (Campello et al. 2013; McInnes & Healy 2017). Agrees label for label with the reference
 * implementation of the latter when the tree comes from `primOverRows` and all distances are finite.
 *
 * What only infinite distances join is not one root but several parts, each of which may be a cluster: where pairs that are
 * no candidates are infinitely far, a group that nothing connects to the others is clustered as it would be beside them at
 * any other distance. The reference implementation would take the last part that is left for the root, and never select it.
 *
 * @param tree minimum spanning tree of the distances
 * @param n number of units
 * @throws RangeError when the tree does not have n - 1 edges or a size is out of range
 */
export function hdbscan(tree: SpanningTree, n: number, options: HdbscanOptions): HdbscanResult {
  const { maxClusterSize, minClusterSize = 2 } = options;
  if (!(maxClusterSize >= 1)) {
    throw new RangeError(`hdbscan: got maxClusterSize ${maxClusterSize}, expected at least 1`);
  }
  const linkage = singleLinkage(tree, n);
  const condensedTree = condenseTree(linkage, n, minClusterSize);
  const selected = selectClusters(condensedTree, n, maxClusterSize);
  return { ...labelUnits(condensedTree, n, selected), linkage, condensedTree };
}

/**
 * Excess of mass. Returns 1 for every selected cluster, indexed by cluster number - n.
 *
 * The children's summed stability is rounded to float32, as the reference implementation does: where they tie with their
 * parent but for rounding, the choice hangs on it. A cluster born at distance 0 has stability ∞ - ∞ = NaN, which never
 * exceeds a parent's: units in the same place stay together.
 */
function selectClusters(tree: CondensedTree, n: number, maxClusterSize: number): Uint8Array {
  const { clusterCount } = tree;
  const rows = tree.parent.length;
  const parentOf = new Int32Array(clusterCount);
  const birth = new Float64Array(clusterCount);
  const size = new Int32Array(clusterCount);
  for (let row = 0; row < rows; row++) {
    const cluster = tree.child[row] - n;
    if (cluster < 0) continue;
    parentOf[cluster] = tree.parent[row] - n;
    birth[cluster] = tree.lambda[row];
    size[cluster] = tree.childSize[row];
  }
  const stability = new Float64Array(clusterCount);
  for (let row = 0; row < rows; row++) {
    const cluster = tree.parent[row] - n;
    stability[cluster] += (tree.lambda[row] - birth[cluster]) * tree.childSize[row];
  }

  const selected = new Uint8Array(clusterCount);
  const childStability = new Float64Array(clusterCount);
  for (let cluster = clusterCount - 1; cluster > 0; cluster--) {
    const summed = Math.fround(childStability[cluster]);
    if (summed > stability[cluster] || size[cluster] > maxClusterSize) stability[cluster] = summed;
    else selected[cluster] = 1;
    childStability[parentOf[cluster]] += stability[cluster];
  }

  const covered = new Uint8Array(clusterCount);
  for (let cluster = 1; cluster < clusterCount; cluster++) {
    const parent = parentOf[cluster];
    covered[cluster] = covered[parent] | selected[parent];
    selected[cluster] &= 1 - covered[cluster];
  }
  return selected;
}

/** Gives every unit the selected cluster it falls out of, at whatever depth below that cluster. */
function labelUnits(
  tree: CondensedTree,
  n: number,
  selected: Uint8Array,
): { labels: Int32Array; clusterCount: number } {
  const clusterLabel = new Int32Array(tree.clusterCount).fill(-1);
  const labels = new Int32Array(n).fill(-1);
  let clusterCount = 0;
  for (let cluster = 1; cluster < tree.clusterCount; cluster++) {
    if (selected[cluster]) clusterLabel[cluster] = clusterCount++;
  }
  for (let row = 0; row < tree.parent.length; row++) {
    const label = clusterLabel[tree.parent[row] - n];
    const child = tree.child[row];
    if (child < n) labels[child] = label;
    else if (!selected[child - n]) clusterLabel[child - n] = label;
  }
  return { labels, clusterCount };
}
