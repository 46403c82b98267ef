/** What a person should know before trusting a tracking. */
import type { MatchConfidence } from '../confidence/match-confidence.ts';
import { overSplitSessions } from '../confidence/over-split.ts';
import type { Motion } from '../motion/motion.ts';
import type { ClusteringResult, CurationResult, MotionRound, UnitFeatures, UnitPairs } from '../result.ts';
import { correctedDepths } from '../similarity/nearby-pairs.ts';
import { sessionLinks, unfittingSessions } from './session-links.ts';

export interface TrackingToCheck {
  readonly sessions: Int32Array;
  readonly sessionCount: number;
  readonly features: Pick<UnitFeatures, 'locations'>;
  readonly rounds: readonly MotionRound[];
  readonly motion: Motion;
  readonly clustering: Pick<ClusteringResult, 'features' | 'weights'>;
  /** Pairs of nearby units, between sessions and within. */
  readonly pairs: UnitPairs;
  /** (P,) weighted similarity of the pairs. */
  readonly pairSimilarity: Float64Array;
  readonly curation: Pick<CurationResult, 'labels' | 'matchedPairs'>;
  readonly confidence: MatchConfidence;
}

/** Half the width of the 95 % band of a motion that is hardly known, µm, and the number of pairs that are few. */
const UNCERTAIN_UM = 15;
const FEW_PAIRS = 8;
/** A weight smaller than this, of weights that sum to 1, does nothing. */
const NO_WEIGHT = 0.02;
/** A unit this far from the others of its neuron, µm and multiples of the usual distance, lies where it should not. */
const FAR_UM = 40;
const FAR_SIGMAS = 6;

/** One sentence for everything that seems wrong; none for a sound tracking. Sessions and neurons are numbered from 1. */
export function trackingWarnings(tracking: TrackingToCheck): string[] {
  return [
    ...sessionWarnings(tracking),
    ...motionWarnings(tracking),
    ...splitWarnings(tracking),
    ...weightWarnings(tracking),
    ...depthWarnings(tracking),
  ];
}

type SessionsToCheck = Pick<TrackingToCheck, 'sessions' | 'sessionCount' | 'curation'> & {
  readonly confidence: Pick<MatchConfidence, 'matchProbability'>;
};

/** Of sessions that fit none of the others. @param after only groups with a session beyond this one */
export function sessionWarnings(
  { sessionCount, sessions, curation, confidence }: SessionsToCheck,
  after = 0,
): string[] {
  const links = sessionLinks(sessionCount, sessions, curation.matchedPairs, confidence.matchProbability);
  const groups = unfittingSessions(links).filter((group) => group.some((session) => session > after));
  return groups.map((group) => {
    const units = group.reduce((sum, session) => sum + links.units[session - 1], 0);
    const [sessionsDo, their] =
      group.length === 1 ? [`Session ${group[0]} does`, 'its'] : [`Sessions ${group.join(', ')} do`, 'their'];
    return `${sessionsDo} not fit the others: hardly any of ${their} ${units} units is found there. Another animal, another place, a large jump of the probe, or a long gap?`;
  });
}

function motionWarnings({ rounds, sessions, sessionCount }: TrackingToCheck): string[] {
  const round = rounds.findLast(({ motion }) => motion);
  if (!round) return [];
  const pairs = new Int32Array(sessionCount);
  for (let p = 0; p < round.pairs.count; p++) {
    if (!round.pairUsed[p]) continue;
    pairs[sessions[round.pairs.units[2 * p]] - 1]++;
    pairs[sessions[round.pairs.units[2 * p + 1]] - 1]++;
  }
  const warnings: string[] = [];
  for (let s = 0; s < sessionCount; s++) {
    const halfWidth = Math.max(0, ...round.bands.map(({ lower, upper }) => (upper[s] - lower[s]) / 2));
    // Sessions without any pair are named by the motion estimate itself.
    if (pairs[s] === 0 || (pairs[s] >= FEW_PAIRS && halfWidth <= UNCERTAIN_UM)) continue;
    warnings.push(
      `The motion of session ${s + 1} rests on ${pairs[s]} matched pair${pairs[s] === 1 ? '' : 's'} and is known to ±${halfWidth.toFixed(0)} µm only.`,
    );
  }
  return warnings;
}

/** Sorters sometimes make two units of one neuron; their similarity is that of matches. */
function splitWarnings({ pairs, pairSimilarity, sessions, curation }: TrackingToCheck): string[] {
  const split = overSplitSessions(sessions, curation.labels, pairs, pairSimilarity);
  return [...split.sessions].map(([session, size]) => {
    const units = sessions.filter((s) => s === session).length;
    return `Session ${session} may be over-split: ${size} of its ${units} units are as alike as units of one neuron. Merge them in the sorter.`;
  });
}

function weightWarnings({ clustering }: TrackingToCheck): string[] {
  const { features, weights } = clustering;
  if (features.length < 2) return [];
  return features.flatMap((name, f) => {
    const weight = weights[f];
    if (weight < -NO_WEIGHT) {
      return [
        `${name} has a negative weight (${weight.toFixed(2)}): matched units are less alike in it than others. Check that it was computed alike in all sessions, or leave it out.`,
      ];
    }
    return weight < NO_WEIGHT
      ? [`${name} carries no weight (${weight.toFixed(2)}): matching does not use it.`]
      : [];
  });
}

function depthWarnings({ sessions, features, motion, curation }: TrackingToCheck): string[] {
  const { labels } = curation;
  const depths = correctedDepths(features.locations, sessions, motion);
  const neurons = new Map<number, number[]>();
  labels.forEach((label, unit) => {
    if (label >= 0) neurons.set(label, [...(neurons.get(label) ?? []), unit]);
  });
  const distances = new Float64Array(labels.length);
  for (const units of neurons.values()) {
    const middle = median(units.map((unit) => depths[unit]));
    for (const unit of units) distances[unit] = Math.abs(depths[unit] - middle);
  }
  const members = [...neurons.values()].flat();
  if (members.length === 0) return [];
  // The median of |x| is 0.6745 σ for normal x.
  const limit = Math.max(FAR_UM, (FAR_SIGMAS * median(members.map((unit) => distances[unit]))) / 0.6745);
  const far = members.filter((unit) => distances[unit] > limit);
  if (far.length === 0) return [];
  const names = [...new Set(far.map((unit) => labels[unit] + 1))].sort((a, b) => a - b);
  return [
    `${far.length} unit${far.length === 1 ? ' lies' : 's lie'} more than ${limit.toFixed(0)} µm from the depth of ${far.length === 1 ? 'its neuron' : 'their neurons'}: look at neuron${names.length === 1 ? '' : 's'} ${list(names)}.`,
  ];
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];

function list(names: readonly number[]): string {
  return names.length <= 8
    ? names.join(', ')
    : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`;
}
