import { multiplyWaveforms } from './waveforms';

/** Below it, products of float32 may lose their last bits. */
const FAINT: f64 = 1e-24;

/**
 * Correlations of rows with all columns, from the products of `multiplyWaveforms`, which leave out the means of the channels:
 * r = (product + Σ_n rowMeans[n]·(mean[n] - mean of means)) / ‖column‖, with
 * ‖column‖² = Σ_n squares[n] + samples·(mean[n] - mean of means)² over the channels of the row's neighbourhood. 0 where a column is
 * constant there, NaN where it is so faint that its products cannot be trusted.
 *
 * Rows lie in panels of four, columns in `panels` panels of eight; `means` and `squares` are [panel][channel][8] float64.
 * @param pieces for each of `peaks` neighbourhoods int32: where the eight values of each of its channels start within a panel of `means`
 *   (bytes); the number of its pieces; for each piece the first row of its panel, the first and the end of its rows within the panel
 * @param rowMeans [piece][channel][4] float32
 * @param products [panel][rowsOfPanel][8] float32
 * @param scratch (channels + 5, 8) float32
 * @param out (rows, outBytes / 4) float32
 */
export function correlationsOfRows(
  peaks: i32,
  channels: i32,
  panels: i32,
  samples: f64,
  pieces: usize,
  rowMeans: usize,
  means: usize,
  squares: usize,
  panelBytes: usize,
  products: usize,
  productBytes: usize,
  scratch: usize,
  out: usize,
  outBytes: usize,
): void {
  const centred = scratch + 160;
  for (let panel = 0; panel < panels; ++panel) {
    let word = pieces;
    let weights = rowMeans;
    for (let peak = 0; peak < peaks; ++peak) {
      centre(channels, samples, word, means, squares, centred, scratch);
      const inverse0 = v128.load(scratch);
      const inverse1 = v128.load(scratch, 16);
      // A list of one run, which is one slot; all starts are 0.
      store<i64>(scratch, 1);
      store<i64>(scratch, 1 << 32, 8);
      word += (<usize>channels) << 2;
      const count = load<i32>(word);
      word += 4;
      for (let piece = 0; piece < count; ++piece) {
        multiplyWaveforms(1, 1, channels, scratch, weights, centred, 0, scratch + 32, false);
        weights += (<usize>channels) << 4;
        const first = load<i32>(word);
        const end = load<i32>(word, 8);
        for (let lane = load<i32>(word, 4); lane < end; ++lane) {
          const product = products + ((<usize>(first + lane)) << 5);
          const sum = scratch + 32 + ((<usize>lane) << 5);
          const r = out + <usize>(first + lane) * outBytes;
          v128.store(r, f32x4.mul(f32x4.add(v128.load(product), v128.load(sum)), inverse0));
          v128.store(r, f32x4.mul(f32x4.add(v128.load(product, 16), v128.load(sum, 16)), inverse1), 16);
        }
        word += 12;
      }
    }
    means += panelBytes;
    squares += panelBytes;
    products += productBytes;
    out += 32;
  }
}

/** Takes the mean of means out of the means of eight columns, (channels, 8) float32, and gives 1 / ‖column‖ of each, float32. */
function centre(
  channels: i32,
  samples: f64,
  offsets: usize,
  means: usize,
  squares: usize,
  centred: usize,
  inverses: usize,
): void {
  const end = offsets + ((<usize>channels) << 2);
  for (let half: usize = 0; half < 2; ++half) {
    const part = half << 5;
    let sum0 = f64x2.splat(0);
    let sum1 = f64x2.splat(0);
    let within0 = f64x2.splat(0);
    let within1 = f64x2.splat(0);
    for (let offset = offsets; offset < end; offset += 4) {
      const at = <usize>load<u32>(offset) + part;
      sum0 = f64x2.add(sum0, v128.load(means + at));
      sum1 = f64x2.add(sum1, v128.load(means + at, 16));
      within0 = f64x2.add(within0, v128.load(squares + at));
      within1 = f64x2.add(within1, v128.load(squares + at, 16));
    }
    const mean0 = f64x2.div(sum0, f64x2.splat(<f64>channels));
    const mean1 = f64x2.div(sum1, f64x2.splat(<f64>channels));
    let between0 = f64x2.splat(0);
    let between1 = f64x2.splat(0);
    let target = centred + (half << 4);
    for (let offset = offsets; offset < end; offset += 4) {
      const at = <usize>load<u32>(offset) + part;
      const difference0 = f64x2.sub(v128.load(means + at), mean0);
      const difference1 = f64x2.sub(v128.load(means + at, 16), mean1);
      between0 = f64x2.add(between0, f64x2.mul(difference0, difference0));
      between1 = f64x2.add(between1, f64x2.mul(difference1, difference1));
      v128.store(target, narrow(difference0, difference1));
      target += 32;
    }
    const inverse0 = inverseNorm(within0, samples, between0);
    const inverse1 = inverseNorm(within1, samples, between1);
    v128.store(inverses + (half << 4), narrow(inverse0, inverse1));
  }
}

function inverseNorm(within: v128, samples: f64, between: v128): v128 {
  const zero = f64x2.splat(0);
  const norm = f64x2.sqrt(f64x2.add(within, f64x2.mul(f64x2.splat(samples), between)));
  const faint = f64x2.lt(norm, f64x2.splat(FAINT));
  const inverse = v128.bitselect(f64x2.splat(NaN), f64x2.div(f64x2.splat(1), norm), faint);
  return v128.bitselect(zero, inverse, f64x2.eq(norm, zero));
}

/** Four float64 as float32. */
function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}
