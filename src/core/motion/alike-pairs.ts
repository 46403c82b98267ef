/** Pairs of units that look alike by what does not depend on where the probe is, between groups of sessions. */
import type { CandidateSimilarities } from '../clustering/candidate-similarities.ts';
import { valueAt } from '../similarity/nearby-matrix.ts';
import { correctedDepths } from '../similarity/nearby-pairs.ts';
import { type MotionPairs, pairsOfUnits } from './estimate-motion.ts';
import type { Motion } from './motion.ts';

export interface AlikePairsInput {
  readonly similarities: CandidateSimilarities;
  /** (units,) 1..N */
  readonly sessions: Int32Array;
  /** (units, 3) µm */
  readonly locations: Float64Array;
}

/** Depth differences are looked at up to this, the motion taken out, µm; pairs without a value are none. */
export interface Reach {
  readonly motion: Motion;
  readonly distance: number;
}

/**
 * The pairs of units of two groups in which neither unit has a more similar partner in the session of the other, by the features other than
 * Waveform with equal weights. Waveforms on the same channels tell nothing of two places of the probe.
 *
 * @param groupOf (sessions,) group of each session from 0; pairs within a group are left out, and those of two sessions of group 0
 * @returns none when Waveform stands alone
 */
export function alikePairs(
  { similarities, sessions, locations }: AlikePairsInput,
  groupOf: Int32Array,
  { motion, distance }: Reach,
): MotionPairs {
  const { units, features } = similarities;
  const matrices = similarities.matrices.filter((_, f) => features[f] !== 'Waveform');
  const depths = correctedDepths(locations, sessions, motion);
  const order = Int32Array.from(depths.keys()).sort((a, b) => depths[a] - depths[b] || a - b);
  const n = groupOf.length;
  const best = new Float32Array(units * n).fill(Number.NEGATIVE_INFINITY);
  const partner = new Int32Array(units * n).fill(-1);
  const take = (a: number, b: number, z: number) => {
    const at = a * n + sessions[b] - 1;
    if (!(z > best[at])) return;
    best[at] = z;
    partner[at] = b;
  };
  if (matrices.length > 0) {
    let from = 0;
    for (const a of order) {
      while (depths[order[from]] < depths[a] - distance) from++;
      const own = groupOf[sessions[a] - 1];
      for (let at = from; at < units && depths[order[at]] <= depths[a] + distance; at++) {
        const b = order[at];
        const other = groupOf[sessions[b] - 1];
        // Every pair is met at both its units.
        if (b < a || own === other) continue;
        let z = 0;
        for (const matrix of matrices) z += valueAt(matrix, units, a, b);
        take(a, b, z);
        take(b, a, z);
      }
    }
  }
  const found: number[] = [];
  partner.forEach((b, at) => {
    const a = Math.floor(at / n);
    if (b > a && partner[b * n + sessions[a] - 1] === a) found.push(a, b);
  });
  return pairsOfUnits(found, sessions, locations);
}
