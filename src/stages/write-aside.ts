/** Writing the sparse files of similarities on a thread of its own, while the rest of a result is computed. */
import { InputError, type InputProblem } from '../core/errors.ts';
import type { FeatureName } from '../core/settings.ts';
import type { NearbyMatrix } from '../core/similarity/nearby-matrix.ts';
import { oneBlock } from '../io/result-blocks.ts';
import { sparseSimilarityFiles } from '../io/write-clustering.ts';
import { AsideThread, HAS_THREADS } from './aside-thread.ts';

export interface NearbySimilarities {
  readonly features: readonly FeatureName[];
  readonly featureSimilarity: readonly NearbyMatrix[];
  readonly similarity: NearbyMatrix;
}

/** What the thread is sent. */
export interface SparseWriting extends NearbySimilarities {
  readonly folder: string;
}

/** What it answers: nothing, or why the files cannot be written. */
export type SparseWritten = InputProblem | undefined;

/** The sparse files of all units. */
export const sparseFilesOf = (clustering: NearbySimilarities) =>
  sparseSimilarityFiles(oneBlock(clustering.similarity.layout.units, { clustering }), clustering.features);

/** A thread that is started before there is anything to write. */
export class SparseFilesThread {
  private readonly thread = new AsideThread<SparseWriting, SparseWritten>(
    'sparse-files-worker.js',
    'writes the similarities',
  );
  /** Names of the files that it writes. */
  readonly files = new Set<string>();

  /** Starts it, where there are threads. */
  prepare(): void {
    this.thread.start();
  }

  /** Whether it can write similarities without copying them: they lie in shared memory. */
  canWrite({ similarity, featureSimilarity }: NearbySimilarities): boolean {
    const pieces = [similarity, ...featureSimilarity].flatMap((matrix) => matrix.pieces);
    return HAS_THREADS && pieces.every(({ buffer }) => buffer instanceof SharedArrayBuffer);
  }

  /** @throws InputError when the folder cannot be written; StoppedError; the thread's error when it fails */
  async write(similarities: NearbySimilarities, folder: string, signal?: AbortSignal): Promise<void> {
    for (const { name } of sparseFilesOf(similarities)) this.files.add(`${name}.npz`);
    const { features, featureSimilarity, similarity } = similarities;
    const problem = await this.thread.ask({ features, featureSimilarity, similarity, folder }, signal);
    if (problem) throw new InputError(problem);
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    await this.thread.close();
  }
}
