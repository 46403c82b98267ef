/** The rounds of motion estimation: cluster, infer how the probe moved from the matches, correct the waveforms, repeat. */
import { describingArrays, type Kept, notingWarnings, type Step } from '../checkpoints.ts';
import { matchedPairs } from '../clustering/candidate-similarities.ts';
import { clusterIteratively, type IterativeClustering } from '../clustering/iterative-clustering.ts';
import type { RunContext } from '../context.ts';
import type { Dataset } from '../dataset.ts';
import { InputError } from '../errors.ts';
import type { MotionBand, MotionRound, UnitFeatures } from '../result.ts';
import type { Settings } from '../settings.ts';
import type { Comparison, Correction } from '../similarity/comparison.ts';
import { alikePairs } from './alike-pairs.ts';
import { bootstrapMotion } from './bootstrap.ts';
import type { Bridge, BridgedEstimate } from './bridge-groups.ts';
import { estimateMotion, type MotionPairs, pairsOfUnits } from './estimate-motion.ts';
import { followJumps, type JumpFindings } from './follow-jumps.ts';
import { largestChange, Motion, motionRange, type PlainMotion } from './motion.ts';
import { motionRoundCount } from './motion-feature-sets.ts';

/** Seed of the bootstrap: the same input gives the same band. */
const BOOTSTRAP_SEED = 20260101;

export interface MotionLoopResult extends Correction {
  readonly rounds: readonly MotionRound[];
}

/** What is kept of the loop after every round. */
interface KeptLoop {
  readonly rounds: readonly (Omit<MotionRound, 'motion'> & { readonly motion?: PlainMotion })[];
  /** What to go on with. */
  readonly motion: PlainMotion;
  /** What the last round worked with, if that was not the initial state. */
  readonly before?: PlainMotion;
  /** Whether the loop has ended. */
  readonly ended: boolean;
  readonly warnings: readonly string[];
}

/** What the units told in a round. */
export interface RoundFindings extends JumpFindings {
  /** Pairs of units that share a cluster, in this round and in the one before. */
  readonly matches: number;
  readonly previousMatches: number;
}

/** What is concluded from it: a motion, or that the matches did not grow and the loop ends one motion back. */
export type RoundConclusion =
  | (BridgedEstimate & { readonly bands: readonly MotionBand[] })
  | { readonly previousMatches: number };

/** Rounds that give out what they find, and go on with what is concluded from it. */
export type MotionRounds = AsyncGenerator<RoundFindings, MotionLoopResult, RoundConclusion>;

/**
 * Estimates the motion of the probe (`docs/methods.md`, step 7).
 *
 * @param given a motion that is known from elsewhere: the first round then starts from it
 * @throws InputError when a motion is given and the first feature set lacks Waveform
 */
export async function runMotionLoop(
  dataset: Pick<Dataset, 'sessions' | 'sessionCount' | 'probe'>,
  features: UnitFeatures,
  comparison: Comparison,
  settings: Settings,
  context: RunContext,
  given?: Motion,
): Promise<MotionLoopResult> {
  const rounds = motionRounds(dataset, features, comparison, settings, context, given);
  const { linear_correction: linearCorrection } = settings.waveformCorrection;
  let next = await rounds.next();
  while (!next.done)
    next = await rounds.next(conclude(next.value, dataset.sessionCount, settings, linearCorrection));
  return next.value;
}

/** What follows from a round. */
export function conclude(
  findings: RoundFindings,
  sessionCount: number,
  { motionEstimation: { stop_rule, stop_early, bridge_jumps, search_distance } }: Settings,
  linearCorrection: boolean,
): RoundConclusion {
  const { pairs, matches, previousMatches } = findings;
  if (stop_rule !== 'converged' && stop_early && matches <= previousMatches) return { previousMatches };
  const estimate = estimateMotion(pairs, sessionCount, { linearCorrection });
  const bands = bootstrapMotion(pairs, sessionCount, { linearCorrection, seed: BOOTSTRAP_SEED });
  if (!bridge_jumps) return { ...estimate, bridges: [], bands };
  const bridged = followJumps(estimate, findings, linearCorrection, search_distance);
  const moved = (values: Float64Array) =>
    values.map((value, s) => value + bridged.motion.constant[s] - estimate.motion.constant[s]);
  return {
    ...bridged,
    bands: bands.map((band) => ({
      ...band,
      estimate: moved(band.estimate),
      lower: moved(band.lower),
      upper: moved(band.upper),
    })),
  };
}

/** The rounds of `runMotionLoop`, for several shanks to go through together. */
export async function* motionRounds(
  dataset: Pick<Dataset, 'sessions' | 'sessionCount' | 'probe'>,
  features: UnitFeatures,
  comparison: Comparison,
  settings: Settings,
  runContext: RunContext,
  given?: Motion,
): MotionRounds {
  const { context, warnings } = notingWarnings(runContext);
  const { motionEstimation } = settings;
  const sets = motionEstimation.features;
  if (given && !sets[0].includes('Waveform')) {
    throw new InputError({
      where: 'settings, setting "motionEstimation.features"',
      found: `[${sets[0].join(', ')}] as the first feature set, together with waveformCorrection.path_to_motion`,
      expected: 'Waveform among the first feature set',
      remedy:
        'A given motion corrects the waveforms of the first round: add Waveform, or leave the motion out.',
    });
  }
  const still = new Motion(dataset.sessionCount);
  let state: Correction = given
    ? await comparison.correct(given)
    : { motion: still, corrected: await comparison.uncorrected() };
  let before: Correction | undefined;
  const rounds: MotionRound[] = [];
  const sessionUnits = new Int32Array(dataset.sessionCount);
  for (const session of dataset.sessions) sessionUnits[session - 1]++;
  const roundCount = motionRoundCount(settings);
  const byConvergence = motionEstimation.stop_rule === 'converged';

  const step = motionStep(dataset, features, settings, given);
  const keep = (next: Motion, previous: Motion | undefined, ended: boolean) =>
    context.checkpoints?.save(step, {
      rounds: rounds.map((round) => ({ ...round, motion: round.motion?.plain }) as unknown as Kept),
      motion: { ...next.plain },
      before: previous && { ...previous.plain },
      ended,
      warnings: [...warnings],
    });
  const kept = await context.checkpoints?.load<KeptLoop>(step);
  if (kept) {
    for (const text of kept.warnings) context.onEvent?.({ kind: 'warning', text });
    rounds.push(
      ...kept.rounds.map((round) => ({ ...round, motion: round.motion && Motion.of(round.motion) })),
    );
    if (!byConvergence && !kept.ended)
      before = kept.before ? await comparison.correct(Motion.of(kept.before)) : state;
    state = await comparison.correct(Motion.of(kept.motion));
    if (kept.ended) return { rounds, ...state };
  }

  for (let i = rounds.length + 1; i <= roundCount; i++) {
    const names = sets[Math.min(i, sets.length) - 1];
    const similarities = await comparison.compare(names, state, motionEstimation.max_distance, 'motion');
    const clustering = await clusterIteratively(
      { sessionCount: dataset.sessionCount, similarities },
      { nIter: settings.clustering.n_iter, weightTol: settings.clustering.weight_tol },
      context,
    );
    const matches = countMatches(clustering.labels, clustering.clusterCount);
    log(context, `Round ${i}: ${matches} matched pairs with ${names.join(', ')}.`);

    const round = describeRound(clustering, dataset.sessions, matches);
    const pairs = usedPairs(round, dataset.sessions, features.locations);
    const conclusion = yield {
      pairs,
      matches,
      previousMatches: rounds.at(-1)?.matches ?? Number.NEGATIVE_INFINITY,
      sessionUnits,
      alikePairs: ({ motion, groups }, distance) =>
        // Sites that only some sessions recorded look like a jump.
        dataset.probe.recorded
          ? pairsOfUnits([], dataset.sessions, features.locations)
          : alikePairs(
              { similarities, sessions: dataset.sessions, locations: features.locations },
              groupOfSessions(groups, dataset.sessionCount),
              { motion, distance },
            ),
    };
    if (!('motion' in conclusion)) {
      rounds.push(round);
      const { previousMatches } = conclusion;
      log(context, `Round ${i}: matches did not grow (${previousMatches} before); stepping back one motion.`);
      // `before` holds what the previous round worked with.
      const back = before as Correction;
      comparison.retire(state, back);
      await keep(back.motion, undefined, true);
      return { rounds, ...(back.corrected.interpolated ? back : await comparison.correct(back.motion)) };
    }

    const { motion, disconnected, bridges, bands } = conclusion;
    for (const bridge of bridges) log(context, `Round ${i}: ${bridgeText(bridge)}`);
    warnDisconnected(context, i, disconnected);
    rounds.push({ ...round, motion, bands });
    const [low, high] = motionRange(motion, dataset.probe.locations);
    log(
      context,
      `Round ${i}: motion from ${pairs.sessionA.length} pairs, ${low.toFixed(1)} to ${high.toFixed(1)} µm.`,
    );

    const change = largestChange(motion, state.motion, dataset.probe.locations);
    if (byConvergence) {
      // Nothing is ever taken back: the old waveforms make room for the new ones.
      if (!motion.equals(state.motion)) comparison.retire(state, undefined);
      state = await comparison.correct(motion, state);
    } else {
      // Only this round can be gone back to from now on: what the one before worked with makes room.
      if (before) comparison.retire(before, state);
      before = state;
      state = await comparison.correct(motion, before);
    }
    const converged = byConvergence && i >= 2 && change < motionEstimation.motion_tol;
    const previous = before?.corrected.interpolated ? before.motion : undefined;
    await keep(motion, previous, converged || i === roundCount);
    if (converged) {
      log(context, `Round ${i}: the motion changed by ${change.toFixed(2)} µm: converged.`);
      break;
    }
  }
  return { rounds, ...state };
}

/** The whole loop as one step: its rounds follow from one another. */
function motionStep(
  dataset: Pick<Dataset, 'sessions' | 'probe'>,
  features: UnitFeatures,
  settings: Settings,
  given: Motion | undefined,
): Step {
  const { path_to_motion: _, ...waveformCorrection } = settings.waveformCorrection;
  const { features: _features, max_distance: _distance, ...clustering } = settings.clustering;
  const { centering_waveforms, motionEstimation } = settings;
  return {
    name: 'motion',
    title: 'the motion',
    settings: { centering_waveforms, waveformCorrection, motionEstimation, clustering },
    from: [...describingArrays(dataset, features), given?.linear, given?.constant],
  };
}

function log(context: RunContext, text: string): void {
  context.onEvent?.({ kind: 'log', text });
}

/** (sessions,) place of the group of each session; the largest group is 0. */
function groupOfSessions(groups: readonly (readonly number[])[], sessionCount: number): Int32Array {
  const groupOf = new Int32Array(sessionCount);
  const bySize = [...groups].sort((a, b) => b.length - a.length || a[0] - b[0]);
  for (const [g, group] of bySize.entries()) for (const session of group) groupOf[session] = g;
  return groupOf;
}

const bridgeText = ({ sessions, shift, pairs, agreeing }: Bridge) =>
  `hardly any matched pairs connect session${sessions.length > 1 ? 's' : ''} ${sessions.join(', ')} with the others: moved by ${shift.toFixed(1)} µm, ` +
  `on which ${agreeing} of ${pairs} pairs of alike units agree.`;

function warnDisconnected(context: RunContext, round: number, sessions: readonly number[]): void {
  if (sessions.length === 0) return;
  const text = `Round ${round}: no matched pairs connect session${sessions.length > 1 ? 's' : ''} ${sessions.join(', ')} with the others; the motion there is not known relative to them.`;
  context.onEvent?.({ kind: 'warning', text });
}

/** Pairs of units that share a cluster: Σ size·(size − 1)/2. */
function countMatches(labels: Int32Array, clusterCount: number): number {
  const sizes = new Float64Array(clusterCount);
  for (const label of labels) if (label >= 0) sizes[label]++;
  return sizes.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
}

function describeRound(clustering: IterativeClustering, sessions: Int32Array, matches: number): MotionRound {
  const { pairs, pairSimilarity, labels, threshold } = clustering;
  const pairMatched = matchedPairs(labels, pairs);
  const pairUsed = new Uint8Array(pairs.count);
  for (let p = 0; p < pairs.count; p++) {
    const apart = sessions[pairs.units[2 * p]] !== sessions[pairs.units[2 * p + 1]];
    pairUsed[p] = pairMatched[p] && apart && pairSimilarity[p] > threshold ? 1 : 0;
  }
  return {
    features: clustering.features,
    weights: clustering.weights,
    threshold,
    matches,
    pairs,
    pairSimilarity,
    pairMatched,
    pairUsed,
    bands: [],
  };
}

export function usedPairs(round: MotionRound, sessions: Int32Array, locations: Float64Array): MotionPairs {
  const { pairs, pairUsed } = round;
  const used = new Int32Array(2 * pairUsed.reduce((sum, one) => sum + one, 0));
  let at = 0;
  for (let p = 0; p < pairs.count; p++) {
    if (!pairUsed[p]) continue;
    used[at++] = pairs.units[2 * p];
    used[at++] = pairs.units[2 * p + 1];
  }
  return pairsOfUnits(used, sessions, locations);
}
