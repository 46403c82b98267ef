/** New units join the neurons that are known, or found new ones. */
import { contiguousLabels } from '../curation/cluster-labels.ts';
import { CurationRecord } from '../curation/curation-record.ts';
import { type MergeInput, mergeGroups } from '../curation/merge.ts';

export interface AssignInput extends Omit<MergeInput, 'established'> {
  /** (oldUnits,) neuron of each old unit from 0; -1 unmatched. */
  readonly oldLabels: Int32Array;
}

/** Two known neurons, or a known neuron and an old unit without one, that the new units show to be alike. */
export interface PossibleMerge {
  /** Label from 0; -1 for an old unit without a neuron. */
  readonly labels: readonly [number, number];
  /** The first unit of each. */
  readonly units: readonly [number, number];
  readonly score: number;
}

export interface Assignment {
  /** (units,) those of the old units that had one are unchanged; new ones follow. */
  readonly labels: Int32Array;
  readonly clusterCount: number;
  readonly possibleMerges: readonly PossibleMerge[];
}

/**
 * Joins units by average linkage, as curation does (`docs/methods.md`, step 8), but for what is known: old neurons keep their
 * units and labels, and two old neurons, or old units, never join.
 *
 * @param leastScore mean similarity that groups must exceed to join
 */
export function assignNew(input: AssignInput, leastScore: number): Assignment {
  const { oldLabels, sessions } = input;
  const established = oldLabels.length;
  const labels = new Int32Array(sessions.length).fill(-1);
  labels.set(oldLabels);
  const refused = mergeGroups(labels, { ...input, established }, leastScore, new CurationRecord());
  const grown = contiguousLabels(labels);
  for (let unit = 0; unit < established; unit++) {
    if (oldLabels[unit] >= 0 && grown.labels[unit] !== oldLabels[unit]) {
      throw new RangeError(`assignNew: got labels with gaps or of single units, expected those of a result`);
    }
  }
  const possibleMerges = refused
    .filter(({ a, b }) => [...a, ...b].some((unit) => unit >= established))
    .map(({ a, b, score }) => ({
      labels: [grown.labels[a[0]], grown.labels[b[0]]] as const,
      units: [a[0], b[0]] as const,
      score,
    }));
  return { ...grown, possibleMerges };
}
