/** Correlation of autocorrelograms (complete rows) and of PETHs (rows with missing bins). */
import type { Kernels } from '../src/core/kernels/kernels.ts';
import { rowsInput } from './support/inputs.ts';
import { medianTime, type Result, report } from './support/measure.ts';
import { productRate64 } from './support/product-rate.ts';
import { PLAIN, SIMD, withEach } from './support/variants.ts';

const results: Result[] = [];

async function measure(kernels: Kernels, rows: number, columns: number, gaps: boolean): Promise<Result> {
  const x = rowsInput(kernels, rows, columns);
  // A third of the rows lack a third of their columns.
  if (gaps) {
    for (let row = 0; row < rows; row += 3) x.fill(Number.NaN, row * columns, row * columns + columns / 3);
  }
  const out = kernels.float64(rows * rows);
  const rate = await productRate64(kernels.name === 'relaxed' ? 'relaxed' : 'simd');
  const seconds = await medianTime(() =>
    gaps
      ? kernels.correlateRowsWithGaps(x, rows, columns, out)
      : kernels.correlateRows(x, rows, columns, out),
  );
  return {
    kernels: kernels.name,
    threads: kernels.threads,
    size: `${rows} rows, ${columns} columns${gaps ? ', a ninth missing' : ''}`,
    seconds,
    operations: rows ** 2 * columns,
    productRate: rate * kernels.threads,
  };
}

for (const gaps of [false, true]) {
  const columns = gaps ? 120 : 601;
  results.push(...(await withEach([PLAIN, ...SIMD], (kernels) => measure(kernels, 1000, columns, gaps))));
  results.push(...(await withEach(SIMD, (kernels) => measure(kernels, 3414, columns, gaps))));
}
report('row-correlation', results);
