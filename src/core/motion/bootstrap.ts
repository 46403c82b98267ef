/** How certain the motion is: the spread of its estimate over resampled pairs (Efron 1979). */
import { createRandom } from '../random.ts';
import type { MotionBand } from '../result.ts';
import { type MotionEstimateOptions, type MotionPairs, MotionProblem } from './estimate-motion.ts';
import type { Motion } from './motion.ts';

export interface BootstrapOptions extends MotionEstimateOptions {
  /** Any 32-bit integer; the same seed gives the same bands. */
  readonly seed: number;
  readonly resamples?: number;
}

const DEFAULT_RESAMPLES = 100;

/**
 * The band that holds the middle 95 % of the estimates from pairs drawn with replacement, per session. Rigid motion has one
 * band; linear motion one at the smallest and one at the largest d = (y_a + y_b) / 2. Without pairs there is no band.
 *
 * @throws RangeError when `resamples` is below 1, or as `estimateMotion`
 */
export function bootstrapMotion(
  pairs: MotionPairs,
  sessionCount: number,
  { linearCorrection, seed, resamples = DEFAULT_RESAMPLES }: BootstrapOptions,
): MotionBand[] {
  if (!(resamples >= 1)) {
    throw new RangeError(`bootstrapMotion: got ${resamples} resamples, expected at least 1`);
  }
  const problem = new MotionProblem(pairs, sessionCount, { linearCorrection });
  const range = problem.depthRange();
  if (!range) return [];
  const { motion } = problem.solve();
  const random = createRandom(seed);
  const count = pairs.sessionA.length;
  const weights = new Int32Array(count);
  const motions: Motion[] = [];
  for (let r = 0; r < resamples; r++) {
    weights.fill(0);
    for (let p = 0; p < count; p++) weights[random.integer(count)]++;
    motions.push(problem.solve(weights).motion);
  }
  const depths = linearCorrection ? range : [undefined];
  return depths.map((depth) => {
    const at = (m: Motion) =>
      Float64Array.from({ length: sessionCount }, (_, i) => m.getMotion(i + 1, depth));
    const drawn = motions.map(at);
    const sorted = Array.from({ length: sessionCount }, (_, i) =>
      Float64Array.from(drawn, (values) => values[i]).sort(),
    );
    return {
      depth,
      estimate: at(motion),
      lower: Float64Array.from(sorted, (values) => quantile(values, 0.025)),
      upper: Float64Array.from(sorted, (values) => quantile(values, 0.975)),
    };
  });
}

/** Quantile of ascending values, linear between them. */
function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
