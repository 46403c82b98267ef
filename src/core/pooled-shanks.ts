/** Shanks of one probe move together: one motion of all, from the matched pairs of all. */
import { notingWarnings } from './checkpoints.ts';
import { inStage, type RunContext } from './context.ts';
import type { Dataset } from './dataset.ts';
import type { MotionPairs } from './motion/estimate-motion.ts';
import type { Motion } from './motion/motion.ts';
import { conclude, type MotionLoopResult, motionRounds, type RoundFindings } from './motion/motion-loop.ts';
import type { ShankResult, UnitFeatures } from './result.ts';
import type { Settings } from './settings.ts';
import type { Comparison } from './similarity/comparison.ts';
import { trackWithMotion } from './track.ts';

/** A shank that is being tracked. */
export interface OpenShank {
  readonly shankId: number;
  /** Indices of its units among all. */
  readonly units: Int32Array;
  readonly dataset: Pick<Dataset, 'units' | 'sessions' | 'sessionCount' | 'probe'>;
  readonly features: UnitFeatures;
  readonly comparison: Comparison;
  readonly context: RunContext;
}

/**
 * Tracks shanks with one motion, one shift per session for all: every shank does a round, their pairs are pooled, and all go on
 * with the motion that follows from them. The waveforms of all shanks are in memory at once, and the rounds are not kept for a
 * run that is resumed.
 *
 * @param shanks at least one
 */
export async function trackPooled(
  shanks: readonly OpenShank[],
  settings: Settings,
  context: RunContext,
  given?: Motion,
): Promise<ShankResult[]> {
  if (settings.waveformCorrection.linear_correction) {
    context.onEvent?.({
      kind: 'warning',
      text: 'The motion of pooled shanks is one shift per session: waveformCorrection.linear_correction does not count with motionEstimation.pool_shanks "rigid".',
    });
  }
  const noted = shanks.map((shank) => notingWarnings(shank.context));
  const [{ dataset }] = shanks;
  const loops = await inStage(context, 'motion', async () => {
    const rounds = shanks.map((shank, i) => {
      const unkept: RunContext = { ...noted[i].context, checkpoints: undefined };
      return motionRounds(shank.dataset, shank.features, shank.comparison, settings, unkept, given);
    });
    const ended: MotionLoopResult[] = [];
    let findings: RoundFindings[] = [];
    for (let round = 0; ended.length === 0; round++) {
      const conclusion =
        round > 0 ? conclude(pool(findings), dataset.sessionCount, settings, false) : undefined;
      findings = [];
      for (const shank of rounds) {
        // The first step of a generator takes no value.
        const next = conclusion ? await shank.next(conclusion) : await shank.next();
        // The rounds of all shanks end with the same conclusion.
        if (next.done) ended.push(next.value);
        else findings.push(next.value);
      }
    }
    return ended;
  });
  const results: ShankResult[] = [];
  for (const [i, { shankId, units, dataset: own, features, comparison }] of shanks.entries()) {
    const { context: shankContext, warnings } = noted[i];
    const tracked = await trackWithMotion(own, features, comparison, loops[i], settings, shankContext);
    results.push({ shankId, units, result: { ...tracked, warnings } });
  }
  return results;
}

/** The findings of several shanks as those of one. */
export function pool(findings: readonly RoundFindings[]): RoundFindings {
  return {
    pairs: joinPairs(findings.map(({ pairs }) => pairs)),
    sessionUnits: findings[0].sessionUnits.map((_, s) =>
      findings.reduce((sum, { sessionUnits }) => sum + sessionUnits[s], 0),
    ),
    alikePairs: (estimate, distance) =>
      joinPairs(findings.map(({ alikePairs }) => alikePairs(estimate, distance))),
    matches: findings.reduce((sum, { matches }) => sum + matches, 0),
    previousMatches: findings.reduce((sum, { previousMatches }) => sum + previousMatches, 0),
  };
}

function joinPairs(parts: readonly MotionPairs[]): MotionPairs {
  const numbers = (of: (pairs: MotionPairs) => Int32Array) =>
    Int32Array.from(parts.flatMap((pairs) => Array.from(of(pairs))));
  const depths = (of: (pairs: MotionPairs) => Float64Array) =>
    Float64Array.from(parts.flatMap((pairs) => Array.from(of(pairs))));
  return {
    sessionA: numbers((pairs) => pairs.sessionA),
    sessionB: numbers((pairs) => pairs.sessionB),
    depthA: depths((pairs) => pairs.depthA),
    depthB: depths((pairs) => pairs.depthB),
  };
}

/** Pairs per session below which the shift of a session is uncertain by several µm: units lie some 10 µm from where they are found. */
const FEW_PAIRS_PER_SESSION = 10;

/** Offers to pool shanks where one alone has few pairs to tell its motion from. */
export function warnOfFewPairs(
  shanks: readonly ShankResult[],
  sessionCount: number,
  { onEvent }: RunContext,
): void {
  if (shanks.length < 2 || sessionCount < 2) return;
  const few = shanks.flatMap(({ shankId, result }) => {
    const used = result.rounds.findLast(({ motion }) => motion !== undefined)?.pairUsed;
    const count = used?.reduce((sum, one) => sum + one, 0) ?? 0;
    return count < FEW_PAIRS_PER_SESSION * (sessionCount - 1) ? [`${shankId} (${count} pairs)`] : [];
  });
  if (few.length === 0) return;
  onEvent?.({
    kind: 'warning',
    text: `Few matched pairs to tell the motion over ${sessionCount} sessions from, on shank ${few.join(', ')}: with motionEstimation.pool_shanks "rigid" it is told from the pairs of all shanks.`,
  });
}
