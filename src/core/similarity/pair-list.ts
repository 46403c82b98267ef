/** Candidate pairs one by one, out of the layout of nearby ones. */
import { clustersOf, pairsInClusters } from '../curation/cluster-labels.ts';
import type { ClusteringResult, UnitPairs } from '../result.ts';
import { candidatesOf } from './candidate-rows.ts';
import { isCandidate, type NearbyLayout } from './nearby-layout.ts';
import { cellAt, isNearbyMatrix, type NearbyMatrix, type SimilarityMatrix } from './nearby-matrix.ts';

/** Up to so many cells all candidate pairs are listed; of more, a sample. Lists of a motion round are soon forgotten. */
export const MOST_LISTED = { motion: 2 ** 22, clustering: 2 ** 24 } as const;
/** Unmatched pairs of a sample, about. */
const SAMPLE = 2 ** 21;

/** Whether the candidate pairs are too many to list. @param stage what they are listed for */
export const isSampled = ({ cells }: NearbyLayout, stage: keyof typeof MOST_LISTED = 'clustering') =>
  cells > MOST_LISTED[stage];

/** (P,) values of a symmetric matrix at the pairs; of nearby ones also those of one session. */
export function pairValues(matrix: SimilarityMatrix, units: number, pairs: UnitPairs): Float64Array {
  if (isNearbyMatrix(matrix)) return nearbyPairValues([matrix], pairs)[0];
  const { count, units: list } = pairs;
  const values = new Float64Array(count);
  // Pairs come in the order of their second unit: its row is read along, not its column.
  for (let p = 0; p < count; p++) values[p] = matrix[list[2 * p + 1] * units + list[2 * p]];
  return values;
}

/** `pairValues` of several matrices, those of nearby pairs of one layout: the places of the pairs are looked up once. */
export function pairValuesOfAll(
  matrices: readonly SimilarityMatrix[],
  units: number,
  pairs: UnitPairs,
): Float64Array[] {
  if (matrices.every(isNearbyMatrix)) return nearbyPairValues(matrices, pairs);
  return matrices.map((matrix) => pairValues(matrix, units, pairs));
}

function nearbyPairValues(matrices: readonly NearbyMatrix[], pairs: UnitPairs): Float64Array[] {
  const { units: list, count } = pairs;
  const all = matrices.map(() => new Float64Array(count));
  if (matrices.length === 0) return all;
  const [{ layout, pieceOf, origin }] = matrices;
  const { position, end: ends } = layout;
  const scales = matrices.map(({ scale }) => scale);
  for (const [first, end] of runsAlong(layout, pairs)) {
    const b = position[list[2 * first + 1]];
    for (let pair = first; pair < end; pair++) {
      const a = position[list[2 * pair]];
      const [p, q] = a < b ? [a, b] : [b, a];
      const [piece, at, isNear] = [pieceOf[p], origin[p] + q, q < ends[p]];
      for (let m = 0; m < all.length; m++)
        all[m][pair] = isNear ? matrices[m].pieces[piece][at] * scales[m] : Number.NaN;
    }
  }
  return all;
}

/** Runs of pairs with one second unit, as [first, end), in the order in which `candidate-rows.ts` says a matrix is gone through fastest. */
export function* runsAlong(
  { position }: NearbyLayout,
  { units, count }: UnitPairs,
): Generator<[first: number, end: number]> {
  /** Position of the second unit, then where its run begins. */
  const keys: number[] = [];
  for (let p = 0; p < count; p++) {
    const second = units[2 * p + 1];
    if (p === 0 || second !== units[2 * p - 1]) keys.push(position[second] * 2 ** 32 + p);
  }
  for (const key of Float64Array.from(keys).sort()) {
    const first = key % 2 ** 32;
    let end = first + 1;
    while (end < count && units[2 * end + 1] === units[2 * first + 1]) end++;
    yield [first, end];
  }
}

/**
 * The pairs of a matrix that `ClusteringResult` lists: all that have a value, or a sample of them.
 * @param labels (units,) as of `samplePairs`
 */
export function comparedCandidates(matrix: NearbyMatrix, labels: Int32Array): UnitPairs {
  const { layout } = matrix;
  if (!isSampled(layout)) return listRows(layout, matrix);
  const { units, sampledFrom } = samplePairs(layout, labels);
  let known = 0;
  for (let i = 0; i < units.length; i += 2) {
    if (Number.isNaN(cellAt(matrix, units[i], units[i + 1]))) continue;
    units[known++] = units[i];
    units[known++] = units[i + 1];
  }
  return { count: known / 2, units: units.slice(0, known), sampledFrom };
}

/** All candidate pairs, ordered by the higher unit, then the lower one. */
export const allPairs = (layout: NearbyLayout): UnitPairs => listRows(layout);

/** All candidate pairs, those without a value left out when a matrix with gaps is given. */
function listRows(layout: NearbyLayout, matrix?: NearbyMatrix): UnitPairs {
  const list = new Int32Array(2 * layout.pairs);
  const { rowOf } = candidatesOf(layout, matrix);
  let at = 0;
  for (let unit = 0; unit < layout.units; unit++) {
    const row = rowOf(unit);
    for (let i = 0; i < row.length && row[i] < unit; i++) {
      list[at++] = row[i];
      list[at++] = unit;
    }
  }
  return { count: at / 2, units: at < list.length ? list.slice(0, at) : list };
}

/**
 * Candidate pairs that share a cluster and, evenly spread over the others, a sample of those that do not: what figures and
 * files show when there are too many pairs to list. Ordered as `allPairs`.
 *
 * @param labels (units,) cluster of each unit, -1 none
 */
export function samplePairs(layout: NearbyLayout, labels: Int32Array): UnitPairs {
  const { units, order, sessions, end } = layout;
  const step = Math.ceil(layout.cells / SAMPLE);
  // A growing array would take three times the memory.
  const keys = new Float64Array(pairsInClusters(clustersOf(labels)) + Math.ceil(layout.cells / step));
  let count = 0;
  const add = (a: number, b: number) => {
    keys[count++] = Math.max(a, b) * units + Math.min(a, b);
  };
  for (const [a, b] of matchedCandidates(layout, labels)) add(a, b);
  let skip = 0;
  for (let p = 0; p < units; p++) {
    let q = p + 1 + skip;
    for (; q < end[p]; q += step) {
      const [a, b] = [order[p], order[q]];
      const matched = labels[a] >= 0 && labels[a] === labels[b];
      if (sessions[p] !== sessions[q] && !matched) add(a, b);
    }
    skip = q - end[p];
  }
  const list = new Int32Array(2 * count);
  keys
    .subarray(0, count)
    .sort()
    .forEach((key, i) => {
      list[2 * i] = key % units;
      list[2 * i + 1] = Math.floor(key / units);
    });
  return { count, units: list, sampledFrom: layout.pairs };
}

/** Candidate pairs that share a cluster, cluster by cluster. */
export function* matchedCandidates(
  layout: NearbyLayout,
  labels: Int32Array,
): Generator<readonly [number, number]> {
  for (const units of clustersOf(labels)) {
    for (let i = 0; i < units.length; i++)
      for (let j = 0; j < i; j++) if (isCandidate(layout, units[j], units[i])) yield [units[j], units[i]];
  }
}

/** Pairs of units of one session within reach of each other, evenly thinned to about `most`. */
export function withinSessionPairs(layout: NearbyLayout, most = 200_000): UnitPairs {
  const { units, order, sessions, end, cells, pairs } = layout;
  const step = Math.max(1, Math.ceil((cells - pairs) / most));
  const list: number[] = [];
  let seen = 0;
  for (let p = 0; p < units; p++) {
    for (let q = p + 1; q < end[p]; q++) {
      if (sessions[p] !== sessions[q] || seen++ % step !== 0) continue;
      list.push(Math.min(order[p], order[q]), Math.max(order[p], order[q]));
    }
  }
  return { count: list.length / 2, units: Int32Array.from(list) };
}

/**
 * The candidate pairs of a clustering, and the pairs within sessions that lie as close, where those are not among them; with it how many
 * pairs each unmatched one between sessions stands for.
 */
export function comparedPairs({ pairs, similarity }: Pick<ClusteringResult, 'pairs' | 'similarity'>): {
  pairs: UnitPairs;
  unmatchedWeight: number;
} {
  if (!isNearbyMatrix(similarity)) return { pairs, unmatchedWeight: 1 };
  const within = withinSessionPairs(similarity.layout);
  const count = pairs.count + within.count;
  const units = new Int32Array(2 * count);
  units.set(pairs.units);
  units.set(within.units, 2 * pairs.count);
  return {
    pairs: { count, units },
    unmatchedWeight: (pairs.sampledFrom ?? pairs.count) / Math.max(1, pairs.count),
  };
}
