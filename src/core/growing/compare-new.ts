/** Similarities of new units with the units near them. */
import type { RunContext } from '../context.ts';
import { throwIfStopped } from '../errors.ts';
import type { CorrectedWaveforms, UnitFeatures, UnitPairs } from '../result.ts';
import type { FeatureName } from '../settings.ts';
import { histogramOf, noCommonBin } from '../similarity/feature-similarity.ts';
import type { NearbyLayout } from '../similarity/nearby-layout.ts';
import { createNearbyMatrix, memoryOf } from '../similarity/nearby-matrix.ts';
import { waveformSimilarity } from '../similarity/waveform-similarity.ts';

/** Old and new units in one order: the new ones are those from `oldUnits` on. */
export interface Comparable {
  readonly features: UnitFeatures;
  /** (units,) session numbers, 1..N. */
  readonly sessions: Int32Array;
  readonly oldUnits: number;
  /** (channels, n) nearest channels of every channel, itself first. */
  readonly neighbours: Int32Array;
}

/** Pairs and their Fisher z by each of some features. */
export interface ComparedPairs extends UnitPairs {
  /** (pairs,) each, in the order of the features. */
  readonly similarity: readonly Float64Array[];
}

/** New units that are compared together: fewer need more packing, more have a wider neighbourhood. */
const NEW_UNITS = 48;

/**
 * Compares every new unit with the units near it.
 *
 * @param corrected waveforms of all units; only read for `Waveform`
 * @param depths (units,) µm, the motion taken out
 * @param reach largest distance in depth, µm
 * @returns pairs a < b of which b is new, ordered by b, then a
 */
export async function compareNew(
  names: readonly FeatureName[],
  comparable: Comparable,
  corrected: CorrectedWaveforms,
  depths: Float64Array,
  reach: number,
  context: RunContext,
): Promise<ComparedPairs> {
  const { oldUnits, features } = comparable;
  const order = Array.from({ length: features.units }, (_, unit) => unit);
  order.sort((a, b) => depths[a] - depths[b] || a - b);
  const fresh = order.filter((unit) => unit >= oldUnits);
  const found: { a: number; b: number; z: number[] }[] = [];
  for (let start = 0; start < fresh.length; start += NEW_UNITS) {
    const some = fresh.slice(start, start + NEW_UNITS);
    const chosen = new Set(some);
    const low = depths[some[0]] - reach;
    const high = depths[some[some.length - 1]] + reach;
    // Pairs of new units belong to the set of the later one.
    const near = order.filter((unit) => depths[unit] >= low && depths[unit] <= high && !chosen.has(unit));
    const members = Int32Array.from([...some, ...near]);
    const values: ((i: number, j: number) => number)[] = [];
    const memory: (Float32Array | Float64Array)[] = [];
    for (const name of names) {
      const { zOf, arrays } = await compareSet(name, members, some.length, comparable, corrected, context);
      values.push(zOf);
      memory.push(...arrays);
    }
    for (let i = 0; i < some.length; i++) {
      for (let j = i + 1; j < members.length; j++) {
        const [a, b] = [Math.min(members[i], members[j]), Math.max(members[i], members[j])];
        const isOwn = chosen.has(b) && (j >= some.length || chosen.has(a));
        if (!isOwn || !(Math.abs(depths[a] - depths[b]) <= reach)) continue;
        found.push({ a, b, z: values.map((zOf) => zOf(i, j)) });
      }
    }
    context.kernels.release(...memory);
    context.onEvent?.({
      kind: 'progress',
      stage: 'motion',
      step: `${names.join(', ')} similarity`,
      done: start + some.length,
      total: fresh.length,
    });
  }
  found.sort((p, q) => p.b - q.b || p.a - q.a);
  return {
    count: found.length,
    units: Int32Array.from(found.flatMap(({ a, b }) => [a, b])),
    similarity: names.map((_, f) => Float64Array.from(found, ({ z }) => z[f])),
  };
}

/** Compares the first `fresh` members of a set with all of it. */
async function compareSet(
  name: FeatureName,
  members: Int32Array,
  fresh: number,
  { features, sessions, neighbours }: Comparable,
  corrected: CorrectedWaveforms,
  context: RunContext,
): Promise<{ zOf: (i: number, j: number) => number; arrays: (Float32Array | Float64Array)[] }> {
  const { kernels, signal } = context;
  throwIfStopped(signal);
  const n = members.length;
  if (name === 'Waveform') {
    const { channels, samples, interpolated } = corrected;
    const templates = [...new Set(corrected.templates)].map((all) =>
      gather(all, channels * samples, members, kernels.float32(n * channels * samples)),
    );
    const some = { units: n, channels, samples, templates, interpolated };
    const z = await waveformSimilarity(some, neighbours, context, undefined, fresh);
    kernels.release(...templates);
    return { zOf: (i, j) => z[i * n + j], arrays: [z] };
  }
  const { data, bins } = histogramOf(features, name);
  const rows = gather(data, bins, members, new Float64Array(n * bins));
  const matrix = createNearbyMatrix(layoutOfSet(members, fresh, sessions), kernels.float32, 'float64');
  if (name === 'PETH') {
    const disjoint = await kernels.correlateRowsWithGapsNearby(rows, bins, matrix, { signal });
    if (disjoint) throw noCommonBin([members[disjoint[0]], members[disjoint[1]]]);
  } else {
    await kernels.correlateRowsNearby(rows, bins, matrix, { signal });
  }
  return {
    zOf: (i, j) => matrix.pieces[matrix.pieceOf[i]][matrix.origin[i] + j],
    arrays: memoryOf(matrix),
  };
}

/** The pairs of the first `fresh` members with all that follow them. */
function layoutOfSet(members: Int32Array, fresh: number, sessions: Int32Array): NearbyLayout {
  const units = members.length;
  const position = Int32Array.from(members.keys());
  const end = position.map((p) => (p < fresh ? units : p + 1));
  const cells = end.reduce((sum, last, p) => sum + last - p - 1, 0);
  return {
    units,
    order: position,
    position,
    sessions: Int32Array.from(members, (unit) => sessions[unit]),
    begin: position.map((p) => (fresh > 0 ? 0 : p)),
    end,
    cells,
    pairs: cells,
  };
}

/** Rows of some units, next to each other. */
function gather<T extends Float32Array | Float64Array>(from: T, columns: number, rows: Int32Array, to: T): T {
  rows.forEach((row, i) => {
    to.set(from.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return to;
}

/**
 * A similarity matrix of all units from that of the old ones and the values of pairs with new ones; 0 for the pairs that were
 * not compared, 6 on the diagonal.
 *
 * @param old (oldUnits, oldUnits)
 * @param values (pairs,)
 * @returns (units, units)
 */
export function growMatrix(
  old: Float64Array,
  oldUnits: number,
  units: number,
  pairs: UnitPairs,
  values: Float64Array,
  diagonal: number,
  float64: (length: number) => Float64Array,
): Float64Array {
  const out = float64(units * units);
  for (let u = 0; u < oldUnits; u++) out.set(old.subarray(u * oldUnits, (u + 1) * oldUnits), u * units);
  for (let u = oldUnits; u < units; u++) out[u * units + u] = diagonal;
  for (let p = 0; p < pairs.count; p++) {
    const [a, b] = [pairs.units[2 * p], pairs.units[2 * p + 1]];
    out[a * units + b] = values[p];
    out[b * units + a] = values[p];
  }
  return out;
}
