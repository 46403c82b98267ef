/** Spikes of many clusters in one list, taken apart. */

export interface SpikeGroups {
  /** Cluster ids, ascending. */
  readonly ids: readonly number[];
  /** Indices of the spikes of the k-th cluster, in their order in the list. */
  spikesOf(k: number): Int32Array;
}

/** @param clusters (spikes,) cluster id of each spike */
export function groupSpikes(clusters: Int32Array): SpikeGroups {
  const counts = new Map<number, number>();
  for (const id of clusters) counts.set(id, (counts.get(id) ?? 0) + 1);
  const ids = [...counts.keys()].sort((a, b) => a - b);
  const starts = new Map<number, number>();
  let total = 0;
  for (const id of ids) {
    starts.set(id, total);
    total += counts.get(id) as number;
  }
  const order = new Int32Array(clusters.length);
  const next = new Map(starts);
  clusters.forEach((id, spike) => {
    const at = next.get(id) as number;
    order[at] = spike;
    next.set(id, at + 1);
  });
  return {
    ids,
    spikesOf(k) {
      const from = starts.get(ids[k]) as number;
      return order.subarray(from, from + (counts.get(ids[k]) as number));
    },
  };
}

/** Spikes that differ give different texts, as good as always. */
export function fingerprintOf(times: ArrayLike<number>, clusters: ArrayLike<number>): string {
  let hash = 0;
  for (let i = 0; i < times.length; i++) {
    hash = (Math.imul(hash, 31) + Math.floor(times[i]) + Math.imul(clusters[i] + 1, 7919)) | 0;
  }
  return `${times.length} ${hash}`;
}
