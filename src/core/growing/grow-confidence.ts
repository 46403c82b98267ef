/** How sure the matches of a grown result are: what was known of old ones stays. */
import { type MatchConfidence, pairProbabilities } from '../confidence/match-confidence.ts';
import { PairPlaces } from '../confidence/pair-places.ts';
import type { CurationResult } from '../result.ts';
import type { NearbyLayout } from '../similarity/nearby-layout.ts';
import { cellAt, type NearbyMatrix } from '../similarity/nearby-matrix.ts';
import type { Established } from './established.ts';
import type { ComparedPairs } from './new-pairs.ts';

export interface GrownMatches {
  /** (units,) neuron of each unit from 0; -1 unmatched. */
  readonly labels: Int32Array;
  readonly sessions: Int32Array;
  readonly sessionCount: number;
  readonly compared: ComparedPairs;
  /** (compared pairs,) weighted similarity. */
  readonly pairSimilarity: Float64Array;
  /** Weighted similarity of all pairs. */
  readonly similarity: NearbyMatrix;
}

/**
 * Matches of old units keep their probability. That of a compared pair follows from its evidence, with pairs within the new sessions as
 * decoys; a new unit and an old one of its neuron that were not compared have the mean of the pairs of both with the neuron's units that were.
 *
 * @param matchedPairs (M, 2) pairs of units that share a neuron
 */
export function growConfidence(
  {
    curation,
    matchProbability: known,
    clustering,
  }: Pick<Established, 'curation' | 'matchProbability' | 'clustering'>,
  grown: GrownMatches,
  matchedPairs: Int32Array,
): MatchConfidence {
  const { labels } = grown;
  const units = labels.length;
  const places = new PairPlaces(units, matchedPairs);
  const matchProbability = new Float64Array(matchedPairs.length / 2).fill(Number.NaN);
  const tell = (a: number, b: number, value: number) => {
    const m = places.of(a, b);
    if (m >= 0) matchProbability[m] = value;
  };
  const { units: list, probability } = comparedProbabilities(curation, clustering.threshold, grown);
  /** Of every unit: how many of its pairs with old units of its neuron were compared, and the sum of their probabilities. */
  const [counts, sums] = [new Float64Array(units), new Float64Array(units)];
  for (let p = 0; p < probability.length; p++) {
    const [a, b] = [list[2 * p], list[2 * p + 1]];
    if (labels[a] < 0 || labels[a] !== labels[b]) continue;
    tell(a, b, probability[p]);
    if (a >= curation.labels.length) continue;
    counts[b]++;
    sums[b] += probability[p];
  }
  known?.forEach((value, m) => {
    tell(curation.matchedPairs[2 * m], curation.matchedPairs[2 * m + 1], value);
  });
  const [all, total] = [new Float64Array(units), new Float64Array(units)];
  for (let m = 0; m < matchProbability.length; m++) {
    const [a, b] = [matchedPairs[2 * m], matchedPairs[2 * m + 1]];
    const late = Math.max(a, b);
    if (Number.isNaN(matchProbability[m]))
      matchProbability[m] = counts[late] > 0 ? sums[late] / counts[late] : 0;
    for (const unit of [a, b]) {
      all[unit]++;
      total[unit] += matchProbability[m];
    }
  }
  return { matchProbability, unitConfidence: total.map((sum, unit) => sum / all[unit]) };
}

/** Of the compared pairs, and of old matches, whose similarity speaks for the neurons of their units. */
function comparedProbabilities(
  { matchedPairs: oldMatches, labels: { length: oldUnits } }: CurationResult,
  threshold: number,
  { labels, sessions, sessionCount, compared, pairSimilarity, similarity }: GrownMatches,
): { units: Int32Array; probability: Float64Array } {
  const most = compared.count + oldMatches.length / 2;
  const [list, values] = [new Int32Array(2 * most), new Float64Array(most)];
  list.set(compared.units);
  values.set(pairSimilarity);
  let { count } = compared;
  for (let m = 0; m < oldMatches.length; m += 2) {
    const value = cellAt(similarity, oldMatches[m], oldMatches[m + 1]);
    if (Number.isNaN(value)) continue;
    list[2 * count] = oldMatches[m];
    list[2 * count + 1] = oldMatches[m + 1];
    values[count++] = value;
  }
  const pairs = { count, units: list.subarray(0, 2 * count) };
  // Of the candidates of a new unit only some were compared.
  const candidates = newCandidates(similarity.layout, oldUnits);
  const unmatchedWeight = Math.max(1, candidates / compared.count);
  const { probability } = pairProbabilities({
    ...{ units: labels.length, sessions, sessionCount, labels, pairs, threshold },
    pairSimilarity: values.subarray(0, count),
    unmatchedWeight,
  });
  return { units: pairs.units, probability };
}

/** Pairs within reach of each other of which one is new. */
function newCandidates({ units, order, begin, end }: NearbyLayout, oldUnits: number): number {
  let twice = 0;
  for (let p = 0; p < units; p++) {
    if (order[p] < oldUnits) continue;
    for (let q = begin[p]; q < end[p]; q++) if (q !== p) twice += order[q] < oldUnits ? 2 : 1;
  }
  return twice / 2;
}
