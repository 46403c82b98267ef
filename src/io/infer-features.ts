/** Which features a result was clustered by, when its folder does not say: pyDANT's leaves them to its settings file. */
import { FEATURE_NAMES, type FeatureName } from '../core/settings.ts';
import type { SimilarityAccess } from './similarity-access.ts';

/** Weights and shank of what was tracked on its own. */
interface Weighted {
  readonly shankId?: number;
  readonly weights: Float64Array;
}

const SAMPLED_UNITS = 12;

/**
 * The features, in the order of the weights, whose weighted sum is the weighted similarity of some pairs. Where several orders
 * fit alike, as with equal weights, the first.
 *
 * @param unitShanks (units,)
 */
export async function inferFeatures(
  similarity: ReadonlyMap<'weighted' | FeatureName, SimilarityAccess>,
  shanks: readonly Weighted[],
  unitShanks: Int32Array,
): Promise<FeatureName[]> {
  const [{ shankId, weights }] = shanks;
  const units = Array.from(unitShanks.keys()).filter(
    (u) => shankId === undefined || unitShanks[u] === shankId,
  );
  const step = Math.max(1, Math.floor(units.length / SAMPLED_UNITS));
  const sample = units.filter((_, i) => i % step === 0);
  const values = new Map<string, Float32Array>();
  for (const [measure, access] of similarity) values.set(measure, await access.block(sample, sample));
  const weighted = values.get('weighted')!;
  const compared = FEATURE_NAMES.filter((name) => values.get(name)?.some((value) => value !== 0));
  let best: { features: FeatureName[]; error: number } = { features: [], error: Number.POSITIVE_INFINITY };
  for (const features of orders(compared, weights.length)) {
    const columns = features.map((name) => values.get(name)!);
    let error = 0;
    for (let i = 0; i < weighted.length; i++) {
      const row = Math.floor(i / sample.length);
      // Nobody compares a unit with itself.
      if (i % sample.length === row || Number.isNaN(weighted[i])) continue;
      error += Math.abs(columns.reduce((sum, column, f) => sum + weights[f] * column[i], 0) - weighted[i]);
    }
    if (error < best.error) best = { features, error };
  }
  return best.features;
}

/** All ways to choose `count` of the names, in every order. */
function orders(names: readonly FeatureName[], count: number): FeatureName[][] {
  if (count === 0) return [[]];
  return names.flatMap((name) =>
    orders(
      names.filter((other) => other !== name),
      count - 1,
    ).map((rest) => [name, ...rest]),
  );
}
