/** Cluster labels of units: from 0, -1 for a unit without a cluster. */

/** Labels as files and people count them: from 1, -1 for unmatched. */
export const toFileLabels = (labels: Int32Array): Int32Array =>
  labels.map((label) => (label < 0 ? -1 : label + 1));

/** Labels from those of files, in which nothing below 1 is a neuron. */
export const fromFileLabels = (labels: Int32Array): Int32Array =>
  labels.map((label) => (label > 0 ? label - 1 : -1));

/** Units of every label, rising; labels without units have none. */
export function clustersOf(labels: Int32Array): number[][] {
  const clusters: number[][] = [];
  labels.forEach((label, unit) => {
    while (clusters.length <= label) clusters.push([]);
    if (label >= 0) clusters[label].push(unit);
  });
  return clusters;
}

/** Labels without gaps, in the same order; clusters of a single unit are dissolved. */
export function contiguousLabels(labels: Int32Array): { labels: Int32Array; clusterCount: number } {
  let clusterCount = 0;
  const renamed = clustersOf(labels).map((units) => (units.length < 2 ? -1 : clusterCount++));
  return { labels: labels.map((label) => (label < 0 ? -1 : renamed[label])), clusterCount };
}

/** (M, 2) pairs of units k < j that share a cluster, ordered by k, then j. */
export function pairsWithinClusters(labels: Int32Array): Int32Array {
  const clusters = clustersOf(labels);
  const pairs = new Int32Array(2 * pairsInClusters(clusters));
  let at = 0;
  labels.forEach((label, k) => {
    if (label < 0) return;
    for (const j of clusters[label]) {
      if (j <= k) continue;
      pairs[at++] = k;
      pairs[at++] = j;
    }
  });
  return pairs;
}

/** How many pairs of units share a cluster. @param clusters units of each */
export const pairsInClusters = (clusters: readonly (readonly number[])[]): number =>
  clusters.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
