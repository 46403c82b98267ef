/** How the probe moves in the tissue from session to session. */
import { LINEAR_SCALE, Motion } from '../motion/motion.ts';
import type { Random } from '../random.ts';

/** The default of every field is in `SIMULATION_DEFAULTS`. */
export interface DriftOptions {
  /** Standard deviation of the shift from one session to the next, µm. */
  readonly stepUm: number;
  /** Probability of a jump between two sessions. */
  readonly jumpProbability: number;
  /** Standard deviation of a jump, µm. */
  readonly jumpUm: number;
  /** Standard deviation of the change, from one session to the next, of motion with depth, µm per mm. */
  readonly stepUmPerMm: number;
}

/**
 * A random walk with jumps. At the depth `centre` the motion has mean zero over the sessions; its change with depth is
 * zero in session 1.
 *
 * @param centre µm
 */
export function simulateMotion(
  sessions: number,
  centre: number,
  drift: DriftOptions,
  random: Random,
): Motion {
  const shift = new Float64Array(sessions);
  const linear = new Float64Array(sessions);
  for (let s = 1; s < sessions; s++) {
    const step = drift.stepUm * random.normal();
    const jump = random.uniform() < drift.jumpProbability ? drift.jumpUm * random.normal() : 0;
    shift[s] = shift[s - 1] + step + jump;
    linear[s] = linear[s - 1] + (drift.stepUmPerMm * 1e-3 * random.normal()) / LINEAR_SCALE;
  }
  const mean = shift.reduce((sum, value) => sum + value, 0) / sessions;
  const constant = shift.map((value, s) => value - mean - LINEAR_SCALE * linear[s] * centre);
  return new Motion(sessions, { linear, constant });
}
