/** The part of a result that figures look at: one shank or several, seen the same way. */
import type { DrawableResult, MovedResult, MultiShankResult, PairSimilarities } from '../core/result.ts';
import { pairValuesOfAll } from '../core/similarity/pair-list.ts';
import { remembered } from './remembered.ts';

export type AnyResult = DrawableResult | MultiShankResult;

/** One shank; the only one of a recording without named shanks has no id. */
export interface RecordedShank<Result extends MovedResult = DrawableResult> {
  readonly shankId?: number;
  readonly result: Result;
}

/** What the figures of a result are drawn from. */
export interface Recording<Result extends MovedResult = DrawableResult> {
  readonly sessionCount: number;
  readonly unitCount: number;
  readonly shanks: readonly RecordedShank<Result>[];
}

export const recordingOf = remembered((result: AnyResult): Recording => {
  if (!('shanks' in result)) return oneShank(result);
  const { sessionCount, sessions, shanks } = result;
  return { sessionCount, unitCount: sessions.length, shanks };
});

/** A recording whose units are seen as if on one shank. */
export const oneShank = <Result extends MovedResult>(result: Result): Recording<Result> => ({
  sessionCount: result.sessionCount,
  unitCount: result.sessions.length,
  shanks: [{ result }],
});

/** Title of the panels of a shank; empty when there is one only. */
export function shankTitle(shank: RecordedShank<MovedResult>): string {
  return shank.shankId === undefined ? '' : `Shank ${shank.shankId}`;
}

/** (P,) 1 when both units of a candidate pair belong to one curated cluster. */
export const pairMatches = remembered((result: DrawableResult): Uint8Array => {
  const { units, count } = result.clustering.pairs;
  const { labels } = result.curation;
  const matched = new Uint8Array(count);
  for (let p = 0; p < count; p++) {
    const label = labels[units[2 * p]];
    matched[p] = label >= 0 && label === labels[units[2 * p + 1]] ? 1 : 0;
  }
  return matched;
});

/** At the candidate pairs, which several figures show. */
const similaritiesOfPairs = remembered(({ sessions, clustering }: DrawableResult): PairSimilarities => {
  const { similarity, featureSimilarity, pairs } = clustering;
  if (clustering.pairSimilarities) return clustering.pairSimilarities;
  const [weighted, ...byFeature] = pairValuesOfAll(
    [similarity, ...featureSimilarity],
    sessions.length,
    pairs,
  );
  return { weighted, byFeature };
});

/**
 * (P,) similarity of the candidate pairs; must not be changed.
 * @param feature its position; the weighted similarity when left out
 */
export function pairValues(result: DrawableResult, feature?: number): Float64Array {
  const { weighted, byFeature } = similaritiesOfPairs(result);
  return feature === undefined ? weighted : byFeature[feature];
}

/** (units,) y minus the motion of the session, µm: where the unit would be without motion. */
export function correctedDepths(result: DrawableResult): Float64Array {
  const { locations } = result.features;
  return Float64Array.from(result.sessions, (session, u) => {
    const y = locations[3 * u + 1];
    return y - result.motion.getMotion(session, y);
  });
}

/** Session numbers to label on an axis: all, every other, or the first and the multiples of a round step. */
export function sessionTicks(sessionCount: number, most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((s) => sessionCount / s <= most) ?? sessionCount;
  const isLabelled = (s: number) => (step === 2 ? s % 2 === 1 : s === 1 || s % step === 0);
  return Array.from({ length: sessionCount }, (_, i) => i + 1).filter(isLabelled);
}
