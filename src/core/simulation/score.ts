/** How well a tracking result agrees with known identities and known motion. */
import type { Motion } from '../motion/motion.ts';

export interface PairScore {
  /** Pairs of units of one neuron in different sessions. */
  readonly true: number;
  /** Pairs of units that share a label. */
  readonly found: number;
  /** Pairs that are both. */
  readonly correct: number;
  /** correct / found; 1 when nothing was found. */
  readonly precision: number;
  /** correct / true; 1 when there was nothing to find. */
  readonly recall: number;
  /** Harmonic mean of precision and recall; 0 when both are 0. */
  readonly f1: number;
}

export interface MotionError {
  /** Root of the mean square, µm. */
  readonly rms: number;
  /** Largest absolute error, µm. */
  readonly max: number;
}

export interface TrackingScore {
  readonly pairs: PairScore;
  /** Adjusted Rand index between labels and neurons; every unmatched unit is a cluster of its own. */
  readonly ari: number;
  /** Present when both motions were given. */
  readonly motionError?: MotionError;
}

export interface TrackingToScore {
  /** (units,) cluster of each unit; negative for unmatched units. */
  readonly labels: ArrayLike<number>;
  /** (units,) neuron of each unit. */
  readonly neuronId: ArrayLike<number>;
  /** (units,) session number of each unit. */
  readonly sessions: ArrayLike<number>;
  readonly motion?: Motion;
  readonly trueMotion?: Motion;
  /** (units, 3) µm; the motion error is taken at these depths. Without them: at depth 0, enough for rigid motion. */
  readonly locations?: ArrayLike<number>;
}

/**
 * Scores a tracking against the truth.
 * @throws RangeError when the arrays disagree in length, or motion that changes with depth comes without locations
 */
export function scoreTracking(tracking: TrackingToScore): TrackingScore {
  const { labels, neuronId, sessions, motion, trueMotion, locations } = tracking;
  const units = neuronId.length;
  for (const [name, length, expected] of [
    ['labels', labels.length, units],
    ['sessions', sessions.length, units],
    ['locations', locations?.length ?? 3 * units, 3 * units],
  ] as const) {
    if (length !== expected) {
      throw new RangeError(`scoreTracking: got ${length} ${name}, expected ${expected} for ${units} units`);
    }
  }
  const score = { pairs: scorePairs(labels, neuronId, sessions), ari: adjustedRandIndex(labels, neuronId) };
  if (!motion || !trueMotion) return score;
  if (!locations && (motion.isLinear || trueMotion.isLinear)) {
    throw new RangeError('scoreTracking: got motion that changes with depth, expected locations with it');
  }
  const depths = locations ? Array.from({ length: units }, (_, u) => locations[3 * u + 1]) : [0];
  return { ...score, motionError: motionError(motion, trueMotion, depths) };
}

function scorePairs(
  labels: ArrayLike<number>,
  neuronId: ArrayLike<number>,
  sessions: ArrayLike<number>,
): PairScore {
  const all = Array.from({ length: labels.length }, (_, u) => u);
  const labelled = all.filter((u) => labels[u] >= 0);
  const sharedNeuron = countPairs(all, (u) => `${neuronId[u]}`);
  const sharedNeuronSession = countPairs(all, (u) => `${neuronId[u]} ${sessions[u]}`);
  const found = countPairs(labelled, (u) => `${labels[u]}`);
  const sharedAll = countPairs(labelled, (u) => `${labels[u]} ${neuronId[u]}`);
  const sharedAllSession = countPairs(labelled, (u) => `${labels[u]} ${neuronId[u]} ${sessions[u]}`);
  const truePairs = sharedNeuron - sharedNeuronSession;
  const correct = sharedAll - sharedAllSession;
  const precision = found > 0 ? correct / found : 1;
  const recall = truePairs > 0 ? correct / truePairs : 1;
  const f1 = precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
  return { true: truePairs, found, correct, precision, recall, f1 };
}

/** Adjusted Rand index (Hubert & Arabie 1985, eq. 5); 1 for partitions that are the same. */
function adjustedRandIndex(labels: ArrayLike<number>, neuronId: ArrayLike<number>): number {
  const all = Array.from({ length: labels.length }, (_, u) => u);
  const cluster = (u: number) => (labels[u] >= 0 ? `${labels[u]}` : `alone ${u}`);
  const inClusters = countPairs(all, cluster);
  const inNeurons = countPairs(all, (u) => `${neuronId[u]}`);
  const inBoth = countPairs(all, (u) => `${cluster(u)} ${neuronId[u]}`);
  const possible = (all.length * (all.length - 1)) / 2;
  const expected = possible > 0 ? (inClusters * inNeurons) / possible : 0;
  const largest = (inClusters + inNeurons) / 2;
  return largest === expected ? 1 : (inBoth - expected) / (largest - expected);
}

/** Pairs of units with the same key. */
function countPairs(units: readonly number[], key: (unit: number) => string): number {
  const sizes = new Map<string, number>();
  for (const unit of units) sizes.set(key(unit), (sizes.get(key(unit)) ?? 0) + 1);
  let pairs = 0;
  for (const size of sizes.values()) pairs += (size * (size - 1)) / 2;
  return pairs;
}

/**
 * Error of an estimated motion, over all sessions at every depth. At each depth the mean difference over the sessions is
 * taken off first: tracking cannot know it, and does not depend on it.
 *
 * @param depths y of units or channels, µm
 * @throws RangeError when the motions have different numbers of sessions
 */
export function motionError(motion: Motion, trueMotion: Motion, depths: ArrayLike<number>): MotionError {
  const sessions = trueMotion.sessionCount;
  if (motion.sessionCount !== sessions) {
    throw new RangeError(`motionError: got motion of ${motion.sessionCount} sessions, expected ${sessions}`);
  }
  let sum = 0;
  let max = 0;
  for (let i = 0; i < depths.length; i++) {
    const errors = Array.from(
      { length: sessions },
      (_, s) => motion.getMotion(s + 1, depths[i]) - trueMotion.getMotion(s + 1, depths[i]),
    );
    const mean = errors.reduce((a, b) => a + b, 0) / sessions;
    for (const error of errors) {
      sum += (error - mean) ** 2;
      max = Math.max(max, Math.abs(error - mean));
    }
  }
  const count = depths.length * sessions;
  return { rms: count > 0 ? Math.sqrt(sum / count) : 0, max };
}
