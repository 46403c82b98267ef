/** The motion of new sessions, from pairs of their units with those of sessions whose motion is known. */
import type { RunContext } from '../context.ts';
import { mostFrequent } from '../motion/most-frequent.ts';
import { LINEAR_SCALE, Motion } from '../motion/motion.ts';
import type { UnitPairs } from '../result.ts';
import type { ComparedPairs } from './new-pairs.ts';

/** Where the units of the pairs were found, and the motion of those that is known. */
export interface PairedDepths {
  /** (units,) session numbers, 1..N. */
  readonly sessions: Int32Array;
  /** (units, 3) µm. */
  readonly locations: Float64Array;
  readonly motion: Motion;
  /** The sessions up to this one are old: their motion stays. */
  readonly oldSessions: number;
}

/** Fewer pairs say nothing about a session. */
const LEAST_PAIRS = 3;

/** (pairs,) weighted sum of similarities. */
export function weighted({ similarity, count }: ComparedPairs, weights: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(count);
  similarity.forEach((z, f) => {
    const weight = weights[f];
    for (let p = 0; p < count; p++) sum[p] += weight * z[p];
  });
  return sum;
}

/**
 * The pairs of two sessions in which neither unit has a more similar partner in the session of the other: a neuron has one
 * partner in every session.
 *
 * @returns (pairs,) 1 for such a pair
 */
export function mutualBest(pairs: UnitPairs, similarity: Float64Array, sessions: Int32Array): Uint8Array {
  const sessionCount = sessions.reduce((most, session) => Math.max(most, session), 0);
  /** The best pair of every unit with units of every session. */
  const best = new Int32Array(sessions.length * sessionCount).fill(-1);
  const { units, count } = pairs;
  /** Where the best pair of a unit with those of the session of another is. */
  const place = (unit: number, other: number) => unit * sessionCount + sessions[other] - 1;
  const raise = (at: number, p: number) => {
    if (best[at] < 0 || similarity[p] > similarity[best[at]]) best[at] = p;
  };
  for (let p = 0; p < count; p++) {
    const [a, b] = [units[2 * p], units[2 * p + 1]];
    if (sessions[a] === sessions[b]) continue;
    raise(place(b, a), p);
    raise(place(a, b), p);
  }
  const mutual = new Uint8Array(count);
  for (let p = 0; p < count; p++) {
    const [a, b] = [units[2 * p], units[2 * p + 1]];
    if (best[place(b, a)] === p && best[place(a, b)] === p) mutual[p] = 1;
  }
  return mutual;
}

/** What the pairs of a new session tell of its motion, pair by pair. */
export interface SessionDisplacements {
  /** Depths between the two units, µm. */
  readonly middles: number[];
  /** How far the probe had moved where the two are one neuron, µm. */
  readonly motions: number[];
}

/**
 * Of the pairs of a new unit and an old one, by the new sessions.
 * @param used (pairs,) 1 for the pairs to take
 */
export function displacementsOf(
  pairs: UnitPairs,
  used: Uint8Array,
  { sessions, locations, motion, oldSessions }: PairedDepths,
): SessionDisplacements[] {
  const found = Array.from(
    { length: motion.sessionCount - oldSessions },
    (): SessionDisplacements => ({ middles: [], motions: [] }),
  );
  for (let p = 0; p < pairs.count; p++) {
    if (!used[p]) continue;
    const [a, b] = [pairs.units[2 * p], pairs.units[2 * p + 1]];
    const [ya, yb] = [locations[3 * a + 1], locations[3 * b + 1]];
    const { middles, motions } = found[sessions[b] - oldSessions - 1];
    middles.push((ya + yb) / 2);
    motions.push(yb - ya + motion.getMotion(sessions[a], ya));
  }
  return found;
}

type Line = { readonly linear: number; readonly constant: number };

/** The most frequent displacement: right even where most pairs are wrong, as long as those are spread. */
export function commonDisplacement({ motions }: SessionDisplacements): Line {
  return { linear: 0, constant: mostFrequent(motions).value };
}

/** Least squares over the pairs. @param linearCorrection whether the motion may change along the probe */
export function fittedDisplacement(
  { middles, motions }: SessionDisplacements,
  linearCorrection: boolean,
): Line {
  const n = motions.length;
  const mean = motions.reduce((sum, m) => sum + m, 0) / n;
  const meanDepth = middles.reduce((sum, d) => sum + d, 0) / n;
  const spread = middles.reduce((sum, d) => sum + (d - meanDepth) ** 2, 0);
  if (!linearCorrection || !(spread > 0)) return { linear: 0, constant: mean };
  const slope = motions.reduce((sum, m, i) => sum + (m - mean) * (middles[i] - meanDepth), 0) / spread;
  return { linear: slope / LINEAR_SCALE, constant: mean - slope * meanDepth };
}

/**
 * A motion with that of the new sessions, the last ones, solved anew; of those that too few pairs tell of it stays, with a warning.
 * @param found of each new session
 */
export function solveNewSessions(
  motion: Motion,
  found: readonly SessionDisplacements[],
  solve: (found: SessionDisplacements) => Line,
  context: RunContext,
): Motion {
  const linear = motion.linear.slice();
  const constant = motion.constant.slice();
  const oldSessions = motion.sessionCount - found.length;
  for (const [i, displacements] of found.entries()) {
    const session = oldSessions + 1 + i;
    const { length } = displacements.motions;
    if (length < LEAST_PAIRS) {
      context.onEvent?.({
        kind: 'warning',
        text: `Session ${session}: ${length} matched pairs with earlier sessions are too few to tell its motion; ${constant[session - 1].toFixed(1)} µm is assumed.`,
      });
      continue;
    }
    const solved = solve(displacements);
    linear[session - 1] = solved.linear;
    constant[session - 1] = solved.constant;
  }
  return new Motion(motion.sessionCount, { linearScale: LINEAR_SCALE, linear, constant });
}
