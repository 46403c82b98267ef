/** The motion of new sessions, from pairs of their units with those of sessions whose motion is known, and among themselves. */
import type { MotionPairs } from '../motion/estimate-motion.ts';
import { mostFrequent } from '../motion/most-frequent.ts';
import { LINEAR_SCALE, Motion } from '../motion/motion.ts';
import type { UnitPairs } from '../result.ts';
import type { ComparedPairs } from './new-pairs.ts';

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

/** The motion of all sessions, of which the old ones keep theirs. */
export interface SolvedMotion {
  readonly motion: Motion;
  /** New sessions whose motion is known: pairs with sessions of known motion tell it. */
  readonly known: ReadonlySet<number>;
}

/** What is known before. */
export interface KnownMotion {
  readonly motion: Motion;
  /** Sessions whose motion stays. */
  readonly stays: ReadonlySet<number>;
}

/** Fewer pairs say nothing about a session. */
const LEAST_PAIRS = 3;
/** Sweeps over the new sessions, at most, and the change at which nothing changes any more, µm. */
const MOST_SWEEPS = 200;
const SETTLED = 1e-6;

/**
 * Every new session is placed where most of its pairs with sessions that are placed already have it, the surest session first: right even where most
 * pairs are wrong, as long as those are spread. Known are those that are sure by what is known.
 * @param distance displacements of the pairs are at most this, µm
 */
export function placeNewSessions(
  { motion, stays }: KnownMotion,
  pairs: MotionPairs,
  distance: number,
): SolvedMotion {
  const placed = new Set(stays);
  const known = new Set<number>();
  let found = motion;
  for (let surely = true; ; ) {
    const [next] = sessionsBut(placed, motion)
      .map((session) => ({
        session,
        ...mostFrequent(displacementsOf(session, pairs, found, placed).motions, distance),
      }))
      .filter(({ agreeing, sure }) => (surely ? sure : agreeing >= LEAST_PAIRS))
      .sort((a, b) => b.agreeing - a.agreeing || a.session - b.session);
    if (!next && !surely) return { motion: found, known };
    if (!next) surely = false;
    else {
      placed.add(next.session);
      if (surely) known.add(next.session);
      found = withLine(found, next.session, { linear: 0, constant: next.value });
    }
  }
}

/**
 * Least squares over the pairs, those of two new sessions among them; sessions that too few pairs connect to the old ones keep what they have.
 * @param linearCorrection whether the motion may change along the probe
 */
export function fitNewSessions(
  { motion, stays }: KnownMotion,
  pairs: MotionPairs,
  linearCorrection: boolean,
): SolvedMotion {
  const connected = new Set(stays);
  const fitted: number[] = [];
  for (let before = -1; before < fitted.length; ) {
    before = fitted.length;
    for (const session of sessionsBut(connected, motion)) {
      if (displacementsOf(session, pairs, motion, connected).motions.length < LEAST_PAIRS) continue;
      connected.add(session);
      fitted.push(session);
    }
  }
  let found = motion;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let change = 0;
    for (const session of fitted) {
      const line = fittedLine(displacementsOf(session, pairs, found, connected), linearCorrection);
      const { linear, constant } = found;
      change = Math.max(
        change,
        Math.abs(line.linear - linear[session - 1]),
        Math.abs(line.constant - constant[session - 1]),
      );
      found = withLine(found, session, line);
    }
    if (change < SETTLED) break;
  }
  return { motion: found, known: new Set(fitted) };
}

function sessionsBut(some: ReadonlySet<number>, { sessionCount }: Motion): number[] {
  return Array.from({ length: sessionCount }, (_, s) => s + 1).filter((session) => !some.has(session));
}

/** What pairs tell of the motion of a session, pair by pair. */
interface Displacements {
  /** Depths between the two units, µm. */
  readonly middles: number[];
  /** How far the probe had moved where the two are one neuron, µm. */
  readonly motions: number[];
}

/** @param placed sessions whose motion counts */
function displacementsOf(
  session: number,
  { sessionA, sessionB, depthA, depthB }: MotionPairs,
  motion: Motion,
  placed: ReadonlySet<number>,
): Displacements {
  const found: Displacements = { middles: [], motions: [] };
  for (let p = 0; p < sessionA.length; p++) {
    const isA = sessionA[p] === session;
    if (!isA && sessionB[p] !== session) continue;
    const other = isA ? sessionB[p] : sessionA[p];
    if (!placed.has(other)) continue;
    const [own, its] = isA ? [depthA[p], depthB[p]] : [depthB[p], depthA[p]];
    found.middles.push((its + own) / 2);
    found.motions.push(own - its + motion.getMotion(other, its));
  }
  return found;
}

type Line = { readonly linear: number; readonly constant: number };

function fittedLine({ middles, motions }: Displacements, linearCorrection: boolean): Line {
  const n = motions.length;
  const mean = motions.reduce((sum, m) => sum + m, 0) / n;
  const meanDepth = middles.reduce((sum, d) => sum + d, 0) / n;
  const spread = middles.reduce((sum, d) => sum + (d - meanDepth) ** 2, 0);
  if (!linearCorrection || !(spread > 0)) return { linear: 0, constant: mean };
  const slope = motions.reduce((sum, m, i) => sum + (m - mean) * (middles[i] - meanDepth), 0) / spread;
  return { linear: slope / LINEAR_SCALE, constant: mean - slope * meanDepth };
}

function withLine(motion: Motion, session: number, line: Line): Motion {
  const [linear, constant] = [motion.linear.slice(), motion.constant.slice()];
  linear[session - 1] = line.linear;
  constant[session - 1] = line.constant;
  return new Motion(motion.sessionCount, { linearScale: LINEAR_SCALE, linear, constant });
}
