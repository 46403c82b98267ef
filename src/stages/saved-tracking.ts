/** What an evaluation looks at, out of the folder of a result. */
import { InputError } from '../core/errors.ts';
import type { EvaluationInput } from '../core/evaluation/evaluation.ts';
import type { Settings } from '../core/settings.ts';
import { pairValues } from '../core/similarity/pair-list.ts';
import { pathIn } from '../io/byte-source.ts';
import type { UnitSpikes } from '../io/dataset.ts';
import type { SavedResult } from '../io/read-result.ts';
import { openSimilarity, type SimilarityAccess } from '../io/similarity-access.ts';

/**
 * The tracking of a recording, or of one shank of it.
 *
 * @param which (units,) index of every unit among all
 * @throws InputError when a file is missing or damaged
 */
export async function savedTracking(
  part: SavedResult,
  which: Int32Array,
  spikes: UnitSpikes,
  settings: Settings,
): Promise<Omit<EvaluationInput, 'used' | 'days' | 'features' | 'neuronId'>> {
  const sessions = Int32Array.from(which, (unit) => spikes.sessions[unit]);
  const labels = await part.labels();
  return {
    sessions,
    sessionCount: spikes.sessionCount,
    labels,
    matchedPairs: await part.matchedPairs(),
    matchProbability: await part.matchProbability(),
    expectedPairs: await part.expectedPairs(),
    ...(await comparedPairs(part, labels)),
    threshold: (await part.thresholds())[0],
    locations: await part.locations(),
    motion: (await part.motions())[0],
    weights: (await part.weights()).data,
    matchedBy: settings.clustering.features,
    maxDistance: settings.clustering.max_distance,
  };
}

type ComparedPairs = Pick<EvaluationInput, 'pairs' | 'pairSimilarity'>;

async function comparedPairs(part: SavedResult, labels: Int32Array): Promise<ComparedPairs> {
  const access = await openSimilarity(part.store, 'SimilarityMatrix', part.units);
  if (access?.sparse) return sparsePairs(access, labels);
  const list = await part.similarityPairs();
  const pairs = { count: list.length / 2, units: list };
  if (access) return { pairs, pairSimilarity: pairValues(await part.similarityMatrix(), part.units, pairs) };
  throw new InputError({
    where: pathIn(part.store, 'SimilarityMatrix.npy'),
    found: 'no such file',
    expected: 'the similarity of all units, or SimilarityMatrix.npz',
    remedy: 'Run dant again.',
  });
}

/** Of more pairs those that are not matched are thinned out evenly. */
const MOST_PAIRS = 4_000_000;

/**
 * Pairs of a sparse matrix. They are of two sessions: without pairs within sessions nothing tells what non-matches are like, so that
 * their similarities cannot be made probabilities here; the run has told what follows from them.
 */
async function sparsePairs(access: SimilarityAccess, labels: Int32Array): Promise<ComparedPairs> {
  let count = 0;
  for await (const { unit, columns = [] } of access.scan()) {
    for (const other of columns) if (other < unit) count++;
  }
  const every = Math.ceil(count / MOST_PAIRS);
  const units: number[] = [];
  let unmatched = 0;
  for await (const { unit, columns = [] } of access.scan()) {
    for (const other of columns) {
      if (other >= unit) break;
      if (labels[unit] >= 0 && labels[unit] === labels[other]) units.push(other, unit);
      else if (unmatched++ % every === 0) units.push(other, unit);
    }
  }
  return { pairs: { count: units.length / 2, units: Int32Array.from(units) } };
}
