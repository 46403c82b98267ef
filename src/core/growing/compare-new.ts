/** Similarities of new units with the units near them. */
import type { RunContext } from '../context.ts';
import type { UnitFeatures } from '../result.ts';
import type { FeatureName } from '../settings.ts';
import { histogramOf, noCommonBin } from '../similarity/feature-similarity.ts';
import {
  type CellMatrix,
  createNearbyMatrix,
  fillWithLowest,
  memoryOf,
} from '../similarity/nearby-matrix.ts';
import type { ComparedWindows } from './compared-windows.ts';
import type { NewPairs, NewSimilarity } from './new-pairs.ts';

/** What is compared: features of all units, and windows of those that are compared. */
export interface Compared {
  readonly features: UnitFeatures;
  /** (channels, n) nearest channels of every channel, itself first. */
  readonly neighbours: Int32Array;
  /** Only asked for where waveforms are compared. */
  readonly windows: () => Promise<ComparedWindows>;
}

/** Fisher z of the pairs by each feature. */
export async function compareNew(
  names: readonly FeatureName[],
  pairs: NewPairs,
  { features, neighbours, windows }: Compared,
  { kernels, signal }: RunContext,
): Promise<NewSimilarity[]> {
  const create = (): NewSimilarity => ({
    between: createNearbyMatrix(pairs.between, kernels.float32),
    among: createNearbyMatrix(pairs.among, kernels.float32),
  });
  const ofWaveforms = async (matrices: readonly CellMatrix[]) => {
    for (const matrix of matrices) fillWithLowest(matrix);
    const { templates, placeOf } = await windows();
    const neighbourCount = neighbours.length / templates[0].channels;
    // The windows have numbers of their own.
    const outs = matrices.map((matrix) => {
      const { layout } = matrix;
      return { ...matrix, layout: { ...layout, order: layout.order.map((unit) => placeOf[unit]) } };
    });
    for (const template of templates) {
      const input = { windows: template, neighbours, neighbourCount };
      await kernels.correlateWaveformsNearby(input, outs, { signal });
    }
  };
  const ofHistograms = async (name: Exclude<FeatureName, 'Waveform'>, out: CellMatrix) => {
    const { data, bins } = histogramOf(features, name);
    if (name !== 'PETH') return kernels.correlateRowsNearby(data, bins, out, { signal });
    const disjoint = await kernels.correlateRowsWithGapsNearby(data, bins, out, { signal });
    if (disjoint) throw noCommonBin(disjoint);
  };
  const similarities: NewSimilarity[] = [];
  for (const name of names) {
    const out = create();
    const matrices = [out.between, out.among];
    if (name === 'Waveform') await ofWaveforms(matrices);
    else for (const matrix of matrices) await ofHistograms(name, matrix);
    similarities.push(out);
  }
  return similarities;
}

/** Gives back the memory of similarities that no one needs any more. */
export function releaseNew(similarities: readonly NewSimilarity[], { kernels }: RunContext): void {
  for (const { between, among } of similarities) kernels.release(...memoryOf(between), ...memoryOf(among));
}
