/** Spanning tree of a weighted similarity, and the weighted sum itself. */
import { similarityInput } from './support/inputs.ts';
import { medianTime, type Result, report } from './support/measure.ts';
import { PLAIN, SIMD, withEach } from './support/variants.ts';

const n = 3414;
const results = await withEach([PLAIN, ...SIMD], async (kernels) => {
  const rows: Result[] = [];
  for (const count of [1, 2, 3]) {
    const features = Array.from({ length: count }, (_, f) => similarityInput(kernels, n, f));
    const weights = new Float64Array(count).fill(1 / count);
    const out = kernels.float64(n * n);
    const own = { kernels: kernels.name, threads: kernels.threads };
    const runs = kernels.name === 'plain' ? 1 : 5;
    const tree = await medianTime(() => kernels.weightedSpanningTree(features, weights, n), runs);
    const sum = await medianTime(() => kernels.weightedSum(features, weights, out), runs);
    rows.push({ ...own, size: `tree of ${n} units, ${count} features`, seconds: tree });
    rows.push({ ...own, size: `weighted sum of ${n} units, ${count} features`, seconds: sum });
    kernels.release(...features, out);
  }
  return rows;
});
report('spanning-tree', results.flat());
