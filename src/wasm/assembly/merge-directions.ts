import { fisherZ2 } from './fisher-z';

/** Above it a float32 correlation is too coarse for its Fisher z. */
const COARSE: f32 = 0.9;
/** More than the error of a float32 correlation. */
const DOUBT: f64 = 1e-5;

/**
 * z[i][j] = max(z[i][j], Fisher z of the larger of forward[i][j] and backward[j][i]) for a tile of pairs.
 *
 * Pairs whose larger correlation exceeds 0.9 in size (or is not a number) and might exceed `z` are left alone; their positions
 * i·columns + j are written to `unsettled`, for the caller to compute again in float64. Returns their number.
 *
 * @param columns a multiple of 2
 */
export function mergeDirections(
  rows: i32,
  columns: i32,
  forward: usize,
  backward: usize,
  z: usize,
  unsettled: usize,
): i32 {
  const first = unsettled;
  const backwardBytes = (<usize>rows) << 2;
  for (let i = 0; i < rows; ++i) {
    let back = backward + ((<usize>i) << 2);
    for (let j = 0; j < columns; j += 2) {
      const forwards = v128.load64_zero(forward);
      const backwards = v128.load32_lane(back + backwardBytes, v128.load32_zero(back), 1);
      const r = f32x4.max(forwards, backwards);
      const known = v128.load(z);
      const fine = f32x4.le(f32x4.abs(r), f32x4.splat(COARSE));
      const merged = f64x2.pmax(known, fisherZ2(f64x2.promote_low_f32x4(r)));
      if (i64x2.extract_lane(fine, 0) === -1) v128.store(z, merged);
      else {
        // The highest z that the doubt about r allows.
        const reach = fisherZ2(f64x2.add(f64x2.promote_low_f32x4(r), f64x2.splat(DOUBT)));
        const position = i * columns + j;
        if (i32x4.extract_lane(fine, 0)) store<f64>(z, f64x2.extract_lane(merged, 0));
        else if (!(f64x2.extract_lane(reach, 0) <= f64x2.extract_lane(known, 0))) {
          store<i32>(unsettled, position);
          unsettled += 4;
        }
        if (i32x4.extract_lane(fine, 1)) store<f64>(z, f64x2.extract_lane(merged, 1), 8);
        else if (!(f64x2.extract_lane(reach, 1) <= f64x2.extract_lane(known, 1))) {
          store<i32>(unsettled, position + 1);
          unsettled += 4;
        }
      }
      forward += 8;
      back += backwardBytes << 1;
      z += 16;
    }
  }
  return <i32>((unsettled - first) >> 2);
}
