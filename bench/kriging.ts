/** Corrected waveforms of one template: 18 displacements. */

import { significantCoefficients } from '../src/core/kernels/significant-coefficients.ts';
import { createInterpolator } from '../src/core/motion/kriging.ts';
import { RECORDING, waveformInput } from './support/inputs.ts';
import { medianTime, report } from './support/measure.ts';
import { productRate32 } from './support/product-rate.ts';
import { PLAIN, SIMD, withEach } from './support/variants.ts';

const { units, channels, samples } = RECORDING;
const SESSIONS = 18;

/** Sites of a Neuropixels 1.0 probe. */
const locations = Float64Array.from({ length: 2 * channels }, (_, i) => {
  const c = i >> 1;
  return i % 2 === 0 ? [16, 48, 0, 32][c % 4] : 20 * (c >> 1);
});
const interpolator = createInterpolator(locations, channels);

report(
  'kriging',
  await withEach([PLAIN, ...SIMD], async (kernels) => {
    const { waveforms } = waveformInput(kernels, RECORDING);
    const out = kernels.float32(waveforms.length);
    const groups = Array.from({ length: SESSIONS }, (_, session) => ({
      matrix: interpolator.matrix(3.7 * session - 30),
      units: Int32Array.from(
        { length: Math.ceil((units - session) / SESSIONS) },
        (_, i) => i * SESSIONS + session,
      ),
    }));
    const operations = groups.reduce((sum, group) => {
      const { values } = significantCoefficients(group.matrix, channels);
      return sum + 2 * values.length * samples * group.units.length;
    }, 0);
    const rate = await productRate32(kernels.name === 'relaxed' ? 'relaxed' : 'simd');
    const seconds = await medianTime(
      () => kernels.krige(waveforms, channels, samples, groups, out),
      kernels.name === 'plain' ? 1 : 5,
    );
    return {
      kernels: kernels.name,
      threads: kernels.threads,
      size: `${units} units, ${channels} channels, ${samples} samples`,
      seconds,
      operations,
      productRate: rate * kernels.threads,
    };
  }),
);
