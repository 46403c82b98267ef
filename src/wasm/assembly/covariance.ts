/** Σ (a[k] - meanA)·b[k] in float64 of float32 values; with `meanA` the mean of `a`, the mean of `b` does not matter. */
export function covariance(count: i32, a: usize, meanA: f64, b: usize): f64 {
  const mean = f64x2.splat(meanA);
  let sum0 = f64x2.splat(0);
  let sum1 = f64x2.splat(0);
  let k = count;
  for (; k >= 4; k -= 4) {
    const x = v128.load(a);
    const y = v128.load(b);
    const x0 = f64x2.sub(f64x2.promote_low_f32x4(x), mean);
    const x1 = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3)), mean);
    sum0 = f64x2.add(sum0, f64x2.mul(x0, f64x2.promote_low_f32x4(y)));
    sum1 = f64x2.add(sum1, f64x2.mul(x1, f64x2.promote_low_f32x4(v128.shuffle<f32>(y, y, 2, 3, 2, 3))));
    a += 16;
    b += 16;
  }
  sum0 = f64x2.add(sum0, sum1);
  let sum = f64x2.extract_lane(sum0, 0) + f64x2.extract_lane(sum0, 1);
  for (; k > 0; --k) {
    sum += (<f64>load<f32>(a) - meanA) * <f64>load<f32>(b);
    a += 4;
    b += 4;
  }
  return sum;
}
