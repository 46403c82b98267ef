/**
 * Similarities of new units with all units, by kernels that compare all units of a set with one another: the sets are chosen so
 * that little is compared besides.
 */

import type { RunContext } from '../context.ts';
import { throwIfStopped } from '../errors.ts';
import type { CorrectedWaveforms, Histogram, UnitFeatures, UnitPairs } from '../result.ts';
import type { FeatureName } from '../settings.ts';
import { histogramOf, noCommonBin } from '../similarity/feature-similarity.ts';
import { waveformSimilarity } from '../similarity/waveform-similarity.ts';

/** Old and new units in one order: the new ones are those from `oldUnits` on. */
export interface Comparable {
  readonly features: UnitFeatures;
  readonly oldUnits: number;
  /** (channels, n) nearest channels of every channel, itself first. */
  readonly neighbours: Int32Array;
}

/** New units that are compared with near old ones together. */
const NEW_UNITS = 96;

/**
 * Fisher z of every pair of a new unit and any unit.
 *
 * @param corrected waveforms of all units; only read for `Waveform`
 * @param old (oldUnits, oldUnits) what is known
 * @returns (units, units), symmetric, diagonal 6
 */
export async function growSimilarity(
  name: FeatureName,
  comparable: Comparable,
  corrected: CorrectedWaveforms,
  old: Float64Array,
  context: RunContext,
): Promise<Float64Array> {
  const { features, oldUnits } = comparable;
  const { units } = features;
  const out = context.kernels.float64(units * units);
  for (let u = 0; u < oldUnits; u++) out.set(old.subarray(u * oldUnits, (u + 1) * oldUnits), u * units);
  const fresh = range(oldUnits, units);
  const perSet = Math.max(fresh.length, NEW_UNITS);
  const sets = Array.from({ length: Math.ceil(oldUnits / perSet) }, (_, s) =>
    range(s * perSet, Math.min((s + 1) * perSet, oldUnits)),
  );
  for (const [s, earlier] of sets.entries()) {
    const members = Int32Array.from([...earlier, ...fresh]);
    const z = await compareSet(name, members, comparable, corrected, context);
    const n = members.length;
    for (let i = earlier.length; i < n; i++) {
      const unit = members[i];
      for (let j = 0; j < (s === 0 ? n : earlier.length); j++) {
        out[unit * units + members[j]] = z[i * n + j];
        out[members[j] * units + unit] = z[i * n + j];
      }
    }
    context.kernels.release(z);
  }
  return out;
}

/** Pairs of an old unit and a new one, and their similarity by each of some features. */
export interface ComparedPairs extends UnitPairs {
  /** (pairs,) each, in the order of the features. */
  readonly similarity: readonly Float64Array[];
}

/**
 * Compares every new unit with the old ones near it.
 *
 * @param depths (units,) µm, the motion taken out
 * @param reach µm
 * @returns pairs (old, new), ordered by the new unit, then the old one
 */
export async function compareNearOld(
  names: readonly FeatureName[],
  comparable: Comparable,
  corrected: CorrectedWaveforms,
  depths: Float64Array,
  reach: number,
  context: RunContext,
): Promise<ComparedPairs> {
  const { oldUnits } = comparable;
  const { units } = comparable.features;
  const byDepth = (a: number, b: number) => depths[a] - depths[b] || a - b;
  const fresh = range(oldUnits, units).sort(byDepth);
  const earlier = range(0, oldUnits).sort(byDepth);
  const found: { a: number; b: number; z: number[] }[] = [];
  for (let start = 0; start < fresh.length; start += NEW_UNITS) {
    const some = fresh.slice(start, start + NEW_UNITS);
    const low = depths[some[0]] - reach;
    const high = depths[some[some.length - 1]] + reach;
    const near = earlier.filter((unit) => depths[unit] >= low && depths[unit] <= high);
    if (near.length === 0) continue;
    const members = Int32Array.from([...near, ...some]);
    const n = members.length;
    const matrices: Float64Array[] = [];
    for (const name of names) matrices.push(await compareSet(name, members, comparable, corrected, context));
    for (let i = near.length; i < n; i++) {
      for (let j = 0; j < near.length; j++) {
        if (Math.abs(depths[members[i]] - depths[members[j]]) > reach) continue;
        found.push({ a: members[j], b: members[i], z: matrices.map((z) => z[i * n + j]) });
      }
    }
    context.kernels.release(...matrices);
  }
  found.sort((p, q) => p.b - q.b || p.a - q.a);
  return {
    count: found.length,
    units: Int32Array.from(found.flatMap(({ a, b }) => [a, b])),
    similarity: names.map((_, f) => Float64Array.from(found, ({ z }) => z[f])),
  };
}

/** (members, members) Fisher z of some units; the kernels may have its memory back. */
async function compareSet(
  name: FeatureName,
  members: Int32Array,
  { features, neighbours }: Comparable,
  corrected: CorrectedWaveforms,
  context: RunContext,
): Promise<Float64Array> {
  const { kernels, signal } = context;
  throwIfStopped(signal);
  const n = members.length;
  if (name === 'Waveform') {
    const { channels, samples, interpolated } = corrected;
    const templates = [...new Set(corrected.templates)].map((all) =>
      gather(all, channels * samples, members, kernels.float32(n * channels * samples)),
    );
    const some = { units: n, channels, samples, templates, interpolated };
    const z = await waveformSimilarity(some, neighbours, context);
    kernels.release(...templates);
    return z;
  }
  const { data, bins }: Histogram = histogramOf(features, name);
  const rows = gather(data, bins, members, kernels.float64(n * bins));
  const z = kernels.float64(n * n);
  if (name === 'PETH') {
    const disjoint = await kernels.correlateRowsWithGaps(rows, n, bins, z, { signal });
    if (disjoint) throw noCommonBin([members[disjoint[0]], members[disjoint[1]]]);
  } else {
    await kernels.correlateRows(rows, n, bins, z, { signal });
  }
  kernels.release(rows);
  return z;
}

/** Rows of some units, next to each other. */
function gather<T extends Float32Array | Float64Array>(from: T, columns: number, rows: Int32Array, to: T): T {
  rows.forEach((row, i) => {
    to.set(from.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return to;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
