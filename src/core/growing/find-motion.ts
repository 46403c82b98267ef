/** The motion of new sessions, found in rounds, and the similarities of their units under it. */
import type { RunContext } from '../context.ts';
import { largestChange, Motion, motionRange } from '../motion/motion.ts';
import type { MotionRound, UnitFeatures, UnitPairs } from '../result.ts';
import type { FeatureName, Settings } from '../settings.ts';
import { correctedDepths } from '../similarity/nearby-pairs.ts';
import { compareNew, releaseNew } from './compare-new.ts';
import type { ComparedWindows } from './compared-windows.ts';
import type { Established } from './established.ts';
import {
  commonDisplacement,
  displacementsOf,
  fittedDisplacement,
  mutualBest,
  type SessionDisplacements,
  solveNewSessions,
  weighted,
} from './new-motion.ts';
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

/** What a round found. */
export interface SearchFindings {
  /** The motion under which units were compared. */
  readonly motion: Motion;
  /** Of each new session. */
  readonly displacements: readonly SessionDisplacements[];
  /** Whether most of them may be wrong. */
  readonly rough: boolean;
}

/** Rounds that give out what they find, and go on with the motion that is concluded from it. */
export type SearchRounds = AsyncGenerator<SearchFindings, FoundMotion, Motion>;

/**
 * The motion of new sessions, and the similarities under it.
 *
 * @param searches of a result; or of several shanks that move together, whose old motion is the same: all find one motion
 * @returns what each of them found
 */
export async function findMotion(
  searches: readonly SearchRounds[],
  linearCorrection: boolean,
  context: RunContext,
): Promise<FoundMotion[]> {
  const ended: FoundMotion[] = [];
  let motion: Motion | undefined;
  while (ended.length === 0) {
    const findings: SearchFindings[] = [];
    for (const search of searches) {
      // The first step of a generator takes no value.
      const next = motion ? await search.next(motion) : await search.next();
      // All end in the same round, as they go on with the same motion.
      if (next.done) ended.push(next.value);
      else findings.push(next.value);
    }
    if (findings.length > 0) motion = conclude(findings, linearCorrection, context);
  }
  return ended;
}

function conclude(findings: readonly SearchFindings[], linearCorrection: boolean, context: RunContext) {
  const [{ motion, displacements, rough }] = findings;
  const pooled = displacements.map((_, session) => ({
    middles: findings.flatMap((one) => one.displacements[session].middles),
    motions: findings.flatMap((one) => one.displacements[session].motions),
  }));
  const solve = rough
    ? commonDisplacement
    : (found: SessionDisplacements) => fittedDisplacement(found, linearCorrection);
  return solveNewSessions(motion, pooled, solve, context);
}

/** The rounds of one search. */
export async function* searchRounds(
  established: Pick<Established, 'sessions' | 'sessionCount' | 'motion' | 'clustering'>,
  search: MotionSearch,
  { motionEstimation, clustering: { max_distance } }: Settings,
  context: RunContext,
): SearchRounds {
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
  const findings = (pairs: UnitPairs, used: Uint8Array, rough: boolean): SearchFindings => {
    const depths = { sessions, locations, motion, oldSessions: sessionCount };
    return { motion, displacements: displacementsOf(pairs, used, depths), rough };
  };
  const withOld = ({ units }: { readonly units: Int32Array }, marks: Uint8Array) =>
    marks.map((mark, p) => (units[2 * p] < oldUnits ? mark : 0));
  const say = (round: number, { constant }: Motion, matches: number, names: readonly FeatureName[]) => {
    const found = [...constant.subarray(sessionCount)].map((value) => value.toFixed(1));
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
  motion = yield findings(guess, best, true);
  say(1, motion, countOf(best), first);

  for (let i = 2; ; i++) {
    const compared = await compare(clustering.features, { between: max_distance, among: max_distance });
    const similarity = weighted(compared, clustering.weights);
    const matched = mutualBest(compared, similarity, sessions).map((is, p) =>
      is === 1 && similarity[p] > clustering.threshold ? 1 : 0,
    );
    const used = withOld(compared, matched);
    const found = yield findings(compared, used, false);
    const settled = largestChange(found, motion, channelLocations) < motionEstimation.motion_tol;
    const ended = settled || i === MOST_ROUNDS;
    // The motion that is kept is the one with which the waveforms were corrected.
    if (!ended) motion = found;
    say(i, motion, countOf(used), clustering.features);
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
