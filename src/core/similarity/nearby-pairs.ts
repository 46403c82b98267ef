/** Candidate pairs: units close enough in depth to be one neuron. */
import type { Motion } from '../motion/motion.ts';
import type { UnitPairs } from '../result.ts';

export interface NearbyPairs extends UnitPairs {
  /** (P, 2) session number of each unit of each pair. */
  readonly sessions: Int32Array;
}

/**
 * Depth of every unit with the motion of its session taken out, µm.
 * @param locations (units, 3) µm
 * @param sessions (units,) session numbers, 1..N
 */
export function correctedDepths(
  locations: ArrayLike<number>,
  sessions: ArrayLike<number>,
  motion?: Motion,
): Float64Array {
  const depths = new Float64Array(sessions.length);
  for (let u = 0; u < depths.length; u++) {
    const y = locations[3 * u + 1];
    depths[u] = motion ? y - motion.getMotion(sessions[u], y) : y;
  }
  return depths;
}

/**
 * All pairs a < b whose depths, with the motion taken out, differ by at most `maxDistance`; pairs within one session are
 * included. Ordered by b, then a.
 *
 * @param maxDistance µm
 * @param sessions (units,) session numbers, 1..N
 * @param locations (units, 3) x, y, z in µm, row-major
 * @param motion without it depths are taken as they are
 * @throws RangeError when there are not three coordinates for each unit
 */
export function getNearbyPairs(
  maxDistance: number,
  sessions: ArrayLike<number>,
  locations: ArrayLike<number>,
  motion?: Motion,
): NearbyPairs {
  const units = sessions.length;
  if (locations.length !== 3 * units) {
    throw new RangeError(
      `getNearbyPairs: got ${locations.length} location values, expected 3 for each of ${units} units`,
    );
  }
  const depths = correctedDepths(locations, sessions, motion);
  let count = 0;
  for (let b = 0; b < units; b++)
    for (let a = 0; a < b; a++) if (Math.abs(depths[a] - depths[b]) <= maxDistance) count++;
  const pairs = new Int32Array(2 * count);
  const sessionPairs = new Int32Array(2 * count);
  let p = 0;
  for (let b = 0; b < units; b++)
    for (let a = 0; a < b; a++) {
      if (!(Math.abs(depths[a] - depths[b]) <= maxDistance)) continue;
      pairs[p] = a;
      sessionPairs[p++] = sessions[a];
      pairs[p] = b;
      sessionPairs[p++] = sessions[b];
    }
  return { count, units: pairs, sessions: sessionPairs };
}
