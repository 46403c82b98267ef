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
 * Waveform of one unit on some channels, each with its mean taken out, times `scale`, rounded to float32, into one column of panels:
 * sample t of channel c goes to `out + targets[c] + t·stepBytes`.
 *
 * @param x (channels, samples) float32
 * @param means (channels,) float64, `meanStride` bytes apart
 * @param targets (channels,) int32
 */
export function packWaveform(
  channels: i32,
  samples: i32,
  x: usize,
  means: usize,
  meanStride: usize,
  scale: f64,
  targets: usize,
  stepBytes: usize,
  out: usize,
): void {
  for (let c = 0; c < channels; ++c) {
    const mean = load<f64>(means);
    let to = out + <usize>load<u32>(targets);
    for (const end = x + ((<usize>samples) << 2); x < end; x += 4) {
      store<f32>(to, <f32>((<f64>load<f32>(x) - mean) * scale));
      to += stepBytes;
    }
    means += meanStride;
    targets += 4;
  }
}
