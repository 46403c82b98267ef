import { multiplyAdd32 } from './multiply-add';

/**
 * c[i][j] (+)= Σ over channels of four rows' waveforms times eight columns' waveforms, float32.
 *
 * Columns lie in `panels` panels of eight, [panel][slot][sample][8], a slot being a channel. Rows lie in `rowPanels` panels of four; every
 * one has its own channels, which `lists` names: how many runs of slots beside each other, where its samples [channel][sample][4] start in `a`
 * (bytes), then for each run where it starts within a panel of `b` (bytes) and its number of slots. `c` is [panel][row][8].
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
      list += 8 + ((<usize>count) << 3);
      c += 128;
    }
    b += panelBytes;
  }
}

/** Called from one place only, so that it is compiled into it. */
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
    // Columns are twice as wide as rows, so that one pointer serves both: 43 instead of 38 GFLOP/s.
    const shift = b + <usize>load<u32>(slots) - (a << 1);
    const end = a + ((<usize>load<i32>(slots, 4) * samples) << 4);
    do {
      const column = (a << 1) + shift;
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
    } while (a < end);
    slots += 8;
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
