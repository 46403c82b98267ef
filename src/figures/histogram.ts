/** Histograms for figures: many values become a few rows before anything is drawn. */
import { remembered } from './remembered.ts';

/** Equal bins whose edges are multiples of their width. */
export interface Bins {
  /** The first bin begins at this multiple of the width. */
  readonly first: number;
  readonly width: number;
  readonly count: number;
}

/** Several histograms show the same values. */
const extentOf = remembered((values: ArrayLike<number>) => finiteExtent(values));

/** Bins that suit the number of values, which must not change any more: 1.2 times its square root, at least 10 and at most 60. */
export function binsFor(...values: readonly ArrayLike<number>[]): Bins {
  const extents = values.map(extentOf);
  const { low, high } = finiteExtent(extents.flatMap((part) => [part.low, part.high]));
  const most = Math.max(0, ...values.map((part) => part.length));
  return niceBins(low, high, Math.min(60, Math.max(10, Math.round(1.2 * Math.sqrt(most)))));
}

/** Bins of a round width (1, 2 or 5 times a power of ten), about `target` of them, that cover `low` to `high`. */
export function niceBins(low: number, high: number, target = 50): Bins {
  if (!(low <= high && Number.isFinite(high - low))) return { first: 0, width: 1 / target, count: target };
  const raw = Math.max(high - low, 1e-6) / target;
  const power = 10 ** Math.floor(Math.log10(raw));
  const width = power * ([1, 2, 5].find((factor) => factor * power >= 0.7 * raw) ?? 10);
  const first = Math.floor(low / width);
  return { first, width, count: Math.floor(high / width) - first + 1 };
}

/** Left edge of bin i; of bin `count`, the end of the last. */
export function binEdge({ first, width }: Bins, i: number): number {
  return Number(((first + i) * width).toPrecision(12));
}

/** Smallest and largest finite value; NaN when there is none. */
export function finiteExtent(...arrays: readonly ArrayLike<number>[]): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of arrays) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? { low, high } : { low: Number.NaN, high: Number.NaN };
}

/**
 * Counts per class and bin; values that are not finite or lie outside the bins are left out.
 * @param classOf class of each value, 0 … classes - 1
 * @returns one (bins,) array per class
 */
export function countByClass(
  values: ArrayLike<number>,
  classOf: ArrayLike<number>,
  { bins, classes }: { bins: Bins; classes: number },
): Float64Array[] {
  const counts = Array.from({ length: classes }, () => new Float64Array(bins.count));
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(values[i] / bins.width) - bins.first;
    if (bin >= 0 && bin < bins.count) counts[classOf[i]][bin]++;
  }
  return counts;
}

/** Corner of a stepped outline. */
export interface OutlinePoint {
  /** Left edge of the bin. */
  readonly x: number;
  /** Values of the class in the bin, percent of the class. */
  readonly share: number;
  readonly kind: string;
}

/** Outline of a histogram as percent of its sum, from the first to the last bin that is not empty; empty when all are. */
export function outline(counts: Float64Array, bins: Bins, kind: string): OutlinePoint[] {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const first = counts.findIndex((n) => n > 0);
  const last = counts.findLastIndex((n) => n > 0);
  if (first < 0) return [];
  const points = [{ x: binEdge(bins, first), share: 0, kind }];
  for (let b = first; b <= last; b++)
    points.push({ x: binEdge(bins, b), share: (100 * counts[b]) / total, kind });
  return [...points, { x: binEdge(bins, last + 1), share: 0, kind }];
}

/** `wanted` positions out of `0 … length - 1`, evenly spaced, ascending; all of them when there are fewer. */
export function evenSample(length: number, wanted: number): number[] {
  if (length <= wanted) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: wanted }, (_, i) => Math.floor(((i + 0.5) * length) / wanted));
}
