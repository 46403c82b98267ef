/** Clusters, similarities within them, and curation of the golden cases. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CurationCase {
  readonly autoSplit: boolean;
  readonly threshold: number;
  readonly sessions: readonly number[];
  /** From 0, -1 noise. */
  readonly hdbscanLabels: readonly number[];
  readonly leafOrder: readonly number[];
  /** Units i < j of one cluster and their similarity. */
  readonly within: readonly (readonly [number, number, number])[];
  readonly expected: {
    /** From 0, -1 unmatched. */
    readonly labels: readonly number[];
    readonly matchedPairs: readonly (readonly [number, number])[];
    readonly curationPairs: readonly (readonly [number, number])[];
    readonly curationTypes: readonly number[];
  };
}

export const curationCases: Readonly<Record<string, CurationCase>> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/curation.json'), 'utf8'),
);
