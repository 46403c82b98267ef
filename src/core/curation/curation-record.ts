/** What curation did, pair by pair. */
import type { CurationType } from '../result.ts';

export const REMOVAL_SAME_SESSION: CurationType = 1;
export const REMOVAL_LOW_SIMILARITY: CurationType = 2;
export const MERGE_HIGH_SIMILARITY: CurationType = 3;

/** Collects the pairs that curation cuts or joins, in the order in which it does so. */
export class CurationRecord {
  private readonly recordedPairs: number[] = [];
  private readonly recordedTypes: number[] = [];

  /** Notes a pair of units; the lower unit is written first. */
  add(a: number, b: number, type: CurationType): void {
    this.recordedPairs.push(Math.min(a, b), Math.max(a, b));
    this.recordedTypes.push(type);
  }

  /** (K, 2) */
  get pairs(): Int32Array {
    return Int32Array.from(this.recordedPairs);
  }

  /** (K,) */
  get types(): Uint8Array {
    return Uint8Array.from(this.recordedTypes);
  }
}
