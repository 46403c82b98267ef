/**
 * Finds where Σ_f weights[f]·rows[f][j] exceeds bar[j]: writes those j to `found` (int32) and the sums to `sums` (float64); returns their
 * number. Products and sums are rounded one by one, in the order of the features.
 *
 * @param n a multiple of 8
 * @param rows (features, n) float64
 * @param sums room for n + 8 values
 */
export function exceeding(
  n: i32,
  features: i32,
  rows: usize,
  weights: usize,
  bar: usize,
  found: usize,
  sums: usize,
): i32 {
  const first = found;
  const rowBytes = (<usize>n) << 3;
  const endWeights = weights + ((<usize>features) << 3);
  for (let j = 0; j < n; j += 8) {
    let weight = v128.load64_splat(weights);
    let s0 = f64x2.mul(weight, v128.load(rows));
    let s1 = f64x2.mul(weight, v128.load(rows, 16));
    let s2 = f64x2.mul(weight, v128.load(rows, 32));
    let s3 = f64x2.mul(weight, v128.load(rows, 48));
    let row = rows;
    for (let w = weights + 8; w < endWeights; w += 8) {
      row += rowBytes;
      weight = v128.load64_splat(w);
      s0 = f64x2.add(s0, f64x2.mul(weight, v128.load(row)));
      s1 = f64x2.add(s1, f64x2.mul(weight, v128.load(row, 16)));
      s2 = f64x2.add(s2, f64x2.mul(weight, v128.load(row, 32)));
      s3 = f64x2.add(s3, f64x2.mul(weight, v128.load(row, 48)));
    }
    const above01 = v128.or(f64x2.gt(s0, v128.load(bar)), f64x2.gt(s1, v128.load(bar, 16)));
    const above23 = v128.or(f64x2.gt(s2, v128.load(bar, 32)), f64x2.gt(s3, v128.load(bar, 48)));
    if (v128.any_true(v128.or(above01, above23))) {
      // All eight are written; those that exceed stay.
      v128.store(sums, s0);
      v128.store(sums, s1, 16);
      v128.store(sums, s2, 32);
      v128.store(sums, s3, 48);
      let kept = sums;
      for (let k = 0; k < 8; ++k) {
        const s = load<f64>(sums + ((<usize>k) << 3));
        if (!(s > load<f64>(bar + ((<usize>k) << 3)))) continue;
        store<f64>(kept, s);
        store<i32>(found, j + k);
        kept += 8;
        found += 4;
      }
      sums = kept;
    }
    rows += 64;
    bar += 64;
  }
  return <i32>((found - first) >> 2);
}

/** The largest of n float64 values, n a multiple of 8. */
export function largest(n: i32, values: usize): f64 {
  let m0 = f64x2.splat(-Infinity);
  let m1 = m0;
  let m2 = m0;
  let m3 = m0;
  for (const end = values + ((<usize>n) << 3); values < end; values += 64) {
    m0 = f64x2.pmax(m0, v128.load(values));
    m1 = f64x2.pmax(m1, v128.load(values, 16));
    m2 = f64x2.pmax(m2, v128.load(values, 32));
    m3 = f64x2.pmax(m3, v128.load(values, 48));
  }
  m0 = f64x2.pmax(f64x2.pmax(m0, m1), f64x2.pmax(m2, m3));
  return max(f64x2.extract_lane(m0, 0), f64x2.extract_lane(m0, 1));
}

/** Writes the positions of values above `limit` to `found` (int32); returns their number. n is a multiple of 8. */
export function positionsAbove(n: i32, values: usize, limit: f64, found: usize): i32 {
  const first = found;
  const limits = f64x2.splat(limit);
  for (let j = 0; j < n; j += 8) {
    const above0 = f64x2.gt(v128.load(values), limits);
    const above1 = f64x2.gt(v128.load(values, 16), limits);
    const above2 = f64x2.gt(v128.load(values, 32), limits);
    const above3 = f64x2.gt(v128.load(values, 48), limits);
    if (v128.any_true(v128.or(v128.or(above0, above1), v128.or(above2, above3)))) {
      for (let k = 0; k < 8; ++k) {
        if (load<f64>(values + ((<usize>k) << 3)) > limit) {
          store<i32>(found, j + k);
          found += 4;
        }
      }
    }
    values += 64;
  }
  return <i32>((found - first) >> 2);
}
