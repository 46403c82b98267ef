/** The leaf order of a dendrogram, on a thread of its own: every join needs the ones below it. */
import { optimalLeafOrder } from '../core/clustering/leaf-order.ts';
import type { SingleLinkage } from '../core/clustering/single-linkage.ts';

export interface LeafOrderInput {
  readonly linkage: SingleLinkage;
  /** (n, n) symmetric. */
  readonly distance: Float64Array;
  readonly n: number;
}

/** The one task gives the order. */
export const leafOrderTask =
  (_simd: unknown, { linkage, distance, n }: LeafOrderInput) =>
  (): Int32Array =>
    optimalLeafOrder(linkage, n, distance);
