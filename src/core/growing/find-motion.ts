/** The motion of new sessions, found in rounds, and the similarities of their units under it. */
import type { RunContext } from '../context.ts';
import { type MotionPairs, pairsOfUnits } from '../motion/estimate-motion.ts';
import { largestChange, Motion, motionRange } from '../motion/motion.ts';
import type { MotionRound, UnitFeatures, UnitPairs } from '../result.ts';
import type { FeatureName, Settings } from '../settings.ts';
import { correctedDepths } from '../similarity/nearby-pairs.ts';
import { compareNew, releaseNew } from './compare-new.ts';
import type { ComparedWindows } from './compared-windows.ts';
import type { Established } from './established.ts';
import {
  fitNewSessions,
  type KnownMotion,
  mutualBest,
  placeNewSessions,
  type SolvedMotion,
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
  /** What was known before. */
  readonly before: KnownMotion;
  /** Pairs of units that may be one neuron. */
  readonly pairs: MotionPairs;
  /** Where most of the pairs may be wrong: how far apart in depth their units are, at most, µm. */
  readonly rough?: number;
}

/** Rounds that give out what they find, and go on with the motion that is concluded from it. */
export type SearchRounds = AsyncGenerator<SearchFindings, FoundMotion, SolvedMotion>;

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
  let solved: SolvedMotion | undefined;
  let before: KnownMotion | undefined;
  while (ended.length === 0) {
    const findings: SearchFindings[] = [];
    for (const search of searches) {
      // The first step of a generator takes no value.
      const next = solved ? await search.next(solved) : await search.next();
      // All end in the same round, as they go on with the same motion.
      if (next.done) ended.push(next.value);
      else findings.push(next.value);
    }
    if (findings.length === 0) break;
    solved = conclude(findings, linearCorrection);
    [{ before }] = findings;
  }
  if (solved && before) warnOfUnknown(ended[0].motion, before.stays, solved.known, context);
  return ended;
}

function conclude(findings: readonly SearchFindings[], linearCorrection: boolean): SolvedMotion {
  const [{ before, rough }] = findings;
  const pairs = pooled(findings.map((one) => one.pairs));
  return rough === undefined
    ? fitNewSessions(before, pairs, linearCorrection)
    : placeNewSessions(before, pairs, rough);
}

function pooled(all: readonly MotionPairs[]): MotionPairs {
  if (all.length === 1) return all[0];
  const join = (of: (pairs: MotionPairs) => Iterable<number>) => all.flatMap((pairs) => [...of(pairs)]);
  return {
    sessionA: Int32Array.from(join(({ sessionA }) => sessionA)),
    sessionB: Int32Array.from(join(({ sessionB }) => sessionB)),
    depthA: Float64Array.from(join(({ depthA }) => depthA)),
    depthB: Float64Array.from(join(({ depthB }) => depthB)),
  };
}

function warnOfUnknown(
  { sessionCount, constant }: Motion,
  old: ReadonlySet<number>,
  known: ReadonlySet<number>,
  context: RunContext,
): void {
  for (let session = 1; session <= sessionCount; session++) {
    if (old.has(session) || known.has(session)) continue;
    const assumed = constant[session - 1].toFixed(1);
    context.onEvent?.({
      kind: 'warning',
      text: `Session ${session}: too few of its units match those of other sessions to tell its motion; ${assumed} µm is assumed.`,
    });
  }
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
  const oldSessions = new Set(Array.from({ length: sessionCount }, (_, s) => s + 1));
  let motion = new Motion(sessionCount + newSessions, {
    linearScale: known.linearScale,
    linear: [...known.linear, ...still],
    constant: [...known.constant, ...still],
  });
  const findings = (
    { units }: UnitPairs,
    used: Uint8Array,
    rough?: number,
    stays: ReadonlySet<number> = oldSessions,
  ): SearchFindings => {
    const list: number[] = [];
    for (let p = 0; p < used.length; p++) if (used[p]) list.push(units[2 * p], units[2 * p + 1]);
    return { before: { motion, stays }, pairs: pairsOfUnits(list, sessions, locations), rough };
  };
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
  const alikePairs = async (reach: PairReach) => {
    const compared = await compare(first, reach);
    const equal = first.map(() => 1 / first.length);
    return [compared, mutualBest(compared, weighted(compared, equal), sessions)] as const;
  };
  const start = motion;
  let placed: SolvedMotion = { motion, known: new Set() };
  let count = 0;
  for (const reach of firstReaches(
    newSessions,
    motionEstimation.max_distance + high - low,
    motionEstimation,
  )) {
    if (placed.known.size === newSessions) break;
    // What is sure stays, the rest is looked for again.
    motion = mixed(placed.known, placed.motion, start);
    const [alike, best] = await alikePairs(reach);
    const stays = new Set([...oldSessions, ...placed.known]);
    const found = yield findings(alike, best, reach.between, stays);
    const known = new Set([...placed.known, ...found.known]);
    const taken = reach.onlySure ? mixed(known, found.motion, placed.motion) : found.motion;
    placed = { motion: taken, known };
    count = countOf(best);
  }
  motion = placed.motion;
  say(1, motion, count, first);

  for (let i = 2; ; i++) {
    const compared = await compare(clustering.features, { between: max_distance, among: max_distance });
    const similarity = weighted(compared, clustering.weights);
    const matched = mutualBest(compared, similarity, sessions).map((is, p) =>
      is === 1 && similarity[p] > clustering.threshold ? 1 : 0,
    );
    const { motion: found } = yield findings(compared, matched);
    const settled = largestChange(found, motion, channelLocations) < motionEstimation.motion_tol;
    const ended = settled || i === MOST_ROUNDS;
    // The motion that is kept is the one with which the waveforms were corrected.
    if (!ended) motion = found;
    say(i, motion, countOf(matched), clustering.features);
    if (!ended) continue;
    const round: MotionRound = {
      features: clustering.features,
      weights: clustering.weights,
      threshold: clustering.threshold,
      matches: countOf(matched),
      pairs: { count: compared.count, units: compared.units },
      pairSimilarity: similarity,
      pairMatched: matched,
      pairUsed: matched,
      motion,
      bands: [],
    };
    return { motion, round, compared };
  }
}

/**
 * How far apart units are at most that are compared to place the new sessions, until all are: with old units where the probe has been; with
 * each other too, as sessions are most like those next to them; and where the probe may have jumped.
 */
function firstReaches(
  newSessions: number,
  usual: number,
  { features, bridge_jumps, search_distance }: Settings['motionEstimation'],
): (PairReach & { readonly onlySure: boolean })[] {
  const several = newSessions > 1;
  const wide = usual + search_distance;
  // Waveforms tell nothing of two places of the probe.
  const mayJump = bridge_jumps && !firstFeatures(features[0]).includes('Waveform');
  return [
    { between: usual, among: -1, onlySure: false },
    ...(several ? [{ between: usual, among: usual, onlySure: false }] : []),
    ...(mayJump ? [{ between: wide, among: several ? wide : -1, onlySure: true }] : []),
  ];
}

/** A motion, but that of sessions that are not among some from another one. */
function mixed(some: ReadonlySet<number>, motion: Motion, others: Motion): Motion {
  const pick = (of: (motion: Motion) => Float64Array) =>
    of(motion).map((value, s) => (some.has(s + 1) ? value : of(others)[s]));
  return new Motion(motion.sessionCount, {
    linearScale: motion.linearScale,
    linear: pick(({ linear }) => linear),
    constant: pick(({ constant }) => constant),
  });
}

const countOf = (marks: Uint8Array) => marks.reduce((sum, mark) => sum + mark, 0);

/** Those of a feature set that do not depend on the motion, if there are any. */
function firstFeatures(set: readonly FeatureName[]): readonly FeatureName[] {
  const independent = set.filter((name) => name !== 'Waveform');
  return independent.length > 0 ? independent : set;
}
