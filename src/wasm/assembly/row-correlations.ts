import { multiplyAdd64 } from './multiply-add';

/** Below it, products of float32 may lose their last bits. */
const FAINT: f64 = 1e-24;

/**
 * Correlations of `rows` rows that share a peak channel with all columns, from the products of `multiplyWaveforms`, which leave out the
 * means of the channels: r = (product + Σ_n rowMeans[n]·mean[n]) / ‖column‖, with
 * ‖column‖² = Σ_n squares[n] + samples·(mean[n] - mean of means)² over the row's n channels. 0 where a column is constant, NaN where it is
 * so faint that its products cannot be trusted.
 *
 * Columns lie in `panels` panels of eight: `means` and `squares` are [panel][channel][8] float64.
 * @param offsets (channels,) int32, where each channel's eight values start within a panel of `means` (bytes)
 * @param rowMeans (rows, channels) float64
 * @param products [panel][rowsOfPanel][8] float32, at the first of the rows
 * @param inverses (8,) float64, scratch
 * @param out (rows, outBytes / 4) float32
 */
export function correlationsOfRows(
  rows: i32,
  channels: i32,
  panels: i32,
  samples: f64,
  offsets: usize,
  rowMeans: usize,
  means: usize,
  squares: usize,
  panelBytes: usize,
  products: usize,
  productBytes: usize,
  inverses: usize,
  out: usize,
  outBytes: usize,
): void {
  const zero = f64x2.splat(0);
  const weightBytes = (<usize>channels) << 3;
  const end = offsets + ((<usize>channels) << 2);
  for (let panel = 0; panel < panels; ++panel) {
    inverseNorms(channels, samples, offsets, means, squares, inverses);
    const inverse0 = v128.load(inverses);
    const inverse1 = v128.load(inverses, 16);
    const inverse2 = v128.load(inverses, 32);
    const inverse3 = v128.load(inverses, 48);
    // Two rows at a time; an odd last row is its own partner.
    for (let row = 0; row < rows; row += 2) {
      const next: usize = row + 1 < rows ? 1 : 0;
      let weights = rowMeans + <usize>row * weightBytes;
      let a0 = zero;
      let a1 = zero;
      let a2 = zero;
      let a3 = zero;
      let b0 = zero;
      let b1 = zero;
      let b2 = zero;
      let b3 = zero;
      for (let offset = offsets; offset < end; offset += 4) {
        const mean = means + <usize>load<u32>(offset);
        const weightA = v128.load64_splat(weights);
        const weightB = v128.load64_splat(weights + next * weightBytes);
        let value = v128.load(mean);
        a0 = multiplyAdd64(weightA, value, a0);
        b0 = multiplyAdd64(weightB, value, b0);
        value = v128.load(mean, 16);
        a1 = multiplyAdd64(weightA, value, a1);
        b1 = multiplyAdd64(weightB, value, b1);
        value = v128.load(mean, 32);
        a2 = multiplyAdd64(weightA, value, a2);
        b2 = multiplyAdd64(weightB, value, b2);
        value = v128.load(mean, 48);
        a3 = multiplyAdd64(weightA, value, a3);
        b3 = multiplyAdd64(weightB, value, b3);
        weights += 8;
      }
      let product = products + ((<usize>row) << 5);
      let r = out + <usize>row * outBytes;
      store4(r, product, a0, a1, inverse0, inverse1);
      store4(r + 16, product + 16, a2, a3, inverse2, inverse3);
      product += next << 5;
      r += next * outBytes;
      store4(r, product, b0, b1, inverse0, inverse1);
      store4(r + 16, product + 16, b2, b3, inverse2, inverse3);
    }
    means += panelBytes;
    squares += panelBytes;
    products += productBytes;
    out += 32;
  }
}

function store4(r: usize, product: usize, low: v128, high: v128, inverseLow: v128, inverseHigh: v128): void {
  const products = v128.load(product);
  const upper = v128.shuffle<f32>(products, products, 2, 3, 2, 3);
  low = f64x2.mul(f64x2.add(f64x2.promote_low_f32x4(products), low), inverseLow);
  high = f64x2.mul(f64x2.add(f64x2.promote_low_f32x4(upper), high), inverseHigh);
  const rLow = f32x4.demote_f64x2_zero(low);
  const rHigh = f32x4.demote_f64x2_zero(high);
  v128.store(r, v128.shuffle<f32>(rLow, rHigh, 0, 1, 4, 5));
}

/** 1 / ‖column‖ of the eight columns of a panel. */
function inverseNorms(
  channels: i32,
  samples: f64,
  offsets: usize,
  means: usize,
  squares: usize,
  inverses: usize,
): void {
  const end = offsets + ((<usize>channels) << 2);
  for (let part: usize = 0; part < 64; part += 32) {
    let sum0 = f64x2.splat(0);
    let sum1 = f64x2.splat(0);
    let total0 = f64x2.splat(0);
    let total1 = f64x2.splat(0);
    for (let offset = offsets; offset < end; offset += 4) {
      const at = <usize>load<u32>(offset) + part;
      sum0 = f64x2.add(sum0, v128.load(means + at));
      sum1 = f64x2.add(sum1, v128.load(means + at, 16));
      total0 = f64x2.add(total0, v128.load(squares + at));
      total1 = f64x2.add(total1, v128.load(squares + at, 16));
    }
    const mean0 = f64x2.div(sum0, f64x2.splat(<f64>channels));
    const mean1 = f64x2.div(sum1, f64x2.splat(<f64>channels));
    let between0 = f64x2.splat(0);
    let between1 = f64x2.splat(0);
    for (let offset = offsets; offset < end; offset += 4) {
      const at = <usize>load<u32>(offset) + part;
      const difference0 = f64x2.sub(v128.load(means + at), mean0);
      const difference1 = f64x2.sub(v128.load(means + at, 16), mean1);
      between0 = f64x2.add(between0, f64x2.mul(difference0, difference0));
      between1 = f64x2.add(between1, f64x2.mul(difference1, difference1));
    }
    storeInverse(inverses + part, total0, samples, between0);
    storeInverse(inverses + part + 16, total1, samples, between1);
  }
}

function storeInverse(target: usize, within: v128, samples: f64, between: v128): void {
  const zero = f64x2.splat(0);
  const norm = f64x2.sqrt(f64x2.add(within, f64x2.mul(f64x2.splat(samples), between)));
  const faint = f64x2.lt(norm, f64x2.splat(FAINT));
  const inverse = v128.bitselect(f64x2.splat(NaN), f64x2.div(f64x2.splat(1), norm), faint);
  v128.store(target, v128.bitselect(zero, inverse, f64x2.eq(norm, zero)));
}
