/** How alike two matchings of the same units are. */
import { DisjointSets } from '../clustering/disjoint-sets.ts';
import type { NdArray } from '../ndarray.ts';

export interface EditNumbers {
  /** Merges that both graphs have in common. */
  readonly nSame: number;
  /** Merges in graph A. */
  readonly nA: number;
  /** Merges in graph B. */
  readonly nB: number;
}

/** A square matrix whose elements other than 0 and false are links. */
export type ConnectivityMatrix = NdArray<ArrayLike<number | boolean>>;

/**
 * Numbers of merges that lead from single nodes to the connected components of graph A, of graph B and of the graph of
 * the links that both have: the sum over components of their size less one (Huang et al. 2026).
 *
 * @param matA (nodes, nodes) connectivity matrix of graph A; a link in either direction counts
 * @param matB (nodes, nodes) connectivity matrix of graph B
 * @throws RangeError when the matrices are not square or not of one size
 */
export function graphEditNumber(matA: ConnectivityMatrix, matB: ConnectivityMatrix): EditNumbers {
  const nodes = matA.shape[0];
  for (const { shape } of [matA, matB]) {
    if (!(shape.length === 2 && shape[0] === nodes && shape[1] === nodes)) {
      throw new RangeError(
        `graphEditNumber: got matrices of shape (${matA.shape.join(', ')}) and (${matB.shape.join(', ')}), ` +
          'expected two square matrices of one size',
      );
    }
  }
  return {
    nSame: countMerges(nodes, (k) => Boolean(matA.data[k]) && Boolean(matB.data[k])),
    nA: countMerges(nodes, (k) => Boolean(matA.data[k])),
    nB: countMerges(nodes, (k) => Boolean(matB.data[k])),
  };
}

function countMerges(nodes: number, isLink: (element: number) => boolean): number {
  const sets = new DisjointSets(nodes);
  let merges = 0;
  for (let i = 0; i < nodes; i++) {
    for (let j = 0; j < nodes; j++) {
      if (!isLink(i * nodes + j) || sets.find(i) === sets.find(j)) continue;
      sets.join(i, j);
      merges++;
    }
  }
  return merges;
}
