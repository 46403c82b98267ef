/** How far waveform similarities computed in float32 are from those in float64, and what Kriging in float32 adds. */
import { createPlainKernels } from '../src/core/kernels/plain.ts';
import { createInterpolator } from '../src/core/motion/kriging.ts';
import { nearestChannelsOnShank } from '../src/core/similarity/waveform-similarity.ts';
import { simulateRecording } from '../src/core/simulation/simulate.ts';
import { createKernels } from '../src/workers/node.ts';

const { dataset } = simulateRecording({
  probe: 'np1',
  channels: 283,
  sessions: 6,
  units: 600,
  peth: false,
});
const { units, channels, samples, data } = dataset.waveforms;
const neighbours = nearestChannelsOnShank(dataset.probe, 38);
const plain = createPlainKernels();
const simd = await createKernels({ kernels: 'simd', threads: 2 });

async function similarity(kernels: typeof plain, waveforms: Float32Array): Promise<Float64Array> {
  const out = kernels.float64(units ** 2).fill(Number.NEGATIVE_INFINITY);
  const shape = { units, channels, samples, neighbours, neighbourCount: 38 };
  await kernels.correlateWaveforms({ waveforms, ...shape }, out);
  return out;
}

async function corrected(kernels: typeof plain): Promise<Float32Array> {
  const interpolator = createInterpolator(dataset.probe.locations, channels);
  const groups = Array.from({ length: dataset.sessionCount }, (_, s) => ({
    matrix: interpolator.matrix(7.3 * s - 20),
    units: Int32Array.from(dataset.sessions.keys()).filter((unit) => dataset.sessions[unit] === s + 1),
  }));
  const out = kernels.float32(data.length);
  await kernels.krige(data, channels, samples, groups, out);
  return out;
}

/** Quantiles of the differences among pairs whose r is at most, or above, 0.9 in size. */
function compare(title: string, found: Float64Array, expected: Float64Array): void {
  for (const high of [false, true]) {
    const errors: number[] = [];
    for (let i = 0; i < units; i++) {
      for (let j = i + 1; j < units; j++) {
        const at = i * units + j;
        if (Math.abs(Math.tanh(expected[at])) > 0.9 === high) errors.push(Math.abs(found[at] - expected[at]));
      }
    }
    errors.sort((a, b) => a - b);
    const quantile = (q: number) => (errors[Math.floor(q * (errors.length - 1))] ?? 0).toExponential(1);
    console.log(
      `${title}, |r| ${high ? '> ' : '<='} 0.9: ${errors.length} pairs, median ${quantile(0.5)}, 99 % ${quantile(0.99)}, 99.9 % ${quantile(0.999)}, largest ${quantile(1)}`,
    );
  }
}

const exact = await similarity(plain, data);
compare('waveforms as they came', await similarity(simd, data), exact);
const [byPlain, bySimd] = [await corrected(plain), await corrected(simd)];
compare('corrected alike', await similarity(simd, byPlain), await similarity(plain, byPlain));
compare('corrected in float32', await similarity(plain, bySimd), await similarity(plain, byPlain));
let largest = 0;
for (let i = 0; i < byPlain.length; i++) largest = Math.max(largest, Math.abs(byPlain[i] - bySimd[i]));
console.log(`corrected waveforms differ by at most ${largest.toExponential(1)} µV`);
await simd.close();
