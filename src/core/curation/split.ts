/** Clusters that fall apart at the similarity threshold. */
import { DisjointSets } from '../clustering/disjoint-sets.ts';
import { type SimilarityMatrix, valueAt } from '../similarity/nearby-matrix.ts';
import { clustersOf } from './cluster-labels.ts';
import { type CurationRecord, REMOVAL_LOW_SIMILARITY } from './curation-record.ts';

/**
 * Splits every cluster into the connected components of its good matches, the pairs whose similarity exceeds the
 * threshold. The component of the lowest unit keeps the label, the others get new ones after the largest.
 *
 * @param labels (units,) changed in place
 * @param similarity (units, units) similarity; pairs without a value are no good matches
 */
export function splitClusters(
  labels: Int32Array,
  similarity: SimilarityMatrix,
  threshold: number,
  record: CurationRecord,
): void {
  const n = labels.length;
  const clusters = clustersOf(labels);
  let nextLabel = clusters.length;
  for (const units of clusters) {
    let rest = units;
    for (const component of components(units, (a, b) => valueAt(similarity, n, a, b) > threshold).slice(1)) {
      const cut = new Set(component);
      rest = rest.filter((unit) => !cut.has(unit));
      for (const unit of component) {
        labels[unit] = nextLabel;
        for (const other of rest) record.add(unit, other, REMOVAL_LOW_SIMILARITY);
      }
      nextLabel++;
    }
  }
}

/** Connected components, each rising, in the order of their lowest units. */
function components(units: readonly number[], linked: (a: number, b: number) => boolean): number[][] {
  const sets = new DisjointSets(units.length);
  for (let i = 1; i < units.length; i++) {
    for (let j = 0; j < i; j++) if (linked(units[j], units[i])) sets.join(i, j);
  }
  const members = new Map<number, number[]>();
  units.forEach((unit, i) => {
    const root = sets.find(i);
    members.set(root, [...(members.get(root) ?? []), unit]);
  });
  return [...members.values()];
}
