/** What the processor gives at most: the product of packed panels, alone. */
import { SimdKernels } from '../../src/wasm/bindings.ts';
import { moduleBytes, type SimdBuild } from '../../src/wasm/detect.ts';
import { medianTime } from './measure.ts';

export interface Timing {
  readonly seconds: number;
  readonly operations: number;
}

/** GFLOP/s of `product32`. */
export async function productRate32(build: SimdBuild = 'simd'): Promise<number> {
  return rateOf(await product32(build));
}

/** GFLOP/s of `product64`. */
export async function productRate64(build: SimdBuild = 'simd'): Promise<number> {
  return rateOf(await product64(build));
}

const rateOf = ({ seconds, operations }: Timing) => operations / seconds / 1e9;

/** The float32 product on one thread: 64 rows, 512 columns, 2,432 samples. */
export async function product32(build: SimdBuild, runs = 25): Promise<Timing> {
  const simd = new SimdKernels(new WebAssembly.Module(moduleBytes(build)));
  const [rowPanels, panels, samples, channels] = [16, 64, 64, 38];
  const chunkChannels = 6;
  const chunks = Math.ceil(channels / chunkChannels);
  const a = simd.float32(rowPanels * channels * samples * 4);
  const b = simd.float32(panels * channels * samples * 8);
  const c = simd.float32(rowPanels * panels * 32);
  const lists = simd.int32(rowPanels * 4 * chunks);
  a.float32.fill(0.5);
  b.float32.fill(0.25);
  const words = lists.int32;
  const starts: number[] = [];
  let word = 0;
  let byte = 0;
  for (let first = 0; first < channels; first += chunkChannels) {
    starts.push(word);
    const count = Math.min(chunkChannels, channels - first);
    for (let panel = 0; panel < rowPanels; panel++) {
      words[word++] = 1;
      words[word++] = byte;
      words[word++] = first * samples * 32;
      words[word++] = count;
      byte += count * samples * 16;
    }
  }
  const seconds = await medianTime(() => {
    starts.forEach((start, chunk) => {
      const panelBytes = channels * samples * 32;
      simd.multiplyWaveforms(
        rowPanels,
        panels,
        samples,
        lists.from(4 * start),
        a,
        b,
        panelBytes,
        c,
        chunk > 0,
      );
    });
  }, runs);
  return { seconds, operations: 2 * (rowPanels * 4) * (panels * 8) * samples * channels };
}

/** The float64 product on one thread: 256 rows, 256 columns, 600 samples. */
export async function product64(build: SimdBuild, runs = 25): Promise<Timing> {
  const simd = new SimdKernels(new WebAssembly.Module(moduleBytes(build)));
  const [panels, depth] = [64, 600];
  const [a, b] = [simd.float64(4 * panels * depth), simd.float64(4 * panels * depth)];
  const c = simd.float64(16 * panels * panels);
  a.float64.fill(0.5);
  b.float64.fill(0.25);
  const seconds = await medianTime(() => simd.multiplyPanels(panels, panels, depth, a, b, c), runs);
  return { seconds, operations: 2 * (4 * panels) ** 2 * depth };
}
