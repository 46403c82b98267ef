/** Corrected waveforms of a recording that is read piece by piece, for writing them. */
import type { RunContext } from '../context.ts';
import type { StreamedDataset } from '../dataset.ts';
import { centerWaveform } from '../features/waveform-centering.ts';
import type { UnitFeatures } from '../result.ts';
import type { Settings } from '../settings.ts';
import { displacements, groupByValue, templatePositions } from './corrected-waveforms.ts';
import { createInterpolator } from './kriging.ts';
import type { Motion } from './motion.ts';

/** Units that share a motion, such as those of one shank. */
export interface MovedUnits {
  /** Indices among all units. */
  readonly units: Int32Array;
  readonly motion: Motion;
}

/**
 * Waveforms of all units aligned by the trough of their peak channel, (units of a piece, channels, samples) each.
 */
export async function* centeredPieces(
  dataset: StreamedDataset,
  { peakChannels }: UnitFeatures,
  { kernels, signal }: RunContext,
): AsyncGenerator<Float32Array> {
  const { channels, samples } = dataset.waveforms;
  const size = channels * samples;
  for await (const { firstUnit, units, data } of dataset.waveforms.pieces(kernels, signal)) {
    const centered = new Float32Array(units * size);
    for (let i = 0; i < units; i++) {
      const source = data.subarray(i * size, (i + 1) * size);
      const target = centered.subarray(i * size, (i + 1) * size);
      centerWaveform(source, channels, samples, peakChannels[firstUnit + i], target);
    }
    yield centered;
  }
}

/**
 * Waveforms of all units on the reference probes (`correctWaveforms`), (units of a piece, channels, samples, templates) each.
 *
 * @param groups every unit in one of them
 */
export async function* correctedPieces(
  dataset: StreamedDataset,
  features: UnitFeatures,
  groups: readonly MovedUnits[],
  settings: Settings,
  context: RunContext,
): AsyncGenerator<Float32Array> {
  const { sessions, probe, waveforms } = dataset;
  const { kernels, signal } = context;
  const { units, channels, samples } = waveforms;
  const { n_templates } = settings.waveformCorrection;
  const size = channels * samples;
  const depths = Float64Array.from({ length: units }, (_, unit) => features.locations[3 * unit + 1]);
  const shifts = Array.from({ length: n_templates }, () => new Float64Array(units));
  for (const { units: members, motion } of groups) {
    const positions = templatePositions(motion, probe.locations, n_templates);
    positions.forEach((position, r) => {
      const all = displacements(motion, sessions, depths, position);
      for (const unit of members) shifts[r][unit] = all[unit];
    });
  }
  const interpolator = createInterpolator(probe.locations, channels);
  const centered = settings.centering_waveforms ? centeredPieces(dataset, features, context) : undefined;
  let firstUnit = 0;
  const pieces = centered ?? dataOf(dataset, context);
  for await (const data of pieces) {
    const count = data.length / size;
    const interleaved = new Float32Array(data.length * n_templates);
    const out = kernels.float32(data.length);
    for (let r = 0; r < n_templates; r++) {
      for (const [shift, members] of groupByValue(shifts[r].subarray(firstUnit, firstUnit + count))) {
        const group = { matrix: interpolator.matrix(shift), units: Int32Array.from(members) };
        await kernels.krige(data, channels, samples, [group], out, { signal });
      }
      for (let i = 0; i < data.length; i++) interleaved[i * n_templates + r] = out[i];
    }
    kernels.release(out);
    firstUnit += count;
    yield interleaved;
  }
}

/** The waveforms as they came. */
export async function* dataOf(
  { waveforms }: StreamedDataset,
  { kernels, signal }: RunContext,
): AsyncGenerator<Float32Array> {
  for await (const { data } of waveforms.pieces(kernels, signal)) yield data;
}
