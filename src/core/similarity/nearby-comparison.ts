/** Comparison of nearby pairs, with waveforms that are read anew for every motion and kept around each unit's peak only. */
import {
  type CandidateSimilarities,
  nearbySimilarities,
  releaseNearby,
} from '../clustering/candidate-similarities.ts';
import type { RunContext, Stage } from '../context.ts';
import type { StreamedDataset } from '../dataset.ts';
import { InputError } from '../errors.ts';
import { formatBytes } from '../format-bytes.ts';
import { templatePositions } from '../motion/corrected-waveforms.ts';
import { createInterpolator, type Interpolator } from '../motion/kriging.ts';
import type { CorrectedWaveforms, UnitFeatures } from '../result.ts';
import type { FeatureName, Settings } from '../settings.ts';
import type { Comparison, Correction } from './comparison.ts';
import { histogramOf, noCommonBin } from './feature-similarity.ts';
import { loadWindows } from './load-windows.ts';
import { type NearbyLayout, nearbyLayout } from './nearby-layout.ts';
import { createNearbyMatrix, fillWithLowest, type NearbyMatrix, nearbyMatrixBytes } from './nearby-matrix.ts';
import { correctedDepths } from './nearby-pairs.ts';
import { nearestChannelsOnShank } from './waveform-similarity.ts';
import { planWindows } from './waveform-windows.ts';

/** How far the peak of a unit may be from its location along the probe, µm. */
export const PEAK_SLACK = 50;

export function compareNearby(
  dataset: StreamedDataset,
  features: UnitFeatures,
  settings: Settings,
  context: RunContext,
): Comparison {
  const { sessions, probe, waveforms } = dataset;
  const { kernels, signal } = context;
  const { n_nearest_channels, n_templates } = settings.waveformCorrection;
  const { units, channels, samples } = waveforms;
  /** Waveforms are never held: what is corrected is said by the motion alone. */
  const withoutData = (interpolated: boolean): CorrectedWaveforms => ({
    units,
    channels,
    samples,
    templates: [],
    interpolated,
  });
  const corrected = withoutData(true);
  let interpolator: Interpolator | undefined;
  let neighbours: Int32Array | undefined;
  let current: CandidateSimilarities | undefined;

  async function ofWaveforms(
    layout: NearbyLayout,
    { motion, corrected: { interpolated } }: Correction,
    maxDistance: number,
    stage: Stage,
  ): Promise<NearbyMatrix> {
    neighbours ??= nearestChannelsOnShank(probe, n_nearest_channels);
    interpolator ??= createInterpolator(probe.locations, channels);
    const matrix = createNearbyMatrix(layout, kernels.float32);
    fillWithLowest(matrix);
    const plan = planWindows(
      probe,
      neighbourhoodReach(probe.locations, neighbours) + maxDistance + PEAK_SLACK,
    );
    const positions = interpolated
      ? [...new Set(templatePositions(motion, probe.locations, n_templates))]
      : [undefined];
    for (const [r, template] of positions.entries()) {
      const report = (step: string) => (done: number, total: number) =>
        context.onEvent?.({
          kind: 'progress',
          stage,
          step,
          done: r * total + done,
          total: positions.length * total,
        });
      const windows = await loadWindows(
        dataset,
        features,
        plan,
        { settings, interpolator, motion, template },
        context,
        report(interpolated ? 'corrected waveforms' : 'waveforms'),
      );
      await kernels.correlateWaveformsNearby(
        { windows, neighbours, neighbourCount: n_nearest_channels },
        [matrix],
        { signal, progress: report('Waveform similarity') },
      );
      kernels.release(...windows.pieces);
    }
    return matrix;
  }

  async function ofHistograms(
    name: Exclude<FeatureName, 'Waveform'>,
    layout: NearbyLayout,
    stage: Stage,
  ): Promise<NearbyMatrix> {
    const { data, bins } = histogramOf(features, name);
    const matrix = createNearbyMatrix(layout, kernels.float32);
    const job = {
      signal,
      progress: (done: number, total: number) =>
        context.onEvent?.({ kind: 'progress', stage, step: `${name} similarity`, done, total }),
    };
    if (name === 'PETH') {
      const disjoint = await kernels.correlateRowsWithGapsNearby(data, bins, matrix, job);
      if (disjoint) throw noCommonBin(disjoint);
    } else {
      await kernels.correlateRowsNearby(data, bins, matrix, job);
    }
    return matrix;
  }

  return {
    uncorrected: async () => withoutData(false),
    correct: async (motion) => ({ motion, corrected }),
    retire() {},
    async compare(names, correction, maxDistance, stage) {
      if (current) releaseNearby(kernels, current);
      const known = correction.corrected.interpolated;
      const reach = maxDistance + (known ? 0 : settings.motionEstimation.search_distance);
      const depths = correctedDepths(features.locations, sessions, correction.motion);
      const layout = nearbyLayout(reach, sessions, depths);
      context.onEvent?.({
        kind: 'log',
        text: `${layout.pairs.toLocaleString('en-US')} candidate pairs within ${reach} µm.`,
      });
      requireMemory(layout, names.length, context);
      const matrices: NearbyMatrix[] = [];
      for (const name of names) {
        matrices.push(
          name === 'Waveform'
            ? await ofWaveforms(layout, correction, maxDistance, stage)
            : await ofHistograms(name, layout, stage),
        );
      }
      current = nearbySimilarities(names, matrices, kernels, {
        stage: stage === 'motion' ? stage : 'clustering',
        progress: (done, total) =>
          context.onEvent?.({ kind: 'progress', stage, step: 'clustering', done, total }),
      });
      return current;
    },
  };
}

/** @throws InputError when the similarities alone exceed the limit, as where units crowd in one place of the probe */
function requireMemory(
  { units, cells }: NearbyLayout,
  features: number,
  { memoryLimit = Number.POSITIVE_INFINITY }: RunContext,
): void {
  const bytes = features * nearbyMatrixBytes(cells);
  if (bytes <= memoryLimit) return;
  throw new InputError({
    where: 'waveform_all.npy',
    found: `${units} units, so close together that similarities of nearby ones take ${formatBytes(bytes)}`,
    expected: `at most ${formatBytes(memoryLimit)}, the limit for this run`,
    remedy:
      'Lower clustering.max_distance or motionEstimation.search_distance, track fewer sessions at a time, or raise the limit (--memory).',
  });
}

/** Largest distance in depth between a channel and one of its neighbours, µm. */
export function neighbourhoodReach(locations: Float64Array, neighbours: Int32Array): number {
  const count = neighbours.length / (locations.length / 2);
  let reach = 0;
  neighbours.forEach((neighbour, i) => {
    const own = locations[2 * Math.floor(i / count) + 1];
    reach = Math.max(reach, Math.abs(locations[2 * neighbour + 1] - own));
  });
  return reach;
}
