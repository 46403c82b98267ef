/** The motion of a round in which the probe may have jumped farther than units are matched. */
import { unfittingSessions } from '../evaluation/session-links.ts';
import { type BridgedEstimate, bridgeGroups } from './bridge-groups.ts';
import { estimateMotion, type MotionEstimate, type MotionPairs } from './estimate-motion.ts';

export interface JumpFindings {
  /** Matched pairs. */
  readonly pairs: MotionPairs;
  /** (sessions,) units of each session. */
  readonly sessionUnits: Int32Array;
  /** Pairs of alike units between the groups of sessions of an estimate, which its motion may have at most this far apart in depth, µm. */
  readonly alikePairs: (estimate: MotionEstimate, distance: number) => MotionPairs;
}

/**
 * Groups of sessions that hardly any matched pairs connect are brought together by units that are alike (`bridgeGroups`). What few pairs there are
 * between them are false, as a rule: they do not count then. Where no displacement stands out, the estimate stays as it is.
 *
 * @param estimate the motion by all pairs
 * @param distance how far to look, µm
 */
export function followJumps(
  estimate: MotionEstimate,
  { pairs, sessionUnits, alikePairs }: JumpFindings,
  linearCorrection: boolean,
  distance: number,
): BridgedEstimate {
  const sessionCount = sessionUnits.length;
  const groups = unfittingSessions({
    sessionCount,
    units: sessionUnits,
    matches: countPairs(pairs, sessionCount),
  });
  const groupOf = new Int32Array(sessionCount);
  for (const [g, group] of groups.entries()) for (const session of group) groupOf[session - 1] = g + 1;
  const apart =
    groups.length === 0
      ? estimate
      : estimateMotion(within(pairs, groupOf), sessionCount, { linearCorrection });
  if (apart.groups.length === 1) return { ...estimate, bridges: [] };
  const bridged = bridgeGroups(apart, estimate.motion, alikePairs(apart, distance), distance);
  return bridged.bridges.length > 0 ? bridged : { ...estimate, bridges: [] };
}

/** (sessions, sessions) pairs of every two sessions. */
function countPairs({ sessionA, sessionB }: MotionPairs, sessionCount: number): Float64Array {
  const counts = new Float64Array(sessionCount * sessionCount);
  for (let p = 0; p < sessionA.length; p++) {
    const [a, b] = [sessionA[p] - 1, sessionB[p] - 1];
    counts[a * sessionCount + b]++;
    counts[b * sessionCount + a]++;
  }
  return counts;
}

/** The pairs whose sessions are of one group. */
function within({ sessionA, sessionB, depthA, depthB }: MotionPairs, groupOf: Int32Array): MotionPairs {
  const kept = sessionA.map((_, p) => p).filter((p) => groupOf[sessionA[p] - 1] === groupOf[sessionB[p] - 1]);
  return {
    sessionA: kept.map((p) => sessionA[p]),
    sessionB: kept.map((p) => sessionB[p]),
    depthA: Float64Array.from(kept, (p) => depthA[p]),
    depthB: Float64Array.from(kept, (p) => depthB[p]),
  };
}
