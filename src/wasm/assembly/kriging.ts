import { multiplyAdd32 } from './multiply-add';

/**
 * out[c][t] = Σ_k matrix[c][k]·x[k][t] in float32 for one unit; `matrix` is sparse, in panels of four rows.
 *
 * `lists` names for each panel the columns any of its rows uses: their number, then for each where its row starts in `x` (bytes).
 * `coefficients` are [panel][column of the list][4] float32. The last panel of eight samples overlaps the one before it where `samples` is no
 * multiple of 8.
 *
 * @param samples at least 8
 * @param x (channels, samples) float32
 * @param out (4·panels, samples) float32
 */
export function krige(
  panels: i32,
  samples: i32,
  lists: usize,
  coefficients: usize,
  x: usize,
  out: usize,
): void {
  const rowBytes = (<usize>samples) << 2;
  const last = rowBytes - 32;
  for (let panel = 0; panel < panels; ++panel) {
    const count = load<i32>(lists);
    lists += 4;
    for (let t: usize = 0; ; t += 32) {
      if (t > last) t = last;
      tile4x8(count, lists, coefficients, x + t, out + t, rowBytes);
      if (t === last) break;
    }
    lists += (<usize>count) << 2;
    coefficients += (<usize>count) << 4;
    out += rowBytes << 2;
  }
}

function tile4x8(count: i32, list: usize, a: usize, x: usize, c: usize, rowBytes: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  while (count) {
    const row = x + <usize>load<u32>(list);
    const b0 = v128.load(row);
    const b1 = v128.load(row, 16);
    let coefficient = v128.load32_splat(a);
    c00 = multiplyAdd32(coefficient, b0, c00);
    c01 = multiplyAdd32(coefficient, b1, c01);
    coefficient = v128.load32_splat(a, 4);
    c10 = multiplyAdd32(coefficient, b0, c10);
    c11 = multiplyAdd32(coefficient, b1, c11);
    coefficient = v128.load32_splat(a, 8);
    c20 = multiplyAdd32(coefficient, b0, c20);
    c21 = multiplyAdd32(coefficient, b1, c21);
    coefficient = v128.load32_splat(a, 12);
    c30 = multiplyAdd32(coefficient, b0, c30);
    c31 = multiplyAdd32(coefficient, b1, c31);
    list += 4;
    a += 16;
    --count;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += rowBytes;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += rowBytes;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += rowBytes;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}
