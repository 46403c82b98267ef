import { multiplyAdd32, multiplyAdd64 } from './multiply-add';

/**
 * c[i][j] (+)= Σ over channels of four rows' waveforms times eight columns' waveforms, float32.
 *
 * Columns lie in `panels` panels of eight, [panel][slot][sample][8], a slot being a channel. Rows lie in `rowPanels` panels of four; every
 * one has its own channels, which `lists` names: their number, where its samples [channel][sample][4] start in `a` (bytes), then for each of
 * them where the slot starts within a panel of `b` (bytes). `c` is [panel][row][8].
 */
export function multiplyWaveforms(
  rowPanels: i32,
  panels: i32,
  samples: i32,
  lists: usize,
  a: usize,
  b: usize,
  panelBytes: usize,
  c: usize,
  add: bool,
): void {
  for (let j = 0; j < panels; ++j) {
    let list = lists;
    for (let i = 0; i < rowPanels; ++i) {
      const count = load<i32>(list);
      tile4x8(count, list + 8, samples, a + <usize>load<u32>(list, 4), b, c, add);
      list += 8 + ((<usize>count) << 2);
      c += 128;
    }
    b += panelBytes;
  }
}

function tile4x8(count: i32, slots: usize, samples: i32, a: usize, b: usize, c: usize, add: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  while (count) {
    let column = b + <usize>load<u32>(slots);
    let k = samples;
    while (k) {
      const b0 = v128.load(column);
      const b1 = v128.load(column, 16);
      let x = v128.load32_splat(a);
      c00 = multiplyAdd32(x, b0, c00);
      c01 = multiplyAdd32(x, b1, c01);
      x = v128.load32_splat(a, 4);
      c10 = multiplyAdd32(x, b0, c10);
      c11 = multiplyAdd32(x, b1, c11);
      x = v128.load32_splat(a, 8);
      c20 = multiplyAdd32(x, b0, c20);
      c21 = multiplyAdd32(x, b1, c21);
      x = v128.load32_splat(a, 12);
      c30 = multiplyAdd32(x, b0, c30);
      c31 = multiplyAdd32(x, b1, c31);
      a += 16;
      column += 32;
      --k;
    }
    slots += 4;
    --count;
  }
  storeRow(c, c00, c01, add);
  storeRow(c + 32, c10, c11, add);
  storeRow(c + 64, c20, c21, add);
  storeRow(c + 96, c30, c31, add);
}

function storeRow(c: usize, low: v128, high: v128, add: bool): void {
  if (add) {
    low = f32x4.add(v128.load(c), low);
    high = f32x4.add(v128.load(c, 16), high);
  }
  v128.store(c, low);
  v128.store(c, high, 16);
}

/**
 * Correlations of `rows` rows that share a peak channel with all columns, from the products of `multiplyWaveforms`, which leave out the
 * means of the channels: r = (product / scale + Σ_n rowMeans[n]·mean[n]) / ‖column‖, with
 * ‖column‖² = Σ_n squares[n] + samples·(mean[n] - mean of means)² over the row's n channels. 0 where a column is constant.
 *
 * Columns lie in `panels` panels of eight: `means` and `squares` are [panel][slot][8] float64, `scales` is [panel][8] float64.
 * @param slots (channels,) int32, where each channel's eight values start within a panel of `means` (bytes)
 * @param rowMeans (rows, channels) float64
 * @param products [panel][rowsOfPanel][8] float32, at the first of the rows
 * @param out (rows, outBytes / 4) float32
 */
export function correlationsOfRows(
  rows: i32,
  channels: i32,
  panels: i32,
  samples: f64,
  slots: usize,
  rowMeans: usize,
  means: usize,
  squares: usize,
  panelBytes: usize,
  scales: usize,
  products: usize,
  productBytes: usize,
  out: usize,
  outBytes: usize,
): void {
  const zero = f64x2.splat(0);
  for (let panel = 0; panel < panels; ++panel) {
    const inverse0 = inverseNorm(channels, samples, slots, means, squares);
    const inverse1 = inverseNorm(channels, samples, slots, means + 16, squares + 16);
    const inverse2 = inverseNorm(channels, samples, slots, means + 32, squares + 32);
    const inverse3 = inverseNorm(channels, samples, slots, means + 48, squares + 48);
    const scaled0 = f64x2.div(inverse0, v128.load(scales));
    const scaled1 = f64x2.div(inverse1, v128.load(scales, 16));
    const scaled2 = f64x2.div(inverse2, v128.load(scales, 32));
    const scaled3 = f64x2.div(inverse3, v128.load(scales, 48));
    let weights = rowMeans;
    let product = products;
    let r = out;
    for (let row = 0; row < rows; ++row) {
      let sum0 = zero;
      let sum1 = zero;
      let sum2 = zero;
      let sum3 = zero;
      let slot = slots;
      for (const end = slots + ((<usize>channels) << 2); slot < end; slot += 4) {
        const weight = v128.load64_splat(weights);
        const mean = means + <usize>load<u32>(slot);
        sum0 = multiplyAdd64(weight, v128.load(mean), sum0);
        sum1 = multiplyAdd64(weight, v128.load(mean, 16), sum1);
        sum2 = multiplyAdd64(weight, v128.load(mean, 32), sum2);
        sum3 = multiplyAdd64(weight, v128.load(mean, 48), sum3);
        weights += 8;
      }
      storePair(r, combine(product, scaled0, sum0, inverse0));
      storePair(r + 8, combine(product + 8, scaled1, sum1, inverse1));
      storePair(r + 16, combine(product + 16, scaled2, sum2, inverse2));
      storePair(r + 24, combine(product + 24, scaled3, sum3, inverse3));
      product += 32;
      r += outBytes;
    }
    means += panelBytes;
    squares += panelBytes;
    scales += 64;
    products += productBytes;
    out += 32;
  }
}

function combine(product: usize, scaled: v128, sum: v128, inverse: v128): v128 {
  const product2 = f64x2.promote_low_f32x4(v128.load64_zero(product));
  return f64x2.add(f64x2.mul(product2, scaled), f64x2.mul(sum, inverse));
}

function storePair(target: usize, values: v128): void {
  v128.store64_lane(target, f32x4.demote_f64x2_zero(values), 0);
}

/** 1 / ‖column‖ of two columns, 0 where they are constant. */
function inverseNorm(channels: i32, samples: f64, slots: usize, means: usize, squares: usize): v128 {
  let sum = f64x2.splat(0);
  let total = f64x2.splat(0);
  for (let n = 0; n < channels; ++n) {
    const slot = <usize>load<u32>(slots + ((<usize>n) << 2));
    sum = f64x2.add(sum, v128.load(means + slot));
    total = f64x2.add(total, v128.load(squares + slot));
  }
  const mean = f64x2.div(sum, f64x2.splat(<f64>channels));
  let between = f64x2.splat(0);
  for (let n = 0; n < channels; ++n) {
    const slot = <usize>load<u32>(slots + ((<usize>n) << 2));
    const difference = f64x2.sub(v128.load(means + slot), mean);
    between = f64x2.add(between, f64x2.mul(difference, difference));
  }
  const norm = f64x2.sqrt(f64x2.add(total, f64x2.mul(f64x2.splat(samples), between)));
  const zero = f64x2.splat(0);
  return v128.bitselect(zero, f64x2.div(f64x2.splat(1), norm), f64x2.eq(norm, zero));
}
