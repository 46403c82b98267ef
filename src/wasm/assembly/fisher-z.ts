/** tanh(6): where r is cut. */
const LARGEST_R: f64 = 0.9999877116507956;
const LARGEST_Z: f64 = 6;

/**
 * Fisher z of two correlations, cut to ±6; NaN stays NaN.
 *
 * With (1 + r)/(1 - r) = 2^e·m and m between √½ and √2: z = ½·e·ln 2 + artanh((m - 1)/(m + 1)), the latter by its power series, whose
 * argument is at most 0.172. The error is below 1e-15. The same bits in every engine, which Math.atanh does not promise.
 */
export function fisherZ2(r: v128): v128 {
  const one = f64x2.splat(1);
  const cut = f64x2.pmin(f64x2.pmax(r, f64x2.splat(-LARGEST_R)), f64x2.splat(LARGEST_R));
  const ratio = f64x2.div(f64x2.add(one, cut), f64x2.sub(one, cut));
  // Subtracting the bits of √½ makes the exponent field count from it.
  const rootHalf = i64x2.splat(reinterpret<i64>(Math.SQRT1_2));
  const exponent = i64x2.shr_s(i64x2.sub(ratio, rootHalf), 52);
  const mantissa = i64x2.sub(ratio, i64x2.shl(exponent, 52));
  // A small integer becomes a float64 by way of 1.5·2^52.
  const magic = f64x2.splat(6755399441055744);
  const e = f64x2.sub(i64x2.add(exponent, magic), magic);
  const s = f64x2.div(f64x2.sub(mantissa, one), f64x2.add(mantissa, one));
  const s2 = f64x2.mul(s, s);
  let series = f64x2.splat(1.0 / 21);
  series = f64x2.add(f64x2.mul(series, s2), f64x2.splat(1.0 / 19));
  series = f64x2.add(f64x2.mul(series, s2), f64x2.splat(1.0 / 17));
  series = f64x2.add(f64x2.mul(series, s2), f64x2.splat(1.0 / 15));
  series = f64x2.add(f64x2.mul(series, s2), f64x2.splat(1.0 / 13));
  series = f64x2.add(f64x2.mul(series, s2), f64x2.splat(1.0 / 11));
  series = f64x2.add(f64x2.mul(series, s2), f64x2.splat(1.0 / 9));
  series = f64x2.add(f64x2.mul(series, s2), f64x2.splat(1.0 / 7));
  series = f64x2.add(f64x2.mul(series, s2), f64x2.splat(1.0 / 5));
  series = f64x2.add(f64x2.mul(series, s2), f64x2.splat(1.0 / 3));
  series = f64x2.add(f64x2.mul(series, s2), one);
  let z = f64x2.add(f64x2.mul(e, f64x2.splat(0.34657359027997264)), f64x2.mul(s, series));
  z = v128.bitselect(f64x2.splat(LARGEST_Z), z, f64x2.ge(r, f64x2.splat(LARGEST_R)));
  z = v128.bitselect(f64x2.splat(-LARGEST_Z), z, f64x2.le(r, f64x2.splat(-LARGEST_R)));
  return v128.bitselect(r, z, f64x2.ne(r, r));
}

/** Fisher z of `count` float64 correlations (an even number), in place. */
export function fisherZ(count: i32, r: usize): void {
  for (const end = r + ((<usize>count) << 3); r < end; r += 16) v128.store(r, fisherZ2(v128.load(r)));
}
