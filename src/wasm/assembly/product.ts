import { multiplyAdd64 } from './multiply-add';

/** Rows of `a` worked on together: with DEPTH they fill a quarter of a megabyte of cache. */
const ROW_PANELS = 32;
/** Columns summed in registers before they are added to `c`. It fixes the order of summation: results depend on it. */
const DEPTH = 256;

/**
 * c[i][j] = Σ_k a[i][k]·b[j][k] in float64, over panels of four rows laid out [panel][k][4].
 * `c` is [4·rowPanels][rowBytes / 8]; it is 0 where `depth` is.
 */
export function multiplyPanels(
  rowPanels: i32,
  columnPanels: i32,
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  rowBytes: usize,
): void {
  const panelBytes = (<usize>depth) << 5;
  let start = 0;
  do {
    const count = min(DEPTH, depth - start);
    const offset = (<usize>start) << 5;
    for (let firstRow = 0; firstRow < rowPanels; firstRow += ROW_PANELS) {
      const endRow = min(rowPanels, firstRow + ROW_PANELS);
      for (let j = 0; j < columnPanels; ++j) {
        const bPanel = b + <usize>j * panelBytes + offset;
        for (let i = firstRow; i < endRow; ++i) {
          const tile = c + ((<usize>i * rowBytes) << 2) + ((<usize>j) << 5);
          tile4x4(count, a + <usize>i * panelBytes + offset, bPanel, tile, rowBytes, start > 0);
        }
      }
    }
    start += DEPTH;
  } while (start < depth);
}

function tile4x4(depth: i32, a: usize, b: usize, c: usize, rowBytes: usize, add: bool): void {
  let c00 = f64x2.splat(0);
  let c01 = f64x2.splat(0);
  let c10 = f64x2.splat(0);
  let c11 = f64x2.splat(0);
  let c20 = f64x2.splat(0);
  let c21 = f64x2.splat(0);
  let c30 = f64x2.splat(0);
  let c31 = f64x2.splat(0);
  while (depth) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load64_splat(a);
    c00 = multiplyAdd64(x, b0, c00);
    c01 = multiplyAdd64(x, b1, c01);
    x = v128.load64_splat(a, 8);
    c10 = multiplyAdd64(x, b0, c10);
    c11 = multiplyAdd64(x, b1, c11);
    x = v128.load64_splat(a, 16);
    c20 = multiplyAdd64(x, b0, c20);
    c21 = multiplyAdd64(x, b1, c21);
    x = v128.load64_splat(a, 24);
    c30 = multiplyAdd64(x, b0, c30);
    c31 = multiplyAdd64(x, b1, c31);
    a += 32;
    b += 32;
    --depth;
  }
  storeRow(c, c00, c01, add);
  c += rowBytes;
  storeRow(c, c10, c11, add);
  c += rowBytes;
  storeRow(c, c20, c21, add);
  c += rowBytes;
  storeRow(c, c30, c31, add);
}

function storeRow(c: usize, low: v128, high: v128, add: bool): void {
  if (add) {
    low = f64x2.add(v128.load(c), low);
    high = f64x2.add(v128.load(c, 16), high);
  }
  v128.store(c, low);
  v128.store(c, high, 16);
}
