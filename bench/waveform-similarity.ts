/** Waveform similarity of one template. */
import { RECORDING, type Shape, SMALL, waveformInput } from './support/inputs.ts';
import { medianTime, type Result, report } from './support/measure.ts';
import { productRate32 } from './support/product-rate.ts';
import { PLAIN, SIMD, withEach } from './support/variants.ts';

async function measure(options: Parameters<typeof withEach>[0], shape: Shape): Promise<Result[]> {
  return withEach(options, async (kernels) => {
    const input = waveformInput(kernels, shape);
    const out = kernels.float64(shape.units ** 2).fill(Number.NEGATIVE_INFINITY);
    const build = kernels.name === 'relaxed' ? 'relaxed' : 'simd';
    const before = await productRate32(build);
    const seconds = await medianTime(
      () => kernels.correlateWaveforms(input, out),
      kernels.name === 'plain' ? 1 : 5,
    );
    const after = await productRate32(build);
    return {
      kernels: kernels.name,
      threads: kernels.threads,
      size: `${shape.units} units, ${shape.channels} channels, ${shape.samples} samples`,
      seconds,
      operations: 2 * shape.units ** 2 * shape.neighbourCount * shape.samples,
      productRate: ((before + after) / 2) * kernels.threads,
    };
  });
}

report('waveform-similarity', [
  ...(await measure([PLAIN, ...SIMD], SMALL)),
  ...(await measure(SIMD, RECORDING)),
]);
