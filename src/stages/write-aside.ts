/** Writing the sparse files of similarities on threads of their own, while the rest of a result is computed. */
import { InputError, type InputProblem } from '../core/errors.ts';
import type { NearbySimilarities } from '../core/result.ts';
import type { FeatureName } from '../core/settings.ts';
import { allEnded } from '../io/concurrently.ts';
import { FileStore } from '../io/node/file-store.ts';
import { npzChunks } from '../io/npz.ts';
import { oneBlock } from '../io/result-blocks.ts';
import { ASIDE } from '../io/sparse-npz.ts';
import { sparseSimilarityFiles } from '../io/write-clustering.ts';
import { AsideThread, HAS_THREADS } from './aside-thread.ts';

/** The similarities of all units. */
export interface SparseSimilarities extends NearbySimilarities {
  readonly features: readonly FeatureName[];
}

/** Some of their sparse files. */
export interface SparseWriting extends SparseSimilarities {
  readonly folder: string;
  /** Names without `.npz`. */
  readonly names: readonly string[];
}

/** What it answers: nothing, or why the files cannot be written. */
export type FilesWritten = InputProblem | undefined;

const sparseFilesOf = (clustering: SparseSimilarities) =>
  sparseSimilarityFiles(oneBlock(clustering.similarity.layout.units, { clustering }), clustering.features);

/** @throws InputError when they cannot be written */
export async function writeSparseFiles({ folder, names, ...clustering }: SparseWriting): Promise<void> {
  const store = new FileStore(folder);
  for (const { name, members } of sparseFilesOf(clustering))
    if (names.includes(name)) await store.write(`${name}.npz`, npzChunks(members()));
}

/** Threads that are started before there is anything to write. */
export class SparseFilesThreads {
  private readonly threads: readonly AsideThread<SparseWriting, FilesWritten>[];
  private readonly begun: Promise<void>[] = [];
  /** Names of the files of the result that they write. */
  readonly files = new Set<string>();

  /**
   * @param threads that may be used
   * @param mostCells pairs within reach above which nothing is begun
   */
  constructor(
    threads: number,
    private readonly mostCells: number = ASIDE.mostCells,
  ) {
    const count = HAS_THREADS && threads > 1 ? Math.min(threads, ASIDE.threads) : 0;
    this.threads = Array.from(
      { length: count },
      () => new AsideThread('sparse-files-worker.js', 'writes the similarities'),
    );
  }

  /** Starts the first, where there are threads. */
  prepare(): void {
    this.threads[0]?.start();
  }

  /**
   * Begins to write similarities, if that takes no copy of them, as they lie in shared memory, and they are not too many.
   * @param folder where the files go
   */
  begin(similarities: SparseSimilarities, folder: string, signal?: AbortSignal): void {
    const { features, featureSimilarity, similarity, pairs, pairSimilarities } = similarities;
    const pieces = [similarity, ...featureSimilarity].flatMap((matrix) => matrix.pieces);
    const { cells } = similarity.layout;
    if (cells > this.mostCells || !pieces.every(({ buffer }) => buffer instanceof SharedArrayBuffer)) return;
    const clustering = { features, featureSimilarity, similarity, pairs, pairSimilarities };
    const all = sparseFilesOf(clustering).map(({ name }) => name);
    const threads = cells < ASIDE.worthAnother ? this.threads.slice(0, 1) : this.threads;
    for (const [t, thread] of threads.entries()) {
      const names = all.filter((_, i) => i % threads.length === t);
      for (const name of names) this.files.add(`${name}.npz`);
      const writing = write(thread, { ...clustering, folder, names }, signal);
      // A failure is met where all are waited for.
      writing.catch(() => {});
      this.begun.push(writing);
    }
  }

  /** Comes when everything is written. @throws InputError when the folder cannot be written; StoppedError */
  async finished(): Promise<void> {
    await allEnded(this.begun);
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()));
    await Promise.allSettled(this.begun);
  }
}

async function write(
  thread: AsideThread<SparseWriting, FilesWritten>,
  work: SparseWriting,
  signal?: AbortSignal,
): Promise<void> {
  const problem = await thread.ask(work, signal);
  if (problem) throw new InputError(problem);
}
