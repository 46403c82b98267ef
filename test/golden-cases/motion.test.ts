import { describe, expect, it } from 'vitest';
import type { Waveforms } from '../../src/core/dataset.ts';
import { centerWaveform } from '../../src/core/features/waveform-centering.ts';
import { createPlainKernels } from '../../src/core/kernels/plain.ts';
import {
  correctWaveforms,
  displacements,
  templatePositions,
} from '../../src/core/motion/corrected-waveforms.ts';
import { createInterpolator } from '../../src/core/motion/kriging.ts';
import { Motion } from '../../src/core/motion/motion.ts';
import {
  hasMultishankCase,
  largestDifference,
  loadCase,
  type ReferenceCase,
  SINGLE_SHANK_CASES,
} from '../support/reference.ts';

const CASES = [...SINGLE_SHANK_CASES, ...(hasMultishankCase ? ['multishank'] : [])];

/** Motion of the published result for a unit; where there are several shanks, that of its shank. */
function savedMotion({ dataset, expected }: ReferenceCase, unit: number): Motion {
  const n = dataset.sessionCount;
  const { data: scales } = expected('motion_linear_scale');
  const shank = scales.length > 1 ? expected('unit_shanks').data[unit] - 1 : 0;
  return new Motion(n, {
    linear: expected('motion_linear').data.slice(shank * n, (shank + 1) * n),
    constant: expected('motion_constant').data.slice(shank * n, (shank + 1) * n),
    linearScale: scales[shank],
  });
}

/** Waveforms of one unit, centred where the case asks for it. */
function waveformsOf({ dataset, settings, expected }: ReferenceCase, unit: number): Waveforms {
  const { channels, samples, data } = dataset.waveforms;
  const size = channels * samples;
  const waveform = data.slice(unit * size, (unit + 1) * size);
  const centred = new Float32Array(size);
  if (settings.centering_waveforms) {
    centerWaveform(waveform, channels, samples, expected('peak_channels').data[unit], centred);
  }
  return { data: settings.centering_waveforms ? centred : waveform, units: 1, channels, samples };
}

describe.each(CASES)('golden case %s', (name) => {
  const golden = loadCase(name);
  const { dataset, settings } = golden;
  const { channels, samples } = dataset.waveforms;
  const nTemplates = settings.waveformCorrection.n_templates;
  const interpolator = createInterpolator(dataset.probe.locations, channels);
  const locations = golden.expected('locations').data;
  const size = channels * samples;
  const corrected = golden.expected('waveforms_corrected_first4').data;
  /** Golden (channels, samples) of a unit on a template; the file is (units, channels, samples, templates). */
  const expectedOf = (unit: number, template: number) =>
    Float64Array.from({ length: size }, (_, i) => corrected[(unit * size + i) * nTemplates + template]);

  it.each([0, 1, 2, 3])('interpolates unit %i as published, in float64', (unit) => {
    const motion = savedMotion(golden, unit);
    const waveform = waveformsOf(golden, unit).data;
    templatePositions(motion, dataset.probe.locations, nTemplates).forEach((position, r) => {
      const session = dataset.sessions.subarray(unit, unit + 1);
      const depth = locations.slice(3 * unit + 1, 3 * unit + 2);
      const matrix = interpolator.matrix(displacements(motion, session, depth, position)[0]);
      const out = new Float64Array(size);
      for (let c = 0; c < channels; c++) {
        for (let k = 0; k < channels; k++) {
          const coefficient = matrix[c * channels + k];
          for (let t = 0; t < samples; t++) out[c * samples + t] += coefficient * waveform[k * samples + t];
        }
      }
      expect(largestDifference(out, expectedOf(unit, r))).toBeLessThan(1e-9);
    });
  });

  it.each([0, 1, 2, 3])('corrects unit %i as published, up to the rounding of float32', async (unit) => {
    const { templates } = await correctWaveforms(
      waveformsOf(golden, unit),
      dataset.sessions.slice(unit, unit + 1),
      locations.slice(3 * unit, 3 * unit + 3),
      dataset.probe,
      savedMotion(golden, unit),
      { nTemplates, interpolator, context: { kernels: createPlainKernels() } },
    );
    templates.forEach((values, r) => {
      expect(largestDifference(values, expectedOf(unit, r))).toBeLessThan(1e-4);
    });
  });
});
