/** sum[i] += values[i] for `n` int16 values and int32 sums. */
export function addSnippet(n: i32, values: usize, sum: usize): void {
  const end = values + ((<usize>n) << 1);
  const wholeEnd = values + ((<usize>(n & ~15)) << 1);
  while (values < wholeEnd) {
    const a = v128.load(values);
    const b = v128.load(values, 16);
    v128.store(sum, i32x4.add(v128.load(sum), i32x4.extend_low_i16x8_s(a)));
    v128.store(sum, i32x4.add(v128.load(sum, 16), i32x4.extend_high_i16x8_s(a)), 16);
    v128.store(sum, i32x4.add(v128.load(sum, 32), i32x4.extend_low_i16x8_s(b)), 32);
    v128.store(sum, i32x4.add(v128.load(sum, 48), i32x4.extend_high_i16x8_s(b)), 48);
    values += 32;
    sum += 64;
  }
  while (values < end) {
    store<i32>(sum, load<i32>(sum) + load<i16>(values));
    values += 2;
    sum += 4;
  }
}
