/** The bare products that all the others are measured by, on one thread, and a plain TypeScript one. */
import { createRandom } from '../src/core/random.ts';
import { isSupported } from '../src/wasm/detect.ts';
import { medianTime, type Result, report } from './support/measure.ts';
import { product32, product64 } from './support/product-rate.ts';

const results: Result[] = [];
for (const build of ['simd', 'relaxed'] as const) {
  if (!isSupported(build)) continue;
  results.push(
    { kernels: build, threads: 1, size: 'float32 64 x 512 x 2432', ...(await product32(build)) },
    { kernels: build, threads: 1, size: 'float64 256 x 256 x 600', ...(await product64(build)) },
  );
}

const n = 256;
const depth = 600;
const random = createRandom(1);
const [a, b] = [0, 1].map(() => Float64Array.from({ length: n * depth }, () => random.uniform()));
const c = new Float64Array(n * n);
const seconds = await medianTime(() => {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += a[i * depth + k] * b[j * depth + k];
      c[i * n + j] = sum;
    }
  }
});
const operations = 2 * n * n * depth;
results.push({ kernels: 'plain', threads: 1, size: 'float64 256 x 256 x 600', seconds, operations });
report('product', results);
