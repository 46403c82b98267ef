/** The search for similar pairs, some rows at a time. */
import { type PairSearch, type StrongPairs, strongPairs } from '../core/clustering/strong-pairs.ts';

export interface StrongPairsInput {
  readonly search: PairSearch;
  /** First row of each task, and the end of the last one. */
  readonly starts: readonly number[];
}

/** Task t searches the rows `starts[t] .. starts[t + 1] - 1`. */
export const strongPairsTask =
  (_simd: unknown, { search, starts }: StrongPairsInput) =>
  (task: number): StrongPairs =>
    strongPairs(search, starts[task], starts[task + 1]);
