/** The motion that best explains where matched units were found. */
import { choleskyInPlace, choleskySolveInPlace, solveMinimumNorm } from '../linear-algebra.ts';
import { LINEAR_SCALE, Motion } from './motion.ts';

/** Pairs of units taken for the same neuron; the sessions of a pair differ. */
export interface MotionPairs {
  /** (pairs,) session numbers, 1..N. */
  readonly sessionA: Int32Array;
  readonly sessionB: Int32Array;
  /** (pairs,) y, µm. */
  readonly depthA: Float64Array;
  readonly depthB: Float64Array;
}

/**
 * @param list units of the pairs, two and two
 * @param sessions (units,) 1..N
 * @param locations (units, 3) µm
 */
export function pairsOfUnits(
  list: ArrayLike<number>,
  sessions: Int32Array,
  locations: Float64Array,
): MotionPairs {
  const count = list.length / 2;
  const [sessionA, sessionB] = [new Int32Array(count), new Int32Array(count)];
  const [depthA, depthB] = [new Float64Array(count), new Float64Array(count)];
  for (let p = 0; p < count; p++) {
    const [a, b] = [list[2 * p], list[2 * p + 1]];
    sessionA[p] = sessions[a];
    sessionB[p] = sessions[b];
    depthA[p] = locations[3 * a + 1];
    depthB[p] = locations[3 * b + 1];
  }
  return { sessionA, sessionB, depthA, depthB };
}

export interface MotionEstimateOptions {
  /** Whether motion may change linearly with depth. */
  readonly linearCorrection: boolean;
}

export interface MotionEstimate {
  readonly motion: Motion;
  /** Sessions that no chain of pairs connects with most others, ascending; all, when there are no pairs. */
  readonly disconnected: readonly number[];
  /** Sessions, from 0, that pairs connect, ascending in each group; a session without pairs is a group of its own. */
  readonly groups: readonly (readonly number[])[];
}

/** Pivots or eigenvalues below this fraction of the largest do not determine anything. */
const SINGULAR = 1e-12;

/**
 * Least-squares motion from matched pairs. With `dy = y_b - y_a` and `d = (y_a + y_b) / 2`:
 * - rigid: `Σ ((p[s_b] - p[s_a]) - dy)²`, mean of p over sessions 0;
 * - linear: `Σ ((k[s_b] - k[s_a])·0.001·d + (b[s_b] - b[s_a]) - dy)²` with k of session 1 equal to 0, and the motion at the mean of
 *   d, `0.001·k·mean(d) + b`, of mean 0 over sessions.
 *
 * Both are linear problems and solved exactly, by the normal equations of each connected group of sessions. What the
 * pairs leave open is taken as small as possible: the motion at mean(d) has mean 0 in every group, k has mean 0 in the groups
 * without session 1, a session without pairs has motion 0, and where the depths of pairs are too few to tell k from b, the sum over
 * the sessions of the motion's mean square over depths is the smallest possible.
 *
 * @param pairs at least one, or the motion is 0
 * @param weights (pairs,) how often each pair counts; once, unless given
 * @throws RangeError when a session number is out of range or the sessions of a pair are the same
 */
export function estimateMotion(
  pairs: MotionPairs,
  sessionCount: number,
  options: MotionEstimateOptions,
  weights?: ArrayLike<number>,
): MotionEstimate {
  return new MotionProblem(pairs, sessionCount, options).solve(weights);
}

/** The normal equations of `estimateMotion`, for solving them with many sets of weights. */
export class MotionProblem {
  private readonly count: number;
  /** (pairs,) which couple of sessions a pair connects: lower · N + higher, from 0. */
  private readonly couple: Int32Array;
  /** (pairs,) motion from the lower to the higher session, µm. */
  private readonly dy: Float64Array;
  /** (pairs,) d, µm. */
  private readonly depth: Float64Array;
  /** Per couple: Σ w, Σ wd, Σ wd², Σ w·dy, Σ wd·dy, with d from the middle depth. */
  private readonly sums: Float64Array;
  private readonly middle: number;

  constructor(
    pairs: MotionPairs,
    private readonly sessionCount: number,
    private readonly options: MotionEstimateOptions,
  ) {
    const { sessionA, sessionB, depthA, depthB } = pairs;
    this.count = sessionA.length;
    this.couple = new Int32Array(this.count);
    this.dy = new Float64Array(this.count);
    this.depth = new Float64Array(this.count);
    for (let p = 0; p < this.count; p++) {
      const a = sessionA[p];
      const b = sessionB[p];
      if (!(a >= 1 && b >= 1 && a <= sessionCount && b <= sessionCount && a !== b)) {
        throw new RangeError(
          `estimateMotion: got a pair of sessions ${a} and ${b}, expected two different ones of 1 to ${sessionCount}`,
        );
      }
      this.couple[p] = (Math.min(a, b) - 1) * sessionCount + Math.max(a, b) - 1;
      this.dy[p] = a < b ? depthB[p] - depthA[p] : depthA[p] - depthB[p];
      this.depth[p] = (depthA[p] + depthB[p]) / 2;
    }
    this.middle = this.depth.reduce((sum, d) => sum + d, 0) / Math.max(1, this.count);
    for (let p = 0; p < this.count; p++) this.depth[p] -= this.middle;
    this.sums = new Float64Array(5 * sessionCount * sessionCount);
  }

  /** Smallest and largest d, µm; undefined without pairs. */
  depthRange(): readonly [number, number] | undefined {
    if (this.count === 0) return undefined;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const d of this.depth) {
      low = Math.min(low, d);
      high = Math.max(high, d);
    }
    return [low + this.middle, high + this.middle];
  }

  solve(weights?: ArrayLike<number>): MotionEstimate {
    const { sessionCount } = this;
    const moments = this.accumulate(weights);
    const slope = new Float64Array(sessionCount);
    const shift = new Float64Array(sessionCount);
    const groups = this.connectedGroups();
    for (const group of groups) this.solveGroup(group, moments, slope, shift);

    const meanDepth = this.middle + moments.mean;
    const linear = slope.map((k) => k / (LINEAR_SCALE * moments.deviation));
    const constant = shift.map((value, s) => value - LINEAR_SCALE * linear[s] * meanDepth);
    const motion = new Motion(
      sessionCount,
      this.options.linearCorrection ? { linear, constant } : { constant: shift },
    );
    return { motion, disconnected: disconnectedSessions(groups), groups };
  }

  /** Fills `sums`; returns mean and standard deviation of d from the middle depth. */
  private accumulate(weights?: ArrayLike<number>): { mean: number; deviation: number } {
    const { count, couple, dy, depth, sums } = this;
    sums.fill(0);
    for (let p = 0; p < count; p++) {
      const weight = weights ? weights[p] : 1;
      if (weight === 0) continue;
      const cell = 5 * couple[p];
      const weighted = weight * depth[p];
      sums[cell] += weight;
      sums[cell + 1] += weighted;
      sums[cell + 2] += weighted * depth[p];
      sums[cell + 3] += weight * dy[p];
      sums[cell + 4] += weighted * dy[p];
    }
    let [total, first, second] = [0, 0, 0];
    for (let cell = 0; cell < sums.length; cell += 5) {
      total += sums[cell];
      first += sums[cell + 1];
      second += sums[cell + 2];
    }
    if (total === 0) return { mean: 0, deviation: 1 };
    const mean = first / total;
    const variance = second / total - mean * mean;
    // Depths that differ by rounding alone have no deviation.
    const least = 1e-18 * (this.middle * this.middle + second / total);
    return { mean, deviation: variance > least ? Math.sqrt(variance) : 1 };
  }

  /** Groups of sessions (from 0, ascending) that pairs connect; a session without pairs is a group of its own. */
  private connectedGroups(): number[][] {
    const { sessionCount: n, sums } = this;
    const seen = new Uint8Array(n);
    const groups: number[][] = [];
    for (let first = 0; first < n; first++) {
      if (seen[first]) continue;
      seen[first] = 1;
      const group = [first];
      for (let at = 0; at < group.length; at++) {
        for (let other = 0; other < n; other++) {
          const couple = Math.min(group[at], other) * n + Math.max(group[at], other);
          if (seen[other] || !(sums[5 * couple] > 0)) continue;
          seen[other] = 1;
          group.push(other);
        }
      }
      groups.push(group.sort((a, b) => a - b));
    }
    return groups;
  }

  /**
   * Solves for one group, in terms of u = (d - mean(d)) / deviation: the motion is `slope·u + shift`, so that the norm of
   * (slope, shift) is the root of the motion's mean square over depths.
   */
  private solveGroup(
    group: readonly number[],
    { mean, deviation }: { mean: number; deviation: number },
    slope: Float64Array,
    shift: Float64Array,
  ): void {
    const m = group.length;
    if (m < 2) return;
    const { sums, sessionCount } = this;
    const parts = this.options.linearCorrection ? 2 : 1;
    const size = parts * m;
    const matrix = new Float64Array(size * size);
    const right = new Float64Array(size);
    for (let i = 0; i < m; i++) {
      for (let j = i + 1; j < m; j++) {
        const cell = 5 * (group[i] * sessionCount + group[j]);
        const weight = sums[cell];
        if (weight === 0) continue;
        const first = (sums[cell + 1] - mean * weight) / deviation;
        const second =
          (sums[cell + 2] - 2 * mean * sums[cell + 1] + mean * mean * weight) / (deviation * deviation);
        const dy = sums[cell + 3];
        const dyFirst = (sums[cell + 4] - mean * dy) / deviation;
        const block = parts === 1 ? [weight] : [weight, first, first, second];
        const moments = [dy, dyFirst];
        for (let p = 0; p < parts; p++) {
          const rowI = parts * i + p;
          const rowJ = parts * j + p;
          for (let q = 0; q < parts; q++) {
            const value = block[parts * p + q];
            matrix[rowI * size + parts * i + q] += value;
            matrix[rowJ * size + parts * j + q] += value;
            matrix[rowI * size + parts * j + q] -= value;
            matrix[rowJ * size + parts * i + q] -= value;
          }
          right[rowI] -= moments[p];
          right[rowJ] += moments[p];
        }
      }
    }
    const x = solveUpToConstants(matrix, right, parts);
    subtractMeans(x, parts);
    // The slope of session 1 is the reference of its group.
    const reference = parts === 2 && group[0] === 0 ? x[1] : 0;
    for (let i = 0; i < m; i++) {
      shift[group[i]] = x[parts * i];
      if (parts === 2) slope[group[i]] = x[parts * i + 1] - reference;
    }
  }
}

/**
 * Solves normal equations that determine each part (shift, slope) of the unknowns up to a constant: with the first session at 0
 * where that suffices, else the minimum-norm solution.
 */
function solveUpToConstants(matrix: Float64Array, right: Float64Array, parts: number): Float64Array {
  const size = right.length;
  const rest = size - parts;
  const reduced = new Float64Array(rest * rest);
  for (let i = 0; i < rest; i++) {
    const row = (i + parts) * size + parts;
    reduced.set(matrix.subarray(row, row + rest), i * rest);
  }
  if (!choleskyInPlace(reduced, rest, SINGULAR)) return solveMinimumNorm(matrix, size, right, SINGULAR);
  const x = right.slice();
  x.fill(0, 0, parts);
  choleskySolveInPlace(reduced, rest, x.subarray(parts));
  return x;
}

/** Takes its mean out of every part of (sessions, parts). */
function subtractMeans(x: Float64Array, parts: number): void {
  for (let part = 0; part < parts; part++) {
    let sum = 0;
    for (let i = part; i < x.length; i += parts) sum += x[i];
    const mean = sum / (x.length / parts);
    for (let i = part; i < x.length; i += parts) x[i] -= mean;
  }
}

/** Session numbers outside the largest group (the one with the lowest session among equals). */
function disconnectedSessions(groups: readonly number[][]): number[] {
  const largest = groups.reduce((best, group) => (group.length > best.length ? group : best), []);
  const placed = largest.length > 1 ? largest : [];
  return groups
    .filter((group) => group !== placed)
    .flat()
    .map((session) => session + 1)
    .sort((a, b) => a - b);
}
