/** Writing the sparse files of similarities on a thread of its own, while the rest of a result is computed. */
import { InputError, type InputProblem } from '../core/errors.ts';
import type { NearbySimilarities } from '../core/result.ts';
import type { FeatureName } from '../core/settings.ts';
import { FileStore } from '../io/node/file-store.ts';
import { npzChunks } from '../io/npz.ts';
import { oneBlock } from '../io/result-blocks.ts';
import { sparseSimilarityFiles } from '../io/write-clustering.ts';
import { AsideThread, HAS_THREADS } from './aside-thread.ts';

/** The sparse files of the similarities of all units. */
export interface SparseWriting extends NearbySimilarities {
  readonly features: readonly FeatureName[];
  readonly folder: string;
}

/** What it answers: nothing, or why the files cannot be written. */
export type FilesWritten = InputProblem | undefined;

const sparseFilesOf = (clustering: Omit<SparseWriting, 'folder'>) =>
  sparseSimilarityFiles(oneBlock(clustering.similarity.layout.units, { clustering }), clustering.features);

/** @throws InputError when they cannot be written */
export async function writeSparseFiles(work: SparseWriting): Promise<void> {
  const store = new FileStore(work.folder);
  for (const { name, members } of sparseFilesOf(work)) await store.write(`${name}.npz`, npzChunks(members()));
}

/** A thread that is started before there is anything to write. */
export class SparseFilesThread {
  private readonly thread = new AsideThread<SparseWriting, FilesWritten>(
    'sparse-files-worker.js',
    'writes the similarities',
  );
  private readonly isAside: boolean;
  /** Names of the files of the result that it writes. */
  readonly files = new Set<string>();

  /** @param threads that may be used */
  constructor(threads: number) {
    this.isAside = HAS_THREADS && threads > 1;
  }

  /** Starts it, where there are threads. */
  prepare(): void {
    if (this.isAside) this.thread.start();
  }

  /** Whether it can write similarities aside without copying them: they lie in shared memory. */
  canWrite({ similarity, featureSimilarity }: NearbySimilarities): boolean {
    const pieces = [similarity, ...featureSimilarity].flatMap((matrix) => matrix.pieces);
    return this.isAside && pieces.every(({ buffer }) => buffer instanceof SharedArrayBuffer);
  }

  /** Writes similarities that it can write. @throws InputError when the folder cannot be written; StoppedError */
  async write(
    { features, featureSimilarity, similarity, pairs, pairSimilarities }: Omit<SparseWriting, 'folder'>,
    folder: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const clustering = { features, featureSimilarity, similarity, pairs, pairSimilarities };
    for (const { name } of sparseFilesOf(clustering)) this.files.add(`${name}.npz`);
    const problem = await this.thread.ask({ folder, ...clustering }, signal);
    if (problem) throw new InputError(problem);
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    await this.thread.close();
  }
}
