/** Similarities of pairs of units: the candidate pairs of the clustering, and those within neurons. */
import { createRandom } from '../core/random.ts';
import type { CandidatePairs } from '../io/candidate-pairs.ts';
import type { SimilarityAccess } from '../io/similarity-access.ts';
import type { TrackedFolder } from '../io/tracked-folder.ts';
import { neuronsOf } from '../io/write-curated.ts';
import type {
  CandidateArrays,
  NeighbourArrays,
  PairHistograms,
  PairSampleArrays,
  PairSampleMeta,
  PairStatistics,
} from './protocol.ts';

const BINS = 80;

/** Of all candidate pairs, by each measure. */
export function pairHistograms(
  folder: TrackedFolder,
  { similarity, matched }: CandidatePairs,
): PairHistograms {
  const histograms = folder.measures.map((measure, m) => {
    const values = similarity[m];
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (!(low < high)) [low, high] = low === high ? [low - 0.5, high + 0.5] : [0, 1];
    const width = (high - low) / BINS;
    const counts = [new Array<number>(BINS).fill(0), new Array<number>(BINS).fill(0)];
    values.forEach((value, p) => {
      if (Number.isFinite(value)) counts[matched[p]][Math.min(BINS - 1, Math.floor((value - low) / width))]++;
    });
    return { measure, start: low, width, unmatched: counts[0], matched: counts[1] };
  });
  return { histograms };
}

/** At most half of the sample are matched pairs, unless there are few others. The same sample every time. */
export function pairSample(
  { count, units, similarity, matched }: CandidatePairs,
  most: number,
): { arrays: PairSampleArrays; meta: PairSampleMeta } {
  const kinds: [number[], number[]] = [[], []];
  matched.forEach((kind, p) => void kinds[kind].push(p));
  const random = createRandom(1);
  const share = Math.max(Math.ceil(most / 2), most - kinds[0].length);
  const matches = drawn(kinds[1], share, random);
  const chosen = [...matches, ...drawn(kinds[0], most - matches.length, random)];
  const pairs = new Int32Array(2 * chosen.length);
  const values = new Float32Array(similarity.length * chosen.length);
  chosen.forEach((p, i) => {
    pairs[2 * i] = units[2 * p];
    pairs[2 * i + 1] = units[2 * p + 1];
    for (let m = 0; m < similarity.length; m++) values[m * chosen.length + i] = similarity[m][p];
  });
  return {
    arrays: { units: pairs, similarity: values },
    meta: { candidates: count, matched: kinds[1].length, sampledMatched: matches.length },
  };
}

/** At most `most` of a list, in its order. */
function drawn(list: readonly number[], most: number, random: ReturnType<typeof createRandom>): number[] {
  if (list.length <= most) return [...list];
  const chosen: number[] = [];
  // Selection sampling (Knuth, Algorithm S).
  for (let i = 0; chosen.length < most; i++) {
    if ((list.length - i) * random.uniform() < most - chosen.length) chosen.push(list[i]);
  }
  return chosen;
}

/** Weighted similarity of every unit with the others of its neuron; what is known of a neuron is not read again. */
export class NeuronStatistics {
  private readonly access: SimilarityAccess;
  private readonly shanks: Int32Array;
  private readonly known = new Map<string, Float32Array>();

  /** @param shanks (units,) that are tracked apart: dense matrices hold zeros for pairs of two shanks, which were not compared */
  constructor(access: SimilarityAccess, shanks: Int32Array) {
    this.access = access;
    this.shanks = shanks;
  }

  /** @param labels (units,) neuron of each unit, from 1; -1 unmatched */
  async of(labels: Int32Array): Promise<PairStatistics> {
    const mean = new Float32Array(labels.length).fill(Number.NaN);
    const worst = new Float32Array(labels.length).fill(Number.NaN);
    const compared = new Int32Array(labels.length);
    for (const units of neuronsOf(labels).values()) {
      const key = units.join();
      let block = this.known.get(key);
      if (!block) {
        block = await this.access.block(units, units);
        this.known.set(key, block);
      }
      units.forEach((unit, i) => {
        let sum = 0;
        let least = Number.POSITIVE_INFINITY;
        for (let j = 0; j < units.length; j++) {
          const value = block[i * units.length + j];
          if (i === j || Number.isNaN(value) || this.shanks[unit] !== this.shanks[units[j]]) continue;
          sum += value;
          compared[unit]++;
          least = Math.min(least, value);
        }
        if (compared[unit] === 0) return;
        mean[unit] = sum / compared[unit];
        worst[unit] = least;
      });
    }
    return { mean, worst, compared };
  }
}

/** The units of largest weighted similarity of every unit, best first. */
export async function nearestNeighbours(access: SimilarityAccess, count: number): Promise<NeighbourArrays> {
  const { units: size } = access;
  const units = new Int32Array(size * count).fill(-1);
  const similarity = new Float32Array(size * count).fill(Number.NaN);
  for await (const { unit, columns, values } of access.scan()) {
    const target = unit * count;
    let found = 0;
    for (let i = 0; i < values.length; i++) {
      const other = columns ? columns[i] : i;
      const value = values[i];
      if (other === unit || Number.isNaN(value)) continue;
      if (found === count && !(value > similarity[target + count - 1])) continue;
      // Insertion among the best: few are better than what is there.
      let at = Math.min(found, count - 1);
      while (at > 0 && similarity[target + at - 1] < value) {
        similarity[target + at] = similarity[target + at - 1];
        units[target + at] = units[target + at - 1];
        at--;
      }
      similarity[target + at] = value;
      units[target + at] = other;
      if (found < count) found++;
    }
  }
  return { units, similarity };
}

/** The units most similar to any of those given, best first, without these themselves. */
export async function candidates(
  folder: TrackedFolder,
  units: readonly number[],
  count: number,
): Promise<CandidateArrays> {
  const everyone = Int32Array.from({ length: folder.units }, (_, u) => u);
  const block = await folder.similarity[0].block(units, everyone);
  const own = new Set(units);
  const best = Array.from(everyone, (unit) => {
    let nearest = 0;
    let value = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < units.length; i++) {
      if (!(block[i * folder.units + unit] > value)) continue;
      value = block[i * folder.units + unit];
      nearest = i;
    }
    return { unit, nearest, value };
  })
    .filter(({ unit, value }) => !own.has(unit) && value > Number.NEGATIVE_INFINITY)
    .sort((a, b) => b.value - a.value || a.unit - b.unit)
    .slice(0, count);
  const others = best.map(({ unit }) => unit);
  const similarity = new Float32Array(folder.measures.length * best.length);
  for (const [m, access] of folder.similarity.entries()) {
    const values = m === 0 ? undefined : await access.block(units, others);
    best.forEach(({ nearest, value }, i) => {
      similarity[m * best.length + i] = values ? values[nearest * best.length + i] : value;
    });
  }
  return {
    unit: Int32Array.from(others),
    nearest: Int32Array.from(best, ({ nearest }) => units[nearest]),
    similarity,
  };
}
