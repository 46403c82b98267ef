/** The motion of new sessions, found in rounds, and the similarities of their units under it. */
import type { RunContext } from '../context.ts';
import { largestChange, Motion, motionRange } from '../motion/motion.ts';
import type { MotionRound, UnitFeatures } from '../result.ts';
import type { FeatureName, Settings } from '../settings.ts';
import { correctedDepths } from '../similarity/nearby-pairs.ts';
import { compareNew, releaseNew } from './compare-new.ts';
import type { ComparedWindows } from './compared-windows.ts';
import type { Established } from './established.ts';
import { commonDisplacement, fittedMotion, mutualBest, weighted } from './new-motion.ts';
import { type ComparedPairs, listNewPairs, newPairs, type PairReach } from './new-pairs.ts';

const MOST_ROUNDS = 10;

export interface MotionSearch {
  /** Of all units, old ones first. */
  readonly features: UnitFeatures;
  /** (units,) session numbers, 1..N. */
  readonly sessions: Int32Array;
  readonly newSessions: number;
  readonly channelLocations: Float64Array;
  /** (channels, n) nearest channels of every channel, itself first. */
  readonly neighbours: Int32Array;
  /** The old units that new ones are compared with. */
  readonly representatives: Int32Array;
  /** Their windows and those of the new units under a motion. Those of the call before must not be used any more. */
  readonly windows: (motion: Motion) => Promise<ComparedWindows>;
}

export interface FoundMotion {
  readonly motion: Motion;
  /** The last round. */
  readonly round: MotionRound;
  /** The pairs that were compared under that motion, by the features of the clustering. */
  readonly compared: ComparedPairs;
}

export async function findMotion(
  established: Pick<Established, 'sessions' | 'sessionCount' | 'motion' | 'clustering'>,
  search: MotionSearch,
  { motionEstimation, waveformCorrection, clustering: { max_distance } }: Settings,
  context: RunContext,
): Promise<FoundMotion> {
  const { features, sessions, newSessions, channelLocations, representatives } = search;
  const { clustering, motion: known, sessionCount } = established;
  const { locations } = features;
  const oldUnits = established.sessions.length;
  const still = new Array<number>(newSessions).fill(0);
  let motion = new Motion(sessionCount + newSessions, {
    linearScale: known.linearScale,
    linear: [...known.linear, ...still],
    constant: [...known.constant, ...still],
  });
  const depths = () => ({ sessions, locations, motion, oldSessions: sessionCount });
  const withOld = ({ units }: { readonly units: Int32Array }, marks: Uint8Array) =>
    marks.map((mark, p) => (units[2 * p] < oldUnits ? mark : 0));
  const say = (round: number, matches: number, names: readonly FeatureName[]) => {
    const found = [...motion.constant.subarray(sessionCount)].map((value) => value.toFixed(1));
    const text = `Round ${round}: motion of the new sessions from ${matches} pairs with ${names.join(', ')}: ${found.join(', ')} µm.`;
    context.onEvent?.({ kind: 'log', text });
  };
  const compare = async (names: readonly FeatureName[], reach: PairReach): Promise<ComparedPairs> => {
    const corrected = correctedDepths(locations, sessions, motion);
    const pairs = newPairs(reach, oldUnits, representatives, sessions, corrected);
    const compared = { ...search, windows: () => search.windows(motion) };
    const similarities = await compareNew(names, pairs, compared, context);
    const list = listNewPairs(pairs, oldUnits, similarities);
    releaseNew(similarities, context);
    return list;
  };

  // Nothing is known of the new sessions at first: their probe may be anywhere it has been.
  const first = firstFeatures(motionEstimation.features[0]);
  const [low, high] = motionRange(known, channelLocations);
  // It follows from pairs with old units alone.
  const guess = await compare(first, { between: motionEstimation.max_distance + high - low, among: -1 });
  const equal = weighted(
    guess,
    first.map(() => 1 / first.length),
  );
  const best = withOld(guess, mutualBest(guess, equal, sessions));
  motion = commonDisplacement(guess, best, depths(), context);
  say(1, countOf(best), first);

  for (let i = 2; ; i++) {
    const compared = await compare(clustering.features, { between: max_distance, among: max_distance });
    const similarity = weighted(compared, clustering.weights);
    const matched = mutualBest(compared, similarity, sessions).map((is, p) =>
      is === 1 && similarity[p] > clustering.threshold ? 1 : 0,
    );
    const used = withOld(compared, matched);
    const found = fittedMotion(compared, used, depths(), waveformCorrection.linear_correction, context);
    const settled = largestChange(found, motion, channelLocations) < motionEstimation.motion_tol;
    const ended = settled || i === MOST_ROUNDS;
    // The motion that is kept is the one with which the waveforms were corrected.
    if (!ended) motion = found;
    say(i, countOf(used), clustering.features);
    if (!ended) continue;
    const round: MotionRound = {
      features: clustering.features,
      weights: clustering.weights,
      threshold: clustering.threshold,
      matches: countOf(matched),
      pairs: { count: compared.count, units: compared.units },
      pairSimilarity: similarity,
      pairMatched: matched,
      pairUsed: used,
      motion,
      bands: [],
    };
    return { motion, round, compared };
  }
}

const countOf = (marks: Uint8Array) => marks.reduce((sum, mark) => sum + mark, 0);

/** Those of a feature set that do not depend on the motion, if there are any. */
function firstFeatures(set: readonly FeatureName[]): readonly FeatureName[] {
  const independent = set.filter((name) => name !== 'Waveform');
  return independent.length > 0 ? independent : set;
}
