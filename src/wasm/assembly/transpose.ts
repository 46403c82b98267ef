/** out[j][i] = x[i][j], float64; `rows` and `columns` are multiples of 4. */
export function transpose(rows: i32, columns: i32, x: usize, out: usize): void {
  const rowBytes = (<usize>columns) << 3;
  const outBytes = (<usize>rows) << 3;
  for (let i = 0; i < rows; i += 2) {
    let from = x + <usize>i * rowBytes;
    let to = out + ((<usize>i) << 3);
    for (let j = 0; j < columns; j += 2) {
      const upper = v128.load(from);
      const lower = v128.load(from + rowBytes);
      v128.store(to, v128.shuffle<f64>(upper, lower, 0, 2));
      v128.store(to + outBytes, v128.shuffle<f64>(upper, lower, 1, 3));
      from += 16;
      to += outBytes << 1;
    }
  }
}
