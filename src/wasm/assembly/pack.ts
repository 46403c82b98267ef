/** Rows of float64 to panels of four, [panel][k][4], the layout of `multiplyPanels`. */
export function packPanels(panels: i32, depth: i32, x: usize, out: usize): void {
  const rowBytes = (<usize>depth) << 3;
  for (let panel = 0; panel < panels; ++panel) {
    for (let k = 0; k < depth; ++k) {
      store<f64>(out, load<f64>(x));
      store<f64>(out, load<f64>(x + rowBytes), 8);
      store<f64>(out, load<f64>(x + rowBytes * 2), 16);
      store<f64>(out, load<f64>(x + rowBytes * 3), 24);
      x += 8;
      out += 32;
    }
    x += rowBytes * 3;
  }
}

/**
 * Waveform of one unit on some channels, each with its mean taken out, times `scale`, rounded to float32, into one column of panels of
 * four: sample t of channel c goes to `out + targets[c] + 16·t`.
 *
 * @param x (channels, samples) float32
 * @param means (channels,) float64
 * @param targets (channels,) int32
 */
export function packRow(
  channels: i32,
  samples: i32,
  x: usize,
  means: usize,
  scale: f64,
  targets: usize,
  out: usize,
): void {
  const scales = f64x2.splat(scale);
  for (let c = 0; c < channels; ++c) {
    const mean = load<f64>(means);
    const mean2 = f64x2.splat(mean);
    const end = x + ((<usize>samples) << 2);
    let to = out + <usize>load<u32>(targets);
    for (const vectorEnd = x + ((<usize>(samples & ~3)) << 2); x < vectorEnd; x += 16) {
      const v = v128.load(x);
      const upper = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
      const first = f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(v), mean2), scales);
      const second = f64x2.mul(f64x2.sub(upper, mean2), scales);
      const first2 = f32x4.demote_f64x2_zero(first);
      const second2 = f32x4.demote_f64x2_zero(second);
      v128.store32_lane(to, first2, 0);
      v128.store32_lane(to, first2, 1, 16);
      v128.store32_lane(to, second2, 0, 32);
      v128.store32_lane(to, second2, 1, 48);
      to += 64;
    }
    for (; x < end; x += 4) {
      store<f32>(to, <f32>((<f64>load<f32>(x) - mean) * scale));
      to += 16;
    }
    means += 8;
    targets += 4;
  }
}

/**
 * Waveforms of eight units on some channels, each with its mean taken out, into panels of eight: sample t of channel c of unit u goes to
 * `out + targets[c] + 32·t + 4·u`.
 *
 * The mean is taken out in two float32 parts. Each difference is rounded relative to itself, so that nothing is lost to an offset.
 *
 * @param x (8, channels, samples) float32
 * @param means (channels, 8) float64
 * @param targets (channels,) int32
 */
export function packColumns(
  channels: i32,
  samples: i32,
  x: usize,
  means: usize,
  targets: usize,
  out: usize,
): void {
  const channelBytes = (<usize>samples) << 2;
  const unitBytes = <usize>channels * channelBytes;
  for (let c = 0; c < channels; ++c) {
    const to = out + <usize>load<u32>(targets);
    packFour(samples, x, unitBytes, means, to);
    packFour(samples, x + unitBytes * 4, unitBytes, means + 32, to + 16);
    x += channelBytes;
    means += 64;
    targets += 4;
  }
}

function packFour(samples: i32, x: usize, unitBytes: usize, means: usize, to: usize): void {
  const high0 = f32x4.splat(<f32>load<f64>(means));
  const high1 = f32x4.splat(<f32>load<f64>(means, 8));
  const high2 = f32x4.splat(<f32>load<f64>(means, 16));
  const high3 = f32x4.splat(<f32>load<f64>(means, 24));
  const low0 = f32x4.splat(<f32>(load<f64>(means) - <f64>f32x4.extract_lane(high0, 0)));
  const low1 = f32x4.splat(<f32>(load<f64>(means, 8) - <f64>f32x4.extract_lane(high1, 0)));
  const low2 = f32x4.splat(<f32>(load<f64>(means, 16) - <f64>f32x4.extract_lane(high2, 0)));
  const low3 = f32x4.splat(<f32>(load<f64>(means, 24) - <f64>f32x4.extract_lane(high3, 0)));
  const end = x + ((<usize>samples) << 2);
  for (const vectorEnd = x + ((<usize>(samples & ~3)) << 2); x < vectorEnd; x += 16) {
    let p = x;
    const v0 = f32x4.sub(f32x4.sub(v128.load(p), high0), low0);
    p += unitBytes;
    const v1 = f32x4.sub(f32x4.sub(v128.load(p), high1), low1);
    p += unitBytes;
    const v2 = f32x4.sub(f32x4.sub(v128.load(p), high2), low2);
    p += unitBytes;
    const v3 = f32x4.sub(f32x4.sub(v128.load(p), high3), low3);
    const even0 = v128.shuffle<f32>(v0, v1, 0, 4, 1, 5);
    const even1 = v128.shuffle<f32>(v2, v3, 0, 4, 1, 5);
    const odd0 = v128.shuffle<f32>(v0, v1, 2, 6, 3, 7);
    const odd1 = v128.shuffle<f32>(v2, v3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(even0, even1, 0, 2));
    v128.store(to, v128.shuffle<f64>(even0, even1, 1, 3), 32);
    v128.store(to, v128.shuffle<f64>(odd0, odd1, 0, 2), 64);
    v128.store(to, v128.shuffle<f64>(odd0, odd1, 1, 3), 96);
    to += 128;
  }
  const high = f32x4(
    f32x4.extract_lane(high0, 0),
    f32x4.extract_lane(high1, 0),
    f32x4.extract_lane(high2, 0),
    f32x4.extract_lane(high3, 0),
  );
  const low = f32x4(
    f32x4.extract_lane(low0, 0),
    f32x4.extract_lane(low1, 0),
    f32x4.extract_lane(low2, 0),
    f32x4.extract_lane(low3, 0),
  );
  for (; x < end; x += 4) {
    let v = v128.load32_zero(x);
    v = v128.load32_lane(x + unitBytes, v, 1);
    v = v128.load32_lane(x + unitBytes * 2, v, 2);
    v = v128.load32_lane(x + unitBytes * 3, v, 3);
    v128.store(to, f32x4.sub(f32x4.sub(v, high), low));
    to += 32;
  }
}
