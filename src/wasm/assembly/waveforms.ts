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
  for (let panel = 0; panel < panels; ++panel) {
    for (let part: usize = 0; part < 64; part += 16) {
      const norm = columnNorm(channels, samples, slots, means + part, squares + part);
      const inverse = v128.bitselect(
        f64x2.splat(0),
        f64x2.div(f64x2.splat(1), norm),
        f64x2.eq(norm, f64x2.splat(0)),
      );
      const inverseScaled = f64x2.div(inverse, v128.load(scales + part));
      let weights = rowMeans;
      let product = products + (part >> 1);
      let r = out + (part >> 1);
      for (let row = 0; row < rows; ++row) {
        let sum = f64x2.splat(0);
        for (let n = 0; n < channels; ++n) {
          const slot = <usize>load<u32>(slots + ((<usize>n) << 2));
          sum = multiplyAdd64(v128.load64_splat(weights), v128.load(means + part + slot), sum);
          weights += 8;
        }
        const scaled = f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(product)), inverseScaled);
        v128.store64_lane(r, f32x4.demote_f64x2_zero(f64x2.add(scaled, f64x2.mul(sum, inverse))), 0);
        product += 32;
        r += outBytes;
      }
    }
    means += panelBytes;
    squares += panelBytes;
    scales += 64;
    products += productBytes;
    out += 32;
  }
}

function columnNorm(channels: i32, samples: f64, slots: usize, means: usize, squares: usize): v128 {
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
  return f64x2.sqrt(f64x2.add(total, f64x2.mul(f64x2.splat(samples), between)));
}
