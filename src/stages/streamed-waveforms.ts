/** The waveforms of a result that does not hold them, read and corrected once more when they are written. */
import type { RunContext } from '../core/context.ts';
import type { StreamedDataset } from '../core/dataset.ts';
import { centeredPieces, correctedPieces, dataOf } from '../core/motion/corrected-pieces.ts';
import { subsetStreamed } from '../core/shanks.ts';
import type { ResultBlocks } from '../io/result-blocks.ts';
import type { StreamedWaveforms } from '../io/write-result.ts';

/** @param which indices of the units of the result among all of the recording; all of them when left out */
export function streamedWaveforms(
  dataset: StreamedDataset,
  { features, blocks, settings }: ResultBlocks,
  which: Int32Array | undefined,
  context: RunContext,
): StreamedWaveforms {
  const own = which ? subsetStreamed(dataset, which) : dataset;
  const groups = blocks.map(({ units, result: { motion } }) => ({ units, motion }));
  const isCorrected = blocks.some(({ result }) => result.corrected.interpolated);
  return {
    centered: () => centeredPieces(own, features, context),
    corrected: () =>
      isCorrected
        ? correctedPieces(own, features, groups, settings, context)
        : settings.centering_waveforms
          ? centeredPieces(own, features, context)
          : dataOf(own, context),
  };
}
