import { fisherZ2 } from './fisher-z';

/** Where rounding could cost more than about 1e-10 of z. */
const CONDITION: f64 = 1e-5;

/**
 * Fisher z of pairs of rows over the columns valid in both, from sums over those columns, in place of `count`.
 *
 * r = (Σxy - Σx·Σy/n) / √((Σx² - (Σx)²/n)·(Σy² - (Σy)²/n)). Becomes 0 where a row is zero throughout, ∞ where no column is common, NaN
 * where the differences cancel too much to be trusted: such a pair is to be computed again.
 *
 * All arrays have `pairs` float64 values; `pairs` is even.
 */
export function combineMasked(
  pairs: i32,
  count: usize,
  x: usize,
  y: usize,
  xx: usize,
  yy: usize,
  xy: usize,
): void {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  for (let pair = 0; pair < pairs; pair += 2) {
    const n = v128.load(count);
    const sumX = v128.load(x);
    const sumY = v128.load(y);
    const squaresX = v128.load(xx);
    const squaresY = v128.load(yy);
    const inverse = f64x2.div(one, n);
    const varianceX = f64x2.sub(squaresX, f64x2.mul(f64x2.mul(sumX, sumX), inverse));
    const varianceY = f64x2.sub(squaresY, f64x2.mul(f64x2.mul(sumY, sumY), inverse));
    const covariance = f64x2.sub(v128.load(xy), f64x2.mul(f64x2.mul(sumX, sumY), inverse));
    const r = f64x2.div(covariance, f64x2.sqrt(f64x2.mul(varianceX, varianceY)));
    const shareX = f64x2.div(varianceX, squaresX);
    const shareY = f64x2.div(varianceY, squaresY);
    // Rounding can turn both variances of constant rows negative: neither factor may then pass for a large positive one.
    const trust = f64x2.mul(
      f64x2.max(f64x2.sub(one, f64x2.mul(r, r)), zero),
      f64x2.max(f64x2.min(shareX, shareY), zero),
    );
    let z = v128.bitselect(fisherZ2(r), f64x2.splat(NaN), f64x2.ge(trust, f64x2.splat(CONDITION)));
    const still = v128.or(f64x2.eq(squaresX, zero), f64x2.eq(squaresY, zero));
    z = v128.bitselect(zero, z, still);
    z = v128.bitselect(f64x2.splat(Infinity), z, f64x2.eq(n, zero));
    v128.store(count, z);
    count += 16;
    x += 16;
    y += 16;
    xx += 16;
    yy += 16;
    xy += 16;
  }
}
