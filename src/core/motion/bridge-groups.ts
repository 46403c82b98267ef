/** Bringing groups of sessions together that no matched pairs connect: the probe jumped farther than units are matched. */
import type { MotionEstimate, MotionPairs } from './estimate-motion.ts';
import { mostFrequent } from './most-frequent.ts';
import { Motion } from './motion.ts';

/** A group that was moved. */
export interface Bridge {
  /** Its sessions, from 1, ascending. */
  readonly sessions: readonly number[];
  /** How far it was moved to the others, µm. */
  readonly shift: number;
  /** Alike pairs between it and the others, and those that agree on the shift. */
  readonly pairs: number;
  readonly agreeing: number;
}

export interface BridgedEstimate extends MotionEstimate {
  readonly bridges: readonly Bridge[];
}

/** Where the probe moved less than this from where matched pairs have it, units would have been matched by their waveforms as they are, µm. */
const LEAST_JUMP = 40;

/**
 * Every group other than the largest is moved by the displacement on which most alike pairs between it and the largest agree, the surest first;
 * each that is moved belongs to the largest from then on. Wrong pairs are spread, so that most may be wrong. Groups for which no
 * displacement stands out, or one near to where they are, stay as they are.
 *
 * @param estimate the groups, each by its own pairs
 * @param byMatches the motion by all matched pairs, those between the groups too
 * @param alike pairs between the groups, of which most may be wrong
 * @param distance displacements of these pairs are at most this, the motion of the estimate taken out, µm
 */
export function bridgeGroups(
  estimate: MotionEstimate,
  byMatches: Motion,
  alike: MotionPairs,
  distance: number,
): BridgedEstimate {
  const { motion } = estimate;
  const rest = [...estimate.groups];
  const [first] = rest.splice(largest(rest), 1);
  const placed = new Set(first);
  /** How far a group would be moved to where matched pairs have it. */
  const matchedShift = (group: readonly number[]) =>
    meanOf(group, byMatches) - meanOf(first, byMatches) - (meanOf(group, motion) - meanOf(first, motion));
  const shifts = new Float64Array(motion.sessionCount);
  const bridges: Bridge[] = [];
  for (;;) {
    const found = rest
      .map((group) => ({ group, ...bridgeOf(group, placed, shifts, estimate, alike, distance) }))
      .filter(({ sure, group, shift }) => sure && Math.abs(shift - matchedShift(group)) >= LEAST_JUMP)
      .sort((a, b) => b.agreeing - a.agreeing)[0];
    if (!found) break;
    const { group, shift, pairs, agreeing } = found;
    for (const session of group) {
      shifts[session] = shift;
      placed.add(session);
    }
    rest.splice(rest.indexOf(group), 1);
    bridges.push({ sessions: group.map((session) => session + 1), shift, pairs, agreeing });
  }
  if (bridges.length === 0) return { ...estimate, bridges };
  // Every group has mean 0, and so shall all that belong together.
  const mean = [...placed].reduce((sum, session) => sum + shifts[session], 0) / placed.size;
  const constant = motion.constant.map((value, s) => value + (placed.has(s) ? shifts[s] - mean : 0));
  const joined = [...placed].sort((a, b) => a - b);
  const left = rest.flat().map((session) => session + 1);
  return {
    motion: new Motion(motion.sessionCount, { ...motion.plain, constant }),
    groups: [joined, ...rest],
    disconnected: left.sort((a, b) => a - b),
    bridges,
  };
}

const meanOf = (sessions: readonly number[], { constant }: Motion) =>
  sessions.reduce((sum, session) => sum + constant[session], 0) / sessions.length;

const largest = (groups: readonly (readonly number[])[]) =>
  groups.reduce((best, group, g) => (group.length > groups[best].length ? g : best), 0);

/** The displacement of a group on which most pairs with what is placed agree. */
function bridgeOf(
  group: readonly number[],
  placed: ReadonlySet<number>,
  shifts: Float64Array,
  { motion }: MotionEstimate,
  { sessionA, sessionB, depthA, depthB }: MotionPairs,
  distance: number,
): Omit<Bridge, 'sessions'> & { readonly sure: boolean } {
  const own = new Set(group);
  const displacements: number[] = [];
  for (let p = 0; p < sessionA.length; p++) {
    const [a, b] = [sessionA[p] - 1, sessionB[p] - 1];
    const forward = placed.has(a) && own.has(b);
    if (!forward && !(placed.has(b) && own.has(a))) continue;
    const dy =
      depthB[p] - motion.getMotion(b + 1, depthB[p]) - (depthA[p] - motion.getMotion(a + 1, depthA[p]));
    displacements.push(forward ? dy + shifts[a] : shifts[b] - dy);
  }
  const { value: shift, agreeing, sure } = mostFrequent(displacements, distance);
  return { shift, pairs: displacements.length, agreeing, sure };
}
