/**
 * Mean, sum of squared differences from it and range of each of `chunks` runs of `samples` float32 values.
 * The sums are float64; a constant run has exactly its value as mean and 0 as squares.
 */
export function channelMoments(
  chunks: i32,
  samples: i32,
  x: usize,
  means: usize,
  squares: usize,
  ranges: usize,
): void {
  const bytes = (<usize>samples) << 2;
  const vectorBytes = (<usize>(samples & ~3)) << 2;
  for (let c = 0; c < chunks; ++c) {
    const end = x + bytes;
    const vectorEnd = x + vectorBytes;
    let low = v128.load32_splat(x);
    let high = low;
    let sum0 = f64x2.splat(0);
    let sum1 = f64x2.splat(0);
    let p = x;
    for (; p < vectorEnd; p += 16) {
      const v = v128.load(p);
      low = f32x4.pmin(low, v);
      high = f32x4.pmax(high, v);
      sum0 = f64x2.add(sum0, f64x2.promote_low_f32x4(v));
      sum1 = f64x2.add(sum1, f64x2.promote_low_f32x4(upperHalf(v)));
    }
    sum0 = f64x2.add(sum0, sum1);
    let sum = f64x2.extract_lane(sum0, 0) + f64x2.extract_lane(sum0, 1);
    for (; p < end; p += 4) {
      const v = v128.load32_splat(p);
      low = f32x4.pmin(low, v);
      high = f32x4.pmax(high, v);
      sum += <f64>load<f32>(p);
    }
    const mean = sum / <f64>samples;

    const mean2 = f64x2.splat(mean);
    sum0 = f64x2.splat(0);
    sum1 = f64x2.splat(0);
    for (p = x; p < vectorEnd; p += 16) {
      const v = v128.load(p);
      const d0 = f64x2.sub(f64x2.promote_low_f32x4(v), mean2);
      const d1 = f64x2.sub(f64x2.promote_low_f32x4(upperHalf(v)), mean2);
      sum0 = f64x2.add(sum0, f64x2.mul(d0, d0));
      sum1 = f64x2.add(sum1, f64x2.mul(d1, d1));
    }
    sum0 = f64x2.add(sum0, sum1);
    let total = f64x2.extract_lane(sum0, 0) + f64x2.extract_lane(sum0, 1);
    for (; p < end; p += 4) {
      const d = <f64>load<f32>(p) - mean;
      total += d * d;
    }
    store<f64>(means, mean);
    store<f64>(squares, total);
    store<f64>(ranges, <f64>largest(high) - <f64>smallest(low));
    means += 8;
    squares += 8;
    ranges += 8;
    x = end;
  }
}

function upperHalf(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 2, 3, 2, 3);
}

function largest(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

function smallest(v: v128): f32 {
  return min(
    min(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    min(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}
